import { transact, type Writer } from '../store/database.ts'
import { lockOrder } from '../store/orders.ts'
import { lockPayment } from '../store/payments.ts'
import { refundsOf } from '../store/refunds.ts'
import type { OrderRow, PaymentRow } from '../store/tables.ts'
import { openRefund } from './open-refund.ts'
import type { RefundDeps } from './refund-deps.ts'

/**
 * Opens the refund of a payment of an order that another payment pays already, or that costs something else by now: in
 * full, or what is left of it when an operator has given back a part. The sweep sends it. False: another server has opened
 * it, or nothing is left. A refund that fails is an operator's task and is not opened again by itself.
 */
export const openSurplusRefund = (deps: RefundDeps, orderId: string, outTradeNo: string): Promise<boolean> =>
  transact(deps.db, async (writer) => {
    const order = await lockOrder(writer, orderId)
    const payment = await lockPayment(writer, orderId, outTradeNo)
    if (!order || payment?.state !== 'paid' || payment.kept) return false
    const leftFen = payment.amount_fen - payment.reserved_fen - payment.refunded_fen
    if (leftFen === 0 || (await hasBegun(writer, payment))) return false
    await openRefund(deps, writer, order, payment, {
      origin: 'surplus',
      amount_fen: leftFen,
      reason: reasonFor(order, payment),
      requested_by: null,
      idempotency_key: null,
      request_hash: null,
    })
    return true
  })

/** For the customer's bill. */
const reasonFor = (order: OrderRow, payment: PaymentRow): string =>
  payment.amount_fen === order.total_fen ? '重复支付，原路退回' : '订单已改价，按原价付的款原路退回'

const hasBegun = async (writer: Writer, payment: PaymentRow): Promise<boolean> =>
  (await refundsOf(writer, [payment.order_id])).some(
    ({ out_trade_no: number, origin }) => number === payment.out_trade_no && origin === 'surplus',
  )
