import { limits } from '../config/limits.ts'
import type { EntryConfig } from '../config/load-config.ts'
import { hashSecret, newToken } from '../shared/id.ts'
import { isAccountGone, retryWhenGone } from '../store/account-gone.ts'
import { findIdentity } from '../store/accounts.ts'
import { findSession, insertSession } from '../store/sessions.ts'
import type { SessionRow } from '../store/tables.ts'
import type { IdentityDeps, SignedIn } from './identity-deps.ts'

/**
 * Opens a session at one door. The token is told once and stored as its hash. Should the account have been joined to
 * another a moment ago, the session is for the account that is left.
 */
export async function openSession(
  deps: Pick<IdentityDeps, 'db' | 'clock'>,
  who: SignedIn,
  kind: SessionRow['kind'],
  lifetimeMs: number = limits.sessionLifetimeMs,
): Promise<{ token: string; expiresAt: Date }> {
  const token = newToken()
  const now = deps.clock.now()
  const expiresAt = new Date(now.getTime() + lifetimeMs)
  const session: SessionRow = {
    token_hash: hashSecret(token),
    kind,
    entry_code: who.entry.code,
    appid: who.openid === null ? null : who.entry.customerAppid,
    openid: who.openid,
    account_id: who.accountId,
    is_virtual: who.isVirtual,
    created_at: now,
    expires_at: expiresAt,
  }
  try {
    await insertSession(deps.db, session)
  } catch (error) {
    const { appid, openid } = session
    if (!isAccountGone(error) || appid === null || openid === null) throw error
    await retryWhenGone(async () => {
      const identity = await findIdentity(deps.db, appid, openid)
      await insertSession(deps.db, { ...session, account_id: identity?.account_id ?? who.accountId })
    })
  }
  return { token, expiresAt }
}

/**
 * The live session behind a token at this door, or undefined. None of a customer of another app that the entry was before:
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
