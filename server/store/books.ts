import { sql } from 'kysely'
import { jsonArrayFrom } from 'kysely/helpers/postgres'
import type { Database } from './database.ts'
import type { PaymentRow, RefundRow } from './tables.ts'

/** What the books say of a payment. */
export type BookRow = Pick<
  PaymentRow,
  | 'order_id'
  | 'out_trade_no'
  | 'channel'
  | 'mchid'
  | 'state'
  | 'amount_fen'
  | 'kept'
  | 'reserved_fen'
  | 'refunded_fen'
  | 'paid_at'
> & { has_unknown_refund: boolean; refunds: Pick<RefundRow, 'out_refund_no' | 'state' | 'amount_fen'>[] }

/** The next payments after a place in the order of the primary key, which no payment ever changes. */
export function pageOfBooks(
  db: Database,
  after: { orderId: string; outTradeNo: string },
  count: number,
): Promise<BookRow[]> {
  return db
    .selectFrom('payments')
    .select(['order_id', 'out_trade_no', 'channel', 'mchid', 'state', 'amount_fen', 'kept'])
    .select(['reserved_fen', 'refunded_fen', 'paid_at'])
    .select(({ exists, selectFrom }) =>
      exists(
        selectFrom('anomalies')
          .select('anomaly_id')
          .whereRef('anomalies.order_id', '=', 'payments.order_id')
          .whereRef('anomalies.out_trade_no', '=', 'payments.out_trade_no')
          .where('anomalies.kind', '=', 'unknown-refund')
          .where('anomalies.state', '=', 'open'),
      )
        .$castTo<boolean>()
        .as('has_unknown_refund'),
    )
    .select((eb) =>
      jsonArrayFrom(
        eb
          .selectFrom('refunds')
          .select(['refunds.out_refund_no', 'refunds.state', 'refunds.amount_fen'])
          .whereRef('refunds.order_id', '=', 'payments.order_id')
          .whereRef('refunds.out_trade_no', '=', 'payments.out_trade_no')
          .orderBy('refunds.created_at')
          .orderBy('refunds.out_refund_no'),
      ).as('refunds'),
    )
    .where(sql<boolean>`(order_id, out_trade_no) > (${after.orderId}, ${after.outTradeNo})`)
    .orderBy('order_id')
    .orderBy('out_trade_no')
    .limit(count)
    .execute()
}
