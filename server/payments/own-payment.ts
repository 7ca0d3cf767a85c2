import { refuseUnpayable } from '../orders/payable.ts'
import type { Clock } from '../shared/clock.ts'
import { KindError } from '../shared/errors.ts'
import { orderIdOf } from '../shared/id.ts'
import type { Database } from '../store/database.ts'
import { findOrder } from '../store/orders.ts'
import { findPayment } from '../store/payments.ts'
import type { OrderRow, PaymentRow } from '../store/tables.ts'
import { customerAppid, type Payer } from './payment-deps.ts'

/**
 * A payment that this session may launch: its own account, and where the payer is named its own door and openid. Somebody
 * else's is not found.
 * Throws Conflict `wrong-payer` for one's own payment from another door: it can be paid only where it was started.
 */
export async function ownPayment(db: Database, payer: Payer, paymentId: string): Promise<PaymentRow> {
  const orderId = orderIdOf(paymentId)
  const payment = orderId ? await findPayment(db, orderId, paymentId) : undefined
  if (!payment || payment.account_id !== payer.accountId)
    throw new KindError('NotFound', '没有找到这笔支付，请到“我的订单”里查看。')
  // Where anybody may pay, the account decides alone.
  if (payment.openid === null) return payment
  if (
    payment.entry_code !== payer.entryCode ||
    customerAppid(payment) !== payer.customerAppid ||
    payment.openid !== payer.openid
  )
    throw new KindError('Conflict', '这笔支付是在别处发起的，请回到订单重新支付。', { code: 'wrong-payer' })
  return payment
}

/**
 * A payment for the page that pays it: one that is paid, or any of an order that may be paid now.
 * Throws what `ownPayment` does, and Conflict `order-paid` or `order-closed` with the order's id.
 */
export async function readForPaying(
  { db, clock }: { db: Database; clock: Clock },
  payer: Payer,
  paymentId: string,
): Promise<PaymentRow> {
  const payment = await ownPayment(db, payer, paymentId)
  if (payment.state !== 'paid')
    refuseUnpayable((await findOrder(db, payment.order_id)) as OrderRow, clock.now())
  return payment
}
