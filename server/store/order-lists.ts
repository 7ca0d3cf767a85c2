import { sql } from 'kysely'
import type { OrderFilter } from '../../contract/order.ts'
import { limits } from '../config/limits.ts'
import type { Database } from './database.ts'
import type { OrderRow } from './tables.ts'

/**
 * The condition that an order has a refund, or a claim that was not withdrawn. One subquery with UNION ALL: PostgreSQL would
 * answer two joined by OR with a hash of each whole table.
 */
const hasRefund = sql<boolean>`exists (
  select from refunds where refunds.order_id = orders.order_id
  union all
  select from refund_requests where refund_requests.order_id = orders.order_id and refund_requests.state <> 'withdrawn')`

/** Of how many orders refunds are looked for: tables of refunds know orders, not accounts. */
const newestOrders = (accountId: string) => sql<OrderRow>`(
  select * from orders where account_id = ${accountId}
  order by created_at desc, order_id desc limit ${limits.refundListCount})`

/** One page of an account's orders, newest first, from after the given place. */
export function pageOfOrders(
  db: Database,
  wanted: {
    accountId: string
    filter?: OrderFilter
    after?: { createdAt: Date; orderId: string }
    count: number
  },
): Promise<OrderRow[]> {
  const { accountId, filter } = wanted
  let query =
    filter === 'refund'
      ? db.selectFrom(newestOrders(accountId).as('orders')).selectAll().where(hasRefund)
      : db.selectFrom('orders').selectAll().where('account_id', '=', accountId)
  if (filter && filter !== 'refund') query = query.where('state', '=', filter)
  if (wanted.after) {
    const { createdAt, orderId } = wanted.after
    query = query.where(sql<boolean>`(created_at, order_id) < (${createdAt}, ${orderId})`)
  }
  return query.orderBy('created_at', 'desc').orderBy('order_id', 'desc').limit(wanted.count).execute()
}

/** How many orders each filter of an account's list has, counted no further than 100. */
export async function countOrders(db: Database, accountId: string): Promise<Record<OrderFilter, number>> {
  const most = limits.countedOrdersCount
  const ofState = (state: string) => sql`(
    select count(*) from (
      select from orders where account_id = ${accountId} and state = ${state} limit ${most}) as one)::int`
  const { rows } = await sql<Record<OrderFilter, number>>`
    select ${ofState('pending')} as pending, ${ofState('paid')} as paid, ${ofState('closed')} as closed, (
      select count(*) from (
        select from ${newestOrders(accountId)} as orders where ${hasRefund} limit ${most}) as one)::int as refund`.execute(
    db,
  )
  return rows[0]!
}
