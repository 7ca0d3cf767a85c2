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

/** Ties an openid to an account, unless somebody did so a moment ago. Returns the account it is tied to. */
export async function tieIdentity(
  db: Writer,
  identity: { appid: string; openid: string; accountId: string; unionid: string | null; at: Date },
): Promise<string> {
  const row = await db
    .insertInto('identities')
    .values({
      appid: identity.appid,
      openid: identity.openid,
      account_id: identity.accountId,
      unionid: identity.unionid,
      created_at: identity.at,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['appid', 'openid'])
        .doUpdateSet((eb) => ({ unionid: eb.fn.coalesce('excluded.unionid', 'identities.unionid') })),
    )
    .returning('account_id')
    .executeTakeFirstOrThrow()
  return row.account_id
}

/**
 * Whoever signs in with this unionid waits here until the transaction ends. Without it two of them wait in a circle: one
 * has tied a door to the union's account and wants the union's row, the other has that row and wants the account.
 */
export async function lockUnion(db: Writer, unionid: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`union ${unionid}`}, 0))`.execute(db)
}

/** The account that a unionid stands for; the first one to say so decides. */
export async function claimUnion(db: Writer, unionid: string, accountId: string): Promise<string> {
  const row = await db
    .insertInto('unions')
    .values({ unionid, account_id: accountId })
    .onConflict((conflict) =>
      conflict.column('unionid').doUpdateSet((eb) => ({ account_id: eb.ref('unions.account_id') })),
    )
    .returning('account_id')
    .executeTakeFirstOrThrow()
  return row.account_id
}

export const accountOfUnion = (db: Database, unionid: string) =>
  db.selectFrom('unions').select('account_id').where('unionid', '=', unionid).executeTakeFirst()

/** Holds an account's row until the transaction ends: what it is being given meanwhile is counted one after another. */
export const lockAccount = (db: Writer, accountId: string) =>
  db.selectFrom('accounts').select('id').where('id', '=', accountId).forNoKeyUpdate().execute()

const withAccounts = ['identities', 'unions', 'sessions', 'orders', 'payments'] as const
const shortLived = ['web_view_tickets', 'oauth_states', 'bind_codes'] as const

/**
 * Everything of one account becomes the other's, and the empty account ends. Locked first: whoever is just writing for
 * it is waited for, and whoever comes later fails and tries again, so that no order is left where nobody looks.
 * False: one of the two has just been joined to somebody; nothing has changed.
 */
export async function mergeAccounts(db: Writer, from: string, into: string): Promise<boolean> {
  const locked = await db
    .selectFrom('accounts')
    .select('id')
    .where('id', 'in', [from, into])
    .orderBy('id')
    .forUpdate()
    .execute()
  if (locked.length < 2) return false
  for (const table of [...withAccounts, ...shortLived])
    await db.updateTable(table).set({ account_id: into }).where('account_id', '=', from).execute()
  await moveOrderRequests(db, from, into)
  await db.deleteFrom('accounts').where('id', '=', from).execute()
  return true
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
