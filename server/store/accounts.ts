import { sql } from 'kysely'
import type { Database, Writer } from './database.ts'

export const findIdentity = (db: Database, appid: string, openid: string) =>
  db
    .selectFrom('identities')
    .selectAll()
    .where('appid', '=', appid)
    .where('openid', '=', openid)
    .executeTakeFirst()

export async function insertAccount(db: Writer, id: string, at: Date): Promise<void> {
  await db.insertInto('accounts').values({ id, created_at: at }).execute()
}

/** The account that an openid belongs to, and where it would go if a join were undone. */
export interface Owner {
  accountId: string
  /** See `origin_id` in migrations/. */
  originId: string | null
}

export const ownerOf = (row: { account_id: string; origin_id: string | null }): Owner => ({
  accountId: row.account_id,
  originId: row.origin_id,
})

/** Whether WeChat has ever said that somebody is this account. */
export async function hasIdentity(db: Database, accountId: string): Promise<boolean> {
  const row = await db
    .selectFrom('identities')
    .select('openid')
    .where('account_id', '=', accountId)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** Ties an openid to an account, unless another sign-in did so a moment ago. Returns the owner that it is tied to. */
export async function tieIdentity(
  db: Writer,
  identity: { appid: string; openid: string; accountId: string; unionid: string | null; at: Date },
): Promise<Owner> {
  const row = await db
    .insertInto('identities')
    .values({
      appid: identity.appid,
      openid: identity.openid,
      account_id: identity.accountId,
      unionid: identity.unionid,
      created_at: identity.at,
      origin_id: null,
      sole: true,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['appid', 'openid'])
        .doUpdateSet((eb) => ({ unionid: eb.fn.coalesce('excluded.unionid', 'identities.unionid') })),
    )
    .returning(['account_id', 'origin_id'])
    .executeTakeFirstOrThrow()
  return ownerOf(row)
}

/**
 * Whoever signs in with this unionid waits here until the transaction ends. Without it two of them wait in a circle: one
 * has tied a door to the union's account and wants the union's row, the other has that row and wants the account.
 */
export async function lockUnion(db: Writer, unionid: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`union ${unionid}`}, 0))`.execute(db)
}

/** The account that a unionid stands for; the first one to say so decides. */
export async function claimUnion(db: Writer, unionid: string, accountId: string): Promise<void> {
  await db
    .insertInto('unions')
    .values({ unionid, account_id: accountId, sole: true })
    .onConflict((conflict) =>
      conflict.column('unionid').doUpdateSet((eb) => ({ account_id: eb.ref('unions.account_id') })),
    )
    .execute()
}

export const accountOfUnion = (db: Database, unionid: string) =>
  db.selectFrom('unions').select('account_id').where('unionid', '=', unionid).executeTakeFirst()

/** Holds an account's row until the transaction ends: what it is being given meanwhile is counted one after another. */
export const lockAccount = (db: Writer, accountId: string) =>
  db.selectFrom('accounts').select('id').where('id', '=', accountId).forNoKeyUpdate().execute()

/**
 * Holds an account's row until the transaction ends, also against rows that refer to it: sessions that are opened and orders
 * that are placed for the account wait.
 */
export const lockAccountExclusively = (db: Writer, accountId: string) =>
  db.selectFrom('accounts').select('id').where('id', '=', accountId).forUpdate().execute()

/**
 * Whether these accounts together, with what else is given, are one person: at most one openid of an appid, and at most one
 * unionid. Two of either are two people. The caller holds the accounts' rows.
 */
export async function isOnePerson(
  db: Writer,
  accountIds: readonly string[],
  more: { appid: string | null; unionid: string | null } = { appid: null, unionid: null },
): Promise<boolean> {
  const { rows } = await sql<{ is_one: boolean }>`
    with theirs as (
      select appid, unionid from identities where account_id in (${sql.join(accountIds)})
      union all
      select ${more.appid}::text, ${more.unionid}::text
      union all
      select null, unionid from unions where account_id in (${sql.join(accountIds)})
    )
    select count(appid) = count(distinct appid) and count(distinct unionid) <= 1 as is_one
    from theirs`.execute(db)
  return rows[0]!.is_one
}

const withOrigin = ['identities', 'sessions', 'orders'] as const
const withAccounts = ['unions', 'payments'] as const
const shortLived = ['web_view_tickets', 'oauth_states', 'bind_codes'] as const

/**
 * Why two accounts were not joined. gone: one of the two has just been joined to another. two-people: together they would
 * have two openids of one appid, or two unionids. Nothing has changed.
 */
export type JoinRefusal = 'gone' | 'two-people'

/**
 * Everything of one account becomes the other's, and the empty account ends. Locked first: what is just being written for
 * it is waited for, and what comes later fails and is tried again, so that no order is left where it is not found.
 * How and when is told in the account's history. Returns null, or why nothing was joined.
 */
export async function mergeAccounts(
  db: Writer,
  from: string,
  into: string,
  joined: { by: 'bind-code' | 'unionid'; at: Date },
): Promise<JoinRefusal | null> {
  const locked = await db
    .selectFrom('accounts')
    .select('id')
    .where('id', 'in', [from, into])
    .orderBy('id')
    .forUpdate()
    .execute()
  if (locked.length < 2) return 'gone'
  if (!(await isOnePerson(db, [from, into]))) return 'two-people'
  const orderCount = await moveWithOrigin(db, from, into)
  for (const table of [...withAccounts, ...shortLived])
    await db.updateTable(table).set({ account_id: into }).where('account_id', '=', from).execute()
  // Rows from before the rule are held to it from here on, those that were there too.
  for (const table of ['identities', 'unions'] as const)
    await db.updateTable(table).set({ sole: true }).where('account_id', '=', into).execute()
  await moveOrderRequests(db, from, into)
  await db
    .deleteFrom('join_offers')
    .where((eb) => eb.or([eb('account_id', 'in', [from, into]), eb('asked_by', 'in', [from, into])]))
    .execute()
  await db
    .insertInto('account_history')
    .values({
      account_id: into,
      at: joined.at,
      event: 'joined',
      other_id: from,
      changed_by: joined.by,
      reason: null,
      order_count: orderCount,
    })
    .execute()
  await db.deleteFrom('accounts').where('id', '=', from).execute()
  return null
}

/** Moves what remembers where it came from, so that a split can bring it back. Returns how many orders there are. */
async function moveWithOrigin(db: Writer, from: string, into: string): Promise<number> {
  let moved = 0n
  for (const table of withOrigin) {
    const result = await db
      .updateTable(table)
      .set((eb) => ({ account_id: into, origin_id: eb.fn.coalesce('origin_id', eb.val(from)) }))
      .where('account_id', '=', from)
      .executeTakeFirst()
    moved = result.numUpdatedRows
  }
  return Number(moved)
}

/** A key that both have used stays with the account that remains. */
async function moveOrderRequests(db: Writer, from: string, into: string): Promise<void> {
  await db
    .insertInto('order_requests')
    .columns(['account_id', 'idempotency_key', 'request_hash', 'order_id', 'created_at'])
    .expression((eb) =>
      eb
        .selectFrom('order_requests')
        .select([eb.val(into).as('account_id'), 'idempotency_key', 'request_hash', 'order_id', 'created_at'])
        .where('account_id', '=', from),
    )
    .onConflict((conflict) => conflict.columns(['account_id', 'idempotency_key']).doNothing())
    .execute()
  await db.deleteFrom('order_requests').where('account_id', '=', from).execute()
}

/** How many doors know this account: apps by openid, and browsers' doors by their sessions. */
export async function countDoors(db: Database, accountId: string): Promise<number> {
  const rows = await db
    .selectFrom('identities')
    .select('appid as door')
    .where('account_id', '=', accountId)
    .union(
      db
        .selectFrom('sessions')
        .select('entry_code as door')
        .where('account_id', '=', accountId)
        .where('openid', 'is', null),
    )
    .execute()
  return rows.length
}
