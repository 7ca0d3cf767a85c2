import { limits } from '../config/limits.ts'
import type { EntryConfig } from '../config/load-config.ts'
import { newAccountId } from '../shared/id.ts'
import { insertAccount } from '../store/accounts.ts'
import type { IdentityDeps } from './identity-deps.ts'
import { openSession, type OpenedSession, type SessionOptions } from './sessions.ts'
import { transact } from '../store/database.ts'

/**
 * A new anonymous account with its session, for a browser at an entry without a sign-in. The cookie is all that leads to
 * it, until a bind code joins it to an account that can sign in.
 */
export async function openBrowserAccount(
  deps: Pick<IdentityDeps, 'db' | 'clock'>,
  entry: EntryConfig,
  options: Pick<SessionOptions, 'isShared' | 'isPrefixed'>,
): Promise<OpenedSession> {
  return transact(deps.db, async (writer) => {
    const accountId = newAccountId()
    await insertAccount(writer, accountId, deps.clock.now())
    const who = { accountId, entry, originId: null, openid: null, isVirtual: false }
    const lifetimeMs = options.isShared ? limits.sharedSessionLifetimeMs : limits.browserSessionLifetimeMs
    const within = { db: writer, clock: deps.clock }
    return openSession(within, who, 'web', { ...options, lifetimeMs })
  })
}
