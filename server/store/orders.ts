import { sql, type RawBuilder, type Updateable } from 'kysely'
import { limits } from '../config/limits.ts'
import { orderMachine, type OrderEvent } from '../orders/order-state.ts'
import type { Database, Writer } from './database.ts'
import { appendStep, type Step } from './history.ts'
import { announce, announceTo } from './shop-events.ts'
import type { OrderLineRow, OrderRow, OrderShippingRow } from './tables.ts'

/** How a new order ended: written; refused by a cap; or its key has placed an order before. */
export type Insertion = 'placed' | 'too-many-of-account' | 'too-many-of-network' | 'repeated'

/** Unpaid orders of an account and of the site that it is in (IPv4 /24, IPv6 /48), counted no further than the caps. */
const unpaidOrders = (order: Pick<OrderRow, 'account_id' | 'placed_site'>) => sql`
  select
    (select count(*) from (
      select from orders where account_id = ${order.account_id} and state = 'pending'
      limit ${limits.unpaidOrdersCount}) as one)::int as of_account,
    (select count(*) from (
      select from orders where placed_site = ${order.placed_site} and state = 'pending'
      limit ${limits.unpaidOrdersOfNetworkCount}) as one)::int as of_network`

/**
 * Writes a new pending order with its lines, its shipping, its first step and the key that placed it, in one statement, unless its
 * account or network has too many unpaid ones. As many statements as run at once may pass the cap together; a caller for
 * whom it must be exact locks both before. Rows travel as JSON: one parameter instead of one a column.
 */
export async function insertOrder(
  db: Database,
  order: OrderRow,
  lines: OrderLineRow[],
  shipping: OrderShippingRow | null,
  request: { key: string; requestHash: Buffer },
): Promise<Insertion> {
  const step: Step = {
    subject: 'order',
    at: order.created_at,
    event: 'placed',
    fromState: null,
    evidence: { entryCode: order.entry_code },
  }
  const { rows } = await sql<{ of_account: number; of_network: number; is_placed: boolean }>`
    with unpaid as (${unpaidOrders(order)}), claimed as (
      insert into order_requests (account_id, idempotency_key, request_hash, order_id, created_at)
      select ${order.account_id}, ${request.key}, ${request.requestHash}, ${order.order_id},
        ${order.created_at}::timestamptz
      from unpaid
      where of_account < ${limits.unpaidOrdersCount} and of_network < ${limits.unpaidOrdersOfNetworkCount}
      on conflict (account_id, idempotency_key) do nothing
      returning order_id
    ), moved as (
      insert into orders
      select row.* from claimed, jsonb_populate_record(null::orders, ${JSON.stringify(order)}) as row
      returning *
    ), lines as (
      insert into order_lines
      select row.* from claimed, jsonb_populate_recordset(null::order_lines, ${JSON.stringify(lines)}) as row
    )${shipping ? insertShipping(shipping) : sql``}, step as ${appendStep(step, 'order_id')}
    select of_account, of_network, exists (select from moved) as is_placed from unpaid`.execute(db)
  const { of_account, of_network, is_placed } = rows[0]!
  if (is_placed) return 'placed'
  if (of_account >= limits.unpaidOrdersCount) return 'too-many-of-account'
  return of_network >= limits.unpaidOrdersOfNetworkCount ? 'too-many-of-network' : 'repeated'
}

const insertShipping = (shipping: OrderShippingRow) => sql`, shipping as (
      insert into order_shipping
      select row.* from claimed, jsonb_populate_record(null::order_shipping, ${JSON.stringify(shipping)}) as row
    )`

/** When the first of the unpaid orders that an account or a site has expires; undefined when it has none. */
export async function firstExpiry(
  db: Database,
  of: { accountId: string } | { site: string },
): Promise<Date | undefined> {
  const row = await db
    .selectFrom('orders')
    .select('expires_at')
    .where('state', '=', 'pending')
    .where('accountId' in of ? 'account_id' : 'placed_site', '=', 'accountId' in of ? of.accountId : of.site)
    .orderBy('expires_at')
    .executeTakeFirst()
  return row?.expires_at
}

/**
 * Attempts to pay the orders of an account, and of the site that an order was placed from, that are unpaid, or that were
 * placed after `since` and cancelled: cancelling does not take back what was asked of the channel.
 */
export async function countAttempts(
  db: Database,
  order: Pick<OrderRow, 'account_id' | 'placed_site'>,
  since: Date,
): Promise<{ ofAccount: number; ofNetwork: number }> {
  const attempts = (of: RawBuilder<unknown>) => sql`(
    select coalesce(sum(payment_count), 0) from (
      select payment_count from orders where ${of} and state = 'pending'
      union all
      select payment_count from orders
      where ${of} and state = 'closed' and cancel_asked_at is not null and created_at > ${since}) as counted)::int`
  const { rows } = await sql<{ ofAccount: number; ofNetwork: number }>`
    select ${attempts(sql`account_id = ${order.account_id}`)} as "ofAccount",
      ${attempts(sql`placed_site = ${order.placed_site}`)} as "ofNetwork"`.execute(db)
  return rows[0]!
}

/** What a request with an idempotency key asked for, and which order it placed. */
export interface EarlierRequest {
  requestHash: Buffer
  orderId: string
}

export const findOrderRequest = (
  db: Database,
  accountId: string,
  key: string,
): Promise<EarlierRequest | undefined> =>
  db
    .selectFrom('order_requests')
    .select(['request_hash as requestHash', 'order_id as orderId'])
    .where('account_id', '=', accountId)
    .where('idempotency_key', '=', key)
    .executeTakeFirst()

export const findOrder = (db: Database, orderId: string): Promise<OrderRow | undefined> =>
  db.selectFrom('orders').selectAll().where('order_id', '=', orderId).executeTakeFirst()

/** Holds the order's row until the transaction ends: everything that decides about its payments takes this first. */
export const lockOrder = (db: Writer, orderId: string): Promise<OrderRow | undefined> =>
  db.selectFrom('orders').selectAll().where('order_id', '=', orderId).forUpdate().executeTakeFirst()

/** What the customer wrote for the shop; undefined when nothing was asked for or written. */
export const shippingOf = (db: Database, orderId: string): Promise<OrderShippingRow | undefined> =>
  db.selectFrom('order_shipping').selectAll().where('order_id', '=', orderId).executeTakeFirst()

export const linesOf = (db: Database, orderIds: string[]): Promise<OrderLineRow[]> =>
  db
    .selectFrom('order_lines')
    .selectAll()
    .where('order_id', 'in', orderIds.length > 0 ? orderIds : [''])
    .orderBy('order_id')
    .orderBy('line_no')
    .execute()

/**
 * Moves an order by an event, with its history row. tell later: subscribers hear of it when an anomaly ends that holds the
 * event, see announceHeld. Compare-and-set: false when the row is not as given any more.
 * Throws when the table refuses the event: that is a defect of the caller.
 */
export async function moveOrder(
  db: Database,
  order: OrderRow,
  event: OrderEvent,
  at: Date,
  patch: Updateable<OrderRow>,
  evidence: Record<string, unknown>,
  tell: 'now' | 'later' = 'now',
): Promise<boolean> {
  const to = orderMachine.next(order.state, event)
  if (!to) throw new Error(`an order that is ${order.state} cannot be ${event}`)
  const step: Step = { subject: 'order', at, event, fromState: order.state, evidence }
  const moved = await db
    .with('moved', (query) =>
      query
        .updateTable('orders')
        .set({ ...patch, state: to, version: order.version + 1 })
        .where('order_id', '=', order.order_id)
        .where('version', '=', order.version)
        .returningAll(),
    )
    .with('step', () => appendStep(step, 'order_id'))
    .with('event', () => announce('order', at, tell))
    .with('delivery', announceTo)
    .selectFrom('moved')
    .select('order_id')
    .executeTakeFirst()
  return moved !== undefined
}

/** The condition that nothing of an order is open: no attempt takes money, and no close of one is unanswered. */
const nothingIsOpen = sql<boolean>`not exists (
  select from payments
  where payments.order_id = orders.order_id and payments.state in ('created', 'pending', 'closing'))`

/** Whether an attempt of this order may still turn out to be paid. Call with the order locked. */
export const hasOpenAttempt = async (writer: Writer, orderId: string): Promise<boolean> =>
  (await writer
    .selectFrom('orders')
    .select('order_id')
    .where('order_id', '=', orderId)
    .where(nothingIsOpen)
    .executeTakeFirst()) === undefined

/** Orders that their buyers have asked to cancel and of which nothing is open any more, from behind `after`. */
export const ordersToCancel = (
  db: Database,
  count: number,
  after: Pick<OrderRow, 'order_id'> | null = null,
): Promise<OrderRow[]> =>
  db
    .selectFrom('orders')
    .selectAll()
    .where('state', '=', 'pending')
    .where('cancel_asked_at', 'is not', null)
    .where('order_id', '>', after?.order_id ?? '')
    .where(nothingIsOpen)
    .orderBy('order_id')
    .limit(count)
    .execute()

/**
 * Pending orders past the given moment that no open payment can pay any more, in the order of their expiry, from behind
 * `after`. A paid payment here is surplus.
 */
export const ordersToClose = (
  db: Database,
  expiredBefore: Date,
  count: number,
  after: Pick<OrderRow, 'order_id'> | null = null,
): Promise<OrderRow[]> =>
  db
    .selectFrom('orders')
    .selectAll()
    .where('state', '=', 'pending')
    .where('expires_at', '<=', expiredBefore)
    .$if(after !== null, (query) =>
      // Its own row says the moment: a Date has no microseconds, and the same batch would come again.
      query.where(
        sql<boolean>`(expires_at, order_id) > (
          select expires_at, order_id from orders as last where last.order_id = ${after!.order_id})`,
      ),
    )
    .where(nothingIsOpen)
    .orderBy('expires_at')
    .orderBy('order_id')
    .limit(count)
    .execute()
