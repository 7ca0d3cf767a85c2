import { sql } from 'kysely'
import type { Database } from './database.ts'
import type { PaymentRow } from './tables.ts'

/** What the books say of a payment. */
export type BookRow = Pick<
  PaymentRow,
  'order_id' | 'out_trade_no' | 'channel' | 'mchid' | 'state' | 'amount_fen' | 'kept'
>

/** The next payments after a place in the order of the primary key, which no payment ever changes. */
export function pageOfBooks(
  db: Database,
  after: { orderId: string; outTradeNo: string },
  count: number,
): Promise<BookRow[]> {
  return db
    .selectFrom('payments')
    .select(['order_id', 'out_trade_no', 'channel', 'mchid', 'state', 'amount_fen', 'kept'])
    .where(sql<boolean>`(order_id, out_trade_no) > (${after.orderId}, ${after.outTradeNo})`)
    .orderBy('order_id')
    .orderBy('out_trade_no')
    .limit(count)
    .execute()
}
