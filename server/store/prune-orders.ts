import { sql } from 'kysely'
import { pruneBatchCount, type Prune } from './prune.ts'

/** A place in the walk through closed orders. */
interface Place {
  closedAt: string
  orderId: string
}

/**
 * Deletes what the customers of orders that closed before this wrote for the shop: nothing will be handed over any more.
 * Then deletes those of the orders of which no cashier was ever opened, with their lines, attempts and history:
 * no money can belong to them. Orders with a launched attempt, a refund, a task, or an event that is still kept, stay.
 * Walks through the closed orders in the order of their closing, since most stay: each batch looks at
 * `pruneBatchCount` of them and goes on behind them.
 */
export const forgetUnlaunchedOrders: Prune = async (writer, before, place = null) => {
  const { closedAt, orderId } = placeOf(place)
  const { rows } = await sql<Place & { isUnlaunched: boolean }>`
    with seen as (
      select order_id, closed_at from orders
      where state = 'closed' and closed_at < ${before}
        and (closed_at, order_id) > (${closedAt}::timestamptz, ${orderId})
      order by closed_at, order_id limit ${pruneBatchCount} for update
    )
    select order_id as "orderId", closed_at::text as "closedAt",
      not exists (select from payments where payments.order_id = seen.order_id
        and (launched_at is not null or state not in ('closed', 'failed')))
      and not exists (select from refunds where refunds.order_id = seen.order_id)
      and not exists (select from refund_requests where refund_requests.order_id = seen.order_id)
      and not exists (select from anomalies where anomalies.order_id = seen.order_id)
      and not exists (select from shop_events where shop_events.order_id = seen.order_id) as "isUnlaunched"
    from seen order by closed_at, order_id`.execute(writer)
  const gone = rows.filter((row) => row.isUnlaunched).map((row) => row.orderId)
  const seen = rows.map((row) => row.orderId)
  await sql`delete from order_shipping where order_id = any(${seen})`.execute(writer)
  // The history last: its rows may go only once their order has gone.
  for (const table of ['order_lines', 'payments', 'orders', 'history'])
    await sql`delete from ${sql.table(table)} where order_id = any(${gone})`.execute(writer)
  const last = rows.at(-1)
  const isMoreLeft = rows.length >= pruneBatchCount
  return { isMoreLeft, place: isMoreLeft && last ? `${last.orderId} ${last.closedAt}` : null }
}

function placeOf(place: string | null): Place {
  const at = place?.indexOf(' ') ?? -1
  if (place === null || at < 0) return { closedAt: '-infinity', orderId: '' }
  return { closedAt: place.slice(at + 1), orderId: place.slice(0, at) }
}
