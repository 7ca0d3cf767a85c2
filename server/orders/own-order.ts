import { KindError } from '../shared/errors.ts'
import type { Database } from '../store/database.ts'
import { findOrder } from '../store/orders.ts'
import type { OrderRow } from '../store/tables.ts'

/** An order of this account. Somebody else's is not found: whether it exists is nobody's business. */
export const ownOrder = async (db: Database, accountId: string, orderId: string): Promise<OrderRow> =>
  assertOwn(await findOrder(db, orderId), accountId)

/** The same for an order that was read already. */
export function assertOwn(order: OrderRow | undefined, accountId: string): OrderRow {
  if (!order || order.account_id !== accountId)
    throw new KindError('NotFound', '没有找到这个订单，请到“我的订单”里查看。')
  return order
}
