import { refuseUnpayable } from '../orders/payable.ts'
import type { Clock } from '../shared/clock.ts'
import { KindError } from '../shared/errors.ts'
import type { Database } from '../store/database.ts'
import { findOrder } from '../store/orders.ts'
import type { OrderRow, PaymentRow } from '../store/tables.ts'

/**
 * Refuses an attempt that takes no money any more, and says why: Conflict `order-paid` or `order-closed` when its order is
 * over, else `payment-closed`, after which the order may be paid by a new attempt.
 */
export async function refuseEnded(
  { db, clock }: { db: Database; clock: Clock },
  { order_id: orderId }: Pick<PaymentRow, 'order_id'>,
): Promise<never> {
  refuseUnpayable((await findOrder(db, orderId)) as OrderRow, clock.now())
  throw new KindError('Conflict', '这次支付已关闭，请回到订单重新支付。', { code: 'payment-closed' })
}
