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

/** Everything of one account becomes the other's. Nothing is lost; the empty account stays behind. */
export async function mergeAccounts(db: Writer, from: string, into: string): Promise<void> {
  const patch = { account_id: into }
  await db.updateTable('identities').set(patch).where('account_id', '=', from).execute()
  await db.updateTable('unions').set(patch).where('account_id', '=', from).execute()
  await db.updateTable('sessions').set(patch).where('account_id', '=', from).execute()
  await db.updateTable('orders').set(patch).where('account_id', '=', from).execute()
  await db.updateTable('payments').set(patch).where('account_id', '=', from).execute()
}

/** How many doors know this account. */
export async function countDoors(db: Database, accountId: string): Promise<number> {
  const row = await db
    .selectFrom('identities')
    .select((eb) => eb.fn.count<number>('appid').distinct().as('doors'))
    .where('account_id', '=', accountId)
    .executeTakeFirstOrThrow()
  return Number(row.doors)
}
