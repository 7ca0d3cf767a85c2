import type { Database } from './database.ts'
import type { SessionRow } from './tables.ts'

export async function insertSession(db: Database, session: SessionRow): Promise<void> {
  await db.insertInto('sessions').values(session).execute()
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

export async function insertOauthState(
  db: Database,
  state: {
    stateHash: Buffer
    entryCode: string
    preSessionHash: Buffer
    returnPath: string
    expiresAt: Date
  },
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
    })
    .execute()
}

/** Spends a state: once, in time, at its own door, in the browser that began. */
export const spendOauthState = (
  db: Database,
  wanted: { stateHash: Buffer; entryCode: string; preSessionHash: Buffer; now: Date },
) =>
  db
    .updateTable('oauth_states')
    .set({ used_at: wanted.now })
    .where('state_hash', '=', wanted.stateHash)
    .where('entry_code', '=', wanted.entryCode)
    .where('pre_session_hash', '=', wanted.preSessionHash)
    .where('used_at', 'is', null)
    .where('expires_at', '>', wanted.now)
    .returningAll()
    .executeTakeFirst()

export const findOauthState = (
  db: Database,
  wanted: { stateHash: Buffer; entryCode: string; preSessionHash: Buffer },
) =>
  db
    .selectFrom('oauth_states')
    .selectAll()
    .where('state_hash', '=', wanted.stateHash)
    .where('entry_code', '=', wanted.entryCode)
    .where('pre_session_hash', '=', wanted.preSessionHash)
    .executeTakeFirst()

/** Notes whom the exchange brought, for a callback that comes twice. */
export async function noteOauthOutcome(
  db: Database,
  stateHash: Buffer,
  outcome: { openid: string; accountId: string; isVirtual: boolean },
): Promise<void> {
  await db
    .updateTable('oauth_states')
    .set({ openid: outcome.openid, account_id: outcome.accountId, is_virtual: outcome.isVirtual })
    .where('state_hash', '=', stateHash)
    .execute()
}

/** False: this code is shown to somebody already, draw another. */
export async function insertBindCode(
  db: Database,
  code: { codeHash: Buffer; accountId: string; expiresAt: Date },
): Promise<boolean> {
  const result = await db
    .insertInto('bind_codes')
    .values({
      code_hash: code.codeHash,
      account_id: code.accountId,
      expires_at: code.expiresAt,
      used_at: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  return result.numInsertedOrUpdatedRows === 1n
}

/** Who shows this code, while it is good. */
export const findBindCode = (db: Database, codeHash: Buffer, now: Date) =>
  db
    .selectFrom('bind_codes')
    .select('account_id')
    .where('code_hash', '=', codeHash)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .executeTakeFirst()

/** Spends a bind code: once, in time. False: it is no longer good. */
export async function spendBindCode(db: Database, codeHash: Buffer, now: Date): Promise<boolean> {
  const result = await db
    .updateTable('bind_codes')
    .set({ used_at: now })
    .where('code_hash', '=', codeHash)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .executeTakeFirst()
  return result.numUpdatedRows === 1n
}
