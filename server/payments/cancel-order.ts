import { closeCancelled } from '../orders/close-orders.ts'
import { assertOwn } from '../orders/own-order.ts'
import { KindError } from '../shared/errors.ts'
import { transact, type Writer } from '../store/database.ts'
import { lockOrder, moveOrder } from '../store/orders.ts'
import { paymentsOf } from '../store/payments.ts'
import type { OrderRow, PaymentRow } from '../store/tables.ts'
import { closePayment } from './close-payment.ts'
import type { PaymentDeps } from './payment-deps.ts'
import { retireCurrent } from './retire-payment.ts'

/**
 * The buyer cancels an unpaid order. From here on nothing of it is started or launched. Every open attempt is asked about and
 * closed at the channel; when all are closed the order closes and gives its pieces back. While a close is refused or
 * unanswered the order stays pending and the sweep goes on. Repeated, it tries what is left. A closed order stays as it is.
 * Throws NotFound, Conflict `order-paid` (also when an attempt turns out to be paid: the order stands then).
 */
export async function cancelOrder(
  deps: PaymentDeps,
  { accountId, orderId }: { accountId: string; orderId: string },
): Promise<void> {
  const open = await transact(deps.db, (writer) => beginCancelling(deps, writer, accountId, orderId))
  for (const attempt of open) await closePayment(deps, attempt.order_id, attempt.out_trade_no)
  await transact(deps.db, async (writer) => {
    await closeCancelled(deps, writer, orderId)
    refusePaid((await lockOrder(writer, orderId)) as OrderRow)
  })
}

/** Notes the wish and retires the attempt that takes money, in one transaction. Returns the attempts that wait for a close. */
async function beginCancelling(
  { clock }: PaymentDeps,
  writer: Writer,
  accountId: string,
  orderId: string,
): Promise<PaymentRow[]> {
  const order = assertOwn(await lockOrder(writer, orderId), accountId)
  const now = clock.now()
  refusePaid(order)
  if (order.state === 'closed') return []
  if (order.cancel_asked_at === null)
    await moveOrder(writer, order, 'cancelAsked', now, { cancel_asked_at: now }, { by: 'customer' })
  await retireCurrent(writer, orderId, 'order cancelled', now)
  return (await paymentsOf(writer, [orderId])).filter(({ state }) => state === 'closing')
}

function refusePaid({ state, order_id: orderId }: OrderRow): void {
  if (state === 'paid')
    throw new KindError('Conflict', '这个订单已经支付成功，不能取消。不需要了请在订单里申请退款。', {
      code: 'order-paid',
      orderId,
    })
}
