import { sql } from 'kysely'
import type { Database, Writer } from './database.ts'
import type { AccountHistoryRow } from './tables.ts'

/** A part of an account: what was one account of its own before a join, or the account's own rows. */
export interface AccountPart {
  /** The account that it was, and would be again. */
  part_id: string
  identities: { appid: string; openid: string }[]
  /** Entries at which browsers of this part have a session. */
  browser_entries: string[]
  order_count: number
}

/** The parts of an account, its own first. */
export async function partsOf(db: Database, accountId: string): Promise<AccountPart[]> {
  const { rows } = await sql<AccountPart>`
    with parts as (
      select coalesce(origin_id, account_id) as part_id, appid, openid, null as entry_code, null as order_id
      from identities where account_id = ${accountId}
      union all
      select coalesce(origin_id, account_id), null, null, entry_code, null
      from sessions where account_id = ${accountId} and openid is null
      union all
      select coalesce(origin_id, account_id), null, null, null, order_id
      from orders where account_id = ${accountId}
    )
    select part_id,
      coalesce(jsonb_agg(jsonb_build_object('appid', appid, 'openid', openid)) filter (where openid is not null), '[]')
        as identities,
      coalesce(jsonb_agg(distinct entry_code) filter (where entry_code is not null), '[]') as browser_entries,
      count(order_id)::int as order_count
    from parts group by part_id order by part_id <> ${accountId}, part_id`.execute(db)
  return rows
}

/** What was joined and split of an account, oldest first. */
export const historyOfAccount = (db: Database, accountId: string): Promise<AccountHistoryRow[]> =>
  db.selectFrom('account_history').selectAll().where('account_id', '=', accountId).orderBy('at').execute()

/**
 * Makes a part an account of its own again, with its identities, sessions and orders, and the payments of those. Returns
 * how many orders went; undefined when the account has no such part. The caller holds the account's row.
 */
export async function movePartOut(
  db: Writer,
  accountId: string,
  partId: string,
  at: Date,
): Promise<number | undefined> {
  const parts = await partsOf(db, accountId)
  if (partId === accountId || !parts.some(({ part_id: id }) => id === partId)) return undefined
  // Again, when an order was being placed while the part went.
  await db
    .insertInto('accounts')
    .values({ id: partId, created_at: at })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  await sql`
    update unions set account_id = ${partId} where account_id = ${accountId} and unionid in (
      select unionid from identities where account_id = ${accountId} and origin_id = ${partId})`.execute(db)
  const theirs = { account_id: partId, origin_id: null }
  for (const table of ['identities', 'sessions'] as const)
    await db
      .updateTable(table)
      .set(theirs)
      .where('account_id', '=', accountId)
      .where('origin_id', '=', partId)
      .execute()
  const moved = await db
    .updateTable('orders')
    .set(theirs)
    .where('account_id', '=', accountId)
    .where('origin_id', '=', partId)
    .returning('order_id')
    .execute()
  await followOrders(db, accountId, partId)
  for (const table of ['web_view_tickets', 'oauth_states'] as const)
    await db.deleteFrom(table).where('account_id', '=', accountId).execute()
  await db
    .deleteFrom('join_offers')
    .where((eb) => eb.or([eb('account_id', '=', accountId), eb('asked_by', '=', accountId)]))
    .execute()
  return moved.length
}

/** Payments and the keys that placed orders belong to whom their order belongs to. */
async function followOrders(db: Writer, accountId: string, partId: string): Promise<void> {
  for (const table of ['payments', 'order_requests'] as const)
    await db
      .updateTable(table)
      .set({ account_id: partId })
      .where('account_id', '=', accountId)
      .where('order_id', 'in', (eb) =>
        eb.selectFrom('orders').select('order_id').where('account_id', '=', partId),
      )
      .execute()
}

/** Writes both sides of a split into the accounts' history. */
export async function noteSplit(
  db: Writer,
  split: { accountId: string; partId: string; at: Date; by: string; reason: string; orderCount: number },
): Promise<void> {
  const { accountId, partId, at, by, reason, orderCount } = split
  const step = { at, event: 'split' as const, changed_by: by, reason, order_count: orderCount }
  await db
    .insertInto('account_history')
    .values([
      { ...step, account_id: accountId, other_id: partId },
      { ...step, account_id: partId, other_id: accountId },
    ])
    .execute()
}
