import { setTimeout as wait } from 'node:timers/promises'
import { limits } from '../config/limits.ts'
import type { EntryConfig } from '../config/load-config.ts'
import { KindError } from '../shared/errors.ts'
import { hashSecret, newOauthState, newToken } from '../shared/id.ts'
import { retryWhenGone } from '../store/account-gone.ts'
import { findOauthState, insertOauthState, noteOauthOutcome, spendOauthState } from '../store/sessions.ts'
import { findAccount } from './find-account.ts'
import type { IdentityDeps, SignedIn } from './identity-deps.ts'

/** How long a second callback waits for the first one's exchange: 50 looks, 100 ms apart. Machine time. */
const looksAtTwin = 50
const lookEveryMs = 100

/**
 * Begins a sign-in: the address of WeChat's page, and a pre-session for a cookie. The state is random, single use, and
 * bound to the pre-session, so nobody can be signed in as somebody else by a link. A browser that has a pre-session
 * (`known`) keeps it: WeChat may load a page twice, and each of the two states must find its own.
 */
export async function beginOauth(
  deps: IdentityDeps,
  entry: EntryConfig,
  returnPath: string,
  known: string | undefined,
): Promise<{ location: string; preSession: string }> {
  const state = newOauthState()
  const preSession = known ?? newToken()
  await insertOauthState(deps.db, {
    stateHash: hashSecret(state),
    entryCode: entry.code,
    preSessionHash: hashSecret(preSession),
    returnPath,
    expiresAt: new Date(deps.clock.now().getTime() + limits.oauthStateLifetimeMs),
  })
  const callback = `${deps.publicUrl}/api/${entry.code}/oauth/callback`
  return { location: deps.login.authorizeUrl(entry, callback, state), preSession }
}

/**
 * Finishes a sign-in. WeChat may call back twice with one code: it is exchanged once, and both are signed in.
 * Throws NotSignedIn for a state that is unknown, too old, of another browser or another door.
 */
export async function finishOauth(
  deps: IdentityDeps,
  entry: EntryConfig,
  callback: { state: string; code: string; preSession: string },
): Promise<SignedIn & { returnPath: string }> {
  const wanted = {
    stateHash: hashSecret(callback.state),
    entryCode: entry.code,
    preSessionHash: hashSecret(callback.preSession),
  }
  const spent = await spendOauthState(deps.db, { ...wanted, now: deps.clock.now() })
  if (!spent) return awaitTwin(deps, entry, wanted)
  const identity = await deps.login.exchangeOauthCode(entry, callback.code)
  const { openid, isVirtual } = identity
  const accountId = await retryWhenGone(async () => {
    const found = await findAccount(deps, entry.customerAppid, identity)
    await noteOauthOutcome(deps.db, wanted.stateHash, { openid, accountId: found, isVirtual })
    return found
  })
  return { accountId, entry, openid, isVirtual, returnPath: spent.return_path }
}

/** The same callback came a moment ago: what its exchange brought is good for this one too. */
async function awaitTwin(
  deps: IdentityDeps,
  entry: EntryConfig,
  wanted: Parameters<typeof findOauthState>[1],
): Promise<SignedIn & { returnPath: string }> {
  for (let look = 0; look < looksAtTwin; look += 1) {
    const state = await findOauthState(deps.db, wanted)
    const isRecent =
      state?.used_at && deps.clock.now().getTime() - state.used_at.getTime() <= limits.oauthRepeatMs
    if (!isRecent) break
    if (state.openid !== null && state.account_id !== null)
      return {
        accountId: state.account_id,
        entry,
        openid: state.openid,
        isVirtual: state.is_virtual === true,
        returnPath: state.return_path,
      }
    await wait(lookEveryMs)
  }
  throw new KindError('NotSignedIn', '登录已失效，请重新打开页面。', { code: 'code-spent' })
}
