import { limits } from '../config/limits.ts'
import type { EntryConfig } from '../config/load-config.ts'
import { hashSecret, newToken } from '../shared/id.ts'
import { isAccountGone, retryWhenGone } from '../store/account-gone.ts'
import { findIdentity } from '../store/accounts.ts'
import type { Database } from '../store/database.ts'
import { expireSession, findSession, giveSession, insertSession } from '../store/sessions.ts'
import type { SessionRow } from '../store/tables.ts'
import type { IdentityDeps, SignedIn } from './identity-deps.ts'

/** How a session is opened, where it differs from a native one. */
export interface SessionOptions {
  lifetimeMs?: number
  /** See `is_shared` and `is_prefixed` in migrations/. */
  isShared?: boolean
  isPrefixed?: boolean
}

/** A session that was just opened, and its token, which is told once. */
export interface OpenedSession {
  token: string
  session: SessionRow
}

/**
 * Opens a session at one entry. The token is stored as its hash. Should the account have been joined to another or
 * split a moment ago, the session is for the account that has the openid now.
 */
export async function openSession(
  deps: Pick<IdentityDeps, 'db' | 'clock'>,
  who: SignedIn,
  kind: SessionRow['kind'],
  options: SessionOptions = {},
): Promise<OpenedSession> {
  const { lifetimeMs = limits.sessionLifetimeMs, isShared = false, isPrefixed = false } = options
  const token = newToken()
  const now = deps.clock.now()
  const { openid } = who
  const session: SessionRow = {
    token_hash: hashSecret(token),
    kind,
    entry_code: who.entry.code,
    appid: openid === null ? null : who.entry.customerAppid,
    openid,
    account_id: who.accountId,
    is_virtual: who.isVirtual,
    created_at: now,
    expires_at: new Date(now.getTime() + lifetimeMs),
    origin_id: who.originId,
    is_shared: isShared,
    is_prefixed: isPrefixed,
  }
  if (openid === null) await insertSession(deps.db, session)
  else await insertForOwner(deps.db, session, { appid: who.entry.customerAppid, openid })
  return { token, session }
}

/**
 * Inserts a session for the account that has its openid. The account is read again after the insert: a join or a split that
 * ended between the sign-in's own read and the insert has not moved this session.
 */
async function insertForOwner(
  db: Database,
  session: SessionRow,
  { appid, openid }: { appid: string; openid: string },
): Promise<void> {
  const takeOwner = async () => {
    const identity = await findIdentity(db, appid, openid)
    if (!identity || identity.account_id === session.account_id) return false
    session.account_id = identity.account_id
    session.origin_id = identity.origin_id
    return true
  }
  await insertSession(db, session).catch(async (error: unknown) => {
    if (!isAccountGone(error)) throw error
    await retryWhenGone(async () => {
      await takeOwner()
      await insertSession(db, session)
    })
  })
  await retryWhenGone(async () => {
    if (await takeOwner()) await giveSession(db, session)
  })
}

/**
 * The live session behind a token at this entry, or undefined. None of a customer of another app that the entry was before:
 * the new one does not know their openid.
 */
export async function readSession(
  deps: Pick<IdentityDeps, 'db' | 'clock'>,
  token: string,
  entry: EntryConfig,
  kind: SessionRow['kind'],
): Promise<SessionRow | undefined> {
  const wanted = { tokenHash: hashSecret(token), entryCode: entry.code, kind, now: deps.clock.now() }
  const session = await findSession(deps.db, wanted)
  const isOfThisApp = session?.openid === null || session?.appid === entry.customerAppid
  return isOfThisApp ? session : undefined
}

/** Signs out: ends the session on the server, so that a kept copy of its token is refused. */
export const endSession = (
  { db, clock }: Pick<IdentityDeps, 'db' | 'clock'>,
  session: SessionRow,
): Promise<void> => expireSession(db, session.token_hash, clock.now())

/**
 * Takes a browser's session over into one of a shared computer, which ends with the browser, or within hours when that is
 * left open.
 */
export async function shareSession(
  deps: Pick<IdentityDeps, 'db' | 'clock'>,
  entry: EntryConfig,
  session: SessionRow,
): Promise<OpenedSession> {
  const { token_hash: tokenHash, entry_code: entryCode, kind } = session
  const opened = await retryWhenGone(async () => {
    const now = deps.clock.now()
    // Read again: the account may have been joined to another since.
    const current = (await findSession(deps.db, { tokenHash, entryCode, kind, now })) ?? session
    const { account_id: accountId, origin_id: originId, openid, is_virtual: isVirtual } = current
    return openSession(deps, { accountId, originId, entry, openid, isVirtual }, kind, {
      lifetimeMs: Math.min(current.expires_at.getTime() - now.getTime(), limits.sharedSessionLifetimeMs),
      isShared: true,
      isPrefixed: session.is_prefixed,
    })
  })
  await endSession(deps, session)
  return opened
}

/** Whether a session is that of this very person, and far enough from its end to be kept. */
export function isStillGood(deps: Pick<IdentityDeps, 'clock'>, session: SessionRow, who: SignedIn): boolean {
  const left = session.expires_at.getTime() - deps.clock.now().getTime()
  return (
    session.account_id === who.accountId &&
    session.openid === who.openid &&
    session.is_virtual === who.isVirtual &&
    left > limits.sessionLifetimeMs / 2
  )
}
