import { randomUUID } from 'node:crypto'
import type { Database } from './database.ts'
import type { JoinOfferRow } from './tables.ts'

/** An offer whose code was typed in. */
export type AskedOffer = JoinOfferRow & {
  join_id: string
  asked_by: string
  asked_at_entry: string
  asked_at: Date
}

/** Stores the bind code of an account. It replaces the code before it, and the request of an account that typed that in. */
export async function putOffer(
  db: Database,
  offer: { accountId: string; codeHash: Buffer; at: Date; expiresAt: Date },
): Promise<void> {
  const fresh = {
    code_hash: offer.codeHash,
    created_at: offer.at,
    expires_at: offer.expiresAt,
    join_id: null,
    asked_by: null,
    asked_at_entry: null,
    asked_at: null,
    refused_at: null,
  }
  await db
    .insertInto('join_offers')
    .values({ account_id: offer.accountId, ...fresh })
    .onConflict((conflict) => conflict.column('account_id').doUpdateSet(fresh))
    .execute()
}

/** The offer of a bind code that is neither used nor expired. */
export const findOffer = (db: Database, codeHash: Buffer, now: Date): Promise<JoinOfferRow | undefined> =>
  db
    .selectFrom('join_offers')
    .selectAll()
    .where('code_hash', '=', codeHash)
    .where('join_id', 'is', null)
    .where('expires_at', '>', now)
    .executeTakeFirst()

/** Spends a code: its account is asked by this one, until `expiresAt`. Undefined: the code is no longer good. */
export const askOffer = (
  db: Database,
  asked: { codeHash: Buffer; by: string; atEntry: string; at: Date; expiresAt: Date },
): Promise<JoinOfferRow | undefined> =>
  db
    .updateTable('join_offers')
    .set({
      join_id: randomUUID(),
      asked_by: asked.by,
      asked_at_entry: asked.atEntry,
      asked_at: asked.at,
      expires_at: asked.expiresAt,
    })
    .where('code_hash', '=', asked.codeHash)
    .where('join_id', 'is', null)
    .where('expires_at', '>', asked.at)
    .returningAll()
    .executeTakeFirst()

/** What this account has asked others for ends: it asks one at a time. */
export async function withdrawAsks(db: Database, askedBy: string): Promise<void> {
  await db.deleteFrom('join_offers').where('asked_by', '=', askedBy).execute()
}

/** The asked offers that an account shows (`account_id`) or has asked for (`asked_by`): at most one each. */
export const askedOffersOf = (db: Database, accountId: string, now: Date): Promise<AskedOffer[]> =>
  db
    .selectFrom('join_offers')
    .selectAll()
    .where((eb) => eb.or([eb('account_id', '=', accountId), eb('asked_by', '=', accountId)]))
    .where('join_id', 'is not', null)
    .where('expires_at', '>', now)
    .execute() as Promise<AskedOffer[]>

/** Refuses what was asked of this account, once. False: it is over. */
export async function refuseOffer(
  db: Database,
  accountId: string,
  joinId: string,
  now: Date,
): Promise<boolean> {
  const result = await db
    .updateTable('join_offers')
    .set({ refused_at: now })
    .where('account_id', '=', accountId)
    .where('join_id', '=', joinId)
    .where('refused_at', 'is', null)
    .where('expires_at', '>', now)
    .executeTakeFirst()
  return result.numUpdatedRows === 1n
}
