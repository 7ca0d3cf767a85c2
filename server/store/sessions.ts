import { sql } from 'kysely'
import type { Database } from './database.ts'
import type { SessionRow } from './tables.ts'

export async function insertSession(db: Database, session: SessionRow): Promise<void> {
  await db.insertInto('sessions').values(session).execute()
}

/** Moves a session to the account that it names now. */
export async function giveSession(
  db: Database,
  { token_hash: tokenHash, account_id, origin_id }: SessionRow,
): Promise<void> {
  await db
    .updateTable('sessions')
    .set({ account_id, origin_id })
    .where('token_hash', '=', tokenHash)
    .execute()
}

/** A live session of this very entry: a token of another door finds nothing. */
export const findSession = (
  db: Database,
  wanted: { tokenHash: Buffer; entryCode: string; kind: SessionRow['kind']; now: Date },
): Promise<SessionRow | undefined> =>
  db
    .selectFrom('sessions')
    .selectAll()
    .where('token_hash', '=', wanted.tokenHash)
    .where('entry_code', '=', wanted.entryCode)
    .where('kind', '=', wanted.kind)
    .where('expires_at', '>', wanted.now)
    .executeTakeFirst()

/** Ends a session now. Its row goes with those that expired, and so does an anonymous account that is left. */
export async function expireSession(db: Database, tokenHash: Buffer, now: Date): Promise<void> {
  await db
    .updateTable('sessions')
    .set({ expires_at: now })
    .where('token_hash', '=', tokenHash)
    .where('expires_at', '>', now)
    .execute()
}

/** Browsers' sessions of an account that others can sign in to end by this moment at the latest. */
export async function shortenBrowserSessions(
  db: Database,
  accountId: string,
  expiresAt: Date,
): Promise<void> {
  await db
    .updateTable('sessions')
    .set({ expires_at: sql<Date>`least(expires_at, ${expiresAt})` })
    .where('account_id', '=', accountId)
    .where('openid', 'is', null)
    .where((eb) =>
      eb.exists(eb.selectFrom('identities').select('openid').where('identities.account_id', '=', accountId)),
    )
    .execute()
}

export async function insertTicket(
  db: Database,
  ticket: {
    ticketHash: Buffer
    entryCode: string
    appid: string
    openid: string
    accountId: string
    expiresAt: Date
  },
): Promise<void> {
  await db
    .insertInto('web_view_tickets')
    .values({
      ticket_hash: ticket.ticketHash,
      entry_code: ticket.entryCode,
      appid: ticket.appid,
      openid: ticket.openid,
      account_id: ticket.accountId,
      expires_at: ticket.expiresAt,
      used_at: null,
    })
    .execute()
}

/** Spends a ticket: once, in time, at its own door. */
export const spendTicket = (db: Database, ticketHash: Buffer, entryCode: string, now: Date) =>
  db
    .updateTable('web_view_tickets')
    .set({ used_at: now })
    .where('ticket_hash', '=', ticketHash)
    .where('entry_code', '=', entryCode)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .returningAll()
    .executeTakeFirst()

/** Whom a ticket was issued to, spent or not, until it is forgotten. */
export const findTicket = (db: Database, ticketHash: Buffer, entryCode: string) =>
  db
    .selectFrom('web_view_tickets')
    .select(['appid', 'openid'])
    .where('ticket_hash', '=', ticketHash)
    .where('entry_code', '=', entryCode)
    .executeTakeFirst()

/** What a callback has to bring: the state, at its own entry, in the browser that began. */
export interface OauthWanted {
  stateHash: Buffer
  entryCode: string
  preSessionHash: Buffer
  /** Whether the pre-session's cookie has the prefix __Host-; without it, only states from before are found. */
  isPrefixed: boolean
}

export async function insertOauthState(
  db: Database,
  state: OauthWanted & { returnPath: string; expiresAt: Date },
): Promise<void> {
  await db
    .insertInto('oauth_states')
    .values({
      state_hash: state.stateHash,
      entry_code: state.entryCode,
      pre_session_hash: state.preSessionHash,
      return_path: state.returnPath,
      expires_at: state.expiresAt,
      used_at: null,
      openid: null,
      account_id: null,
      is_virtual: null,
      is_prefixed: state.isPrefixed,
      claimed_at: null,
    })
    .execute()
}

/** Whether this server gave out the pre-session, for a sign-in that has not ended. */
export async function isKnownPreSession(
  db: Database,
  wanted: Omit<OauthWanted, 'stateHash'> & { now: Date },
): Promise<boolean> {
  const row = await db
    .selectFrom('oauth_states')
    .select('entry_code')
    .where('pre_session_hash', '=', wanted.preSessionHash)
    .where('entry_code', '=', wanted.entryCode)
    .where('is_prefixed', '=', wanted.isPrefixed)
    .where('used_at', 'is', null)
    .where('expires_at', '>', wanted.now)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

const ofBrowser = (db: Database, wanted: OauthWanted) =>
  db
    .selectFrom('oauth_states')
    .where('state_hash', '=', wanted.stateHash)
    .where('entry_code', '=', wanted.entryCode)
    .where('pre_session_hash', '=', wanted.preSessionHash)
    .where((eb) => (wanted.isPrefixed ? eb.val(true) : eb('is_prefixed', '=', false)))

/**
 * Claims a state for one exchange. It is not spent by that: an exchange that fails releases it. False: it is spent, too
 * old, tried too often, or claimed by another callback after `claimedBefore`.
 */
export async function claimOauthState(
  db: Database,
  wanted: OauthWanted & { now: Date; claimedBefore: Date; mostExchanges: number },
): Promise<boolean> {
  const result = await db
    .updateTable('oauth_states')
    .set((eb) => ({ claimed_at: wanted.now, exchange_count: eb('exchange_count', '+', 1) }))
    .where('state_hash', 'in', ofBrowser(db, wanted).select('state_hash'))
    .where('used_at', 'is', null)
    .where('expires_at', '>', wanted.now)
    .where('exchange_count', '<', wanted.mostExchanges)
    .where((eb) => eb.or([eb('claimed_at', 'is', null), eb('claimed_at', '<=', wanted.claimedBefore)]))
    .executeTakeFirst()
  return result.numUpdatedRows === 1n
}

/** Gives a state back whose exchange brought nothing: another callback may try. */
export async function releaseOauthState(db: Database, stateHash: Buffer): Promise<void> {
  await db
    .updateTable('oauth_states')
    .set({ claimed_at: null })
    .where('state_hash', '=', stateHash)
    .where('used_at', 'is', null)
    .execute()
}

export const findOauthState = (db: Database, wanted: OauthWanted) =>
  ofBrowser(db, wanted).selectAll().executeTakeFirst()

/** Spends a state: notes whom its exchange brought, for a callback that comes twice. */
export async function spendOauthState(
  db: Database,
  stateHash: Buffer,
  outcome: { at: Date; openid: string; accountId: string; isVirtual: boolean },
): Promise<void> {
  await db
    .updateTable('oauth_states')
    .set({
      used_at: outcome.at,
      openid: outcome.openid,
      account_id: outcome.accountId,
      is_virtual: outcome.isVirtual,
    })
    .where('state_hash', '=', stateHash)
    .execute()
}
