import { setTimeout as wait } from 'node:timers/promises'
import { limits } from '../config/limits.ts'
import type { EntryConfig } from '../config/load-config.ts'
import { KindError } from '../shared/errors.ts'
import { hashSecret, newOauthState, newToken } from '../shared/id.ts'
import { retryWhenGone } from '../store/account-gone.ts'
import { findIdentity, ownerOf } from '../store/accounts.ts'
import {
  claimOauthState,
  findOauthState,
  insertOauthState,
  isKnownPreSession,
  releaseOauthState,
  spendOauthState,
  type OauthWanted,
} from '../store/sessions.ts'
import { findAccount } from './find-account.ts'
import type { IdentityDeps, SignedIn } from './identity-deps.ts'

/** How long a callback waits for another one's exchange: 60 looks, 100 ms apart. Machine time, more than an exchange takes. */
const looksAtTwin = 60
const lookEveryMs = 100

/** What the browser that began has in its cookie. */
export interface PreSession {
  value: string
  /** The cookie has the prefix __Host-, which no other site can set. */
  isPrefixed: boolean
}

/**
 * Begins a sign-in: the address of WeChat's page, and a pre-session for a cookie. The state is random, single use, and
 * bound to the pre-session, so that no link signs a browser in as another person. A pre-session of a sign-in that this
 * browser began a moment ago (`known`) is kept: WeChat may load a page twice, and each of the two states must find its own.
 * Any other value is not ours and is replaced.
 */
export async function beginOauth(
  deps: IdentityDeps,
  entry: EntryConfig,
  returnPath: string,
  browser: { known: string | undefined; isPrefixed: boolean },
): Promise<{ location: string; preSession: string }> {
  const state = newOauthState()
  const now = deps.clock.now()
  const { known, isPrefixed } = browser
  const of = (preSession: string) => ({
    entryCode: entry.code,
    preSessionHash: hashSecret(preSession),
    isPrefixed,
  })
  const isOurs = known !== undefined && (await isKnownPreSession(deps.db, { ...of(known), now }))
  const preSession = isOurs ? known : newToken()
  await insertOauthState(deps.db, {
    ...of(preSession),
    stateHash: hashSecret(state),
    returnPath,
    expiresAt: new Date(now.getTime() + limits.oauthStateLifetimeMs),
  })
  const callback = `${deps.publicUrl}/api/${entry.code}/oauth/callback`
  return { location: deps.login.authorizeUrl(entry, callback, state), preSession }
}

/** What WeChat sends the browser back with, and what the browser brings itself. */
export interface OauthCallback {
  state: string
  code: string
  preSession: PreSession
}

const wantedOf = (entry: EntryConfig, { state, preSession }: OauthCallback): OauthWanted => ({
  stateHash: hashSecret(state),
  entryCode: entry.code,
  preSessionHash: hashSecret(preSession.value),
  isPrefixed: preSession.isPrefixed,
})

/**
 * Finishes a sign-in. WeChat may call back twice with one code: it is exchanged once, and both are signed in. A state is
 * spent by the exchange that is proven, so that another callback with a good code may follow one that brought nothing.
 * Throws NotSignedIn `code-spent` for a state that is unknown, too old, of another browser or another entry, and what the
 * exchange throws.
 */
export async function finishOauth(
  deps: IdentityDeps,
  entry: EntryConfig,
  callback: OauthCallback,
): Promise<SignedIn & { returnPath: string }> {
  const wanted = wantedOf(entry, callback)
  for (let look = 0; look < looksAtTwin; look += 1) {
    const now = deps.clock.now()
    const claim = {
      ...wanted,
      now,
      claimedBefore: new Date(now.getTime() - limits.oauthExchangeMs),
      mostExchanges: limits.oauthExchangesOfStateCount,
    }
    if (await claimOauthState(deps.db, claim)) await exchange(deps, entry, wanted, callback.code)
    const state = await findOauthState(deps.db, wanted)
    if (!state) break
    const isRecent = state.used_at === null || now.getTime() - state.used_at.getTime() <= limits.oauthRepeatMs
    if (!isRecent || (state.used_at === null && state.claimed_at === null)) break
    if (state.used_at !== null && state.openid !== null && state.account_id !== null) {
      const identity = await findIdentity(deps.db, entry.customerAppid, state.openid)
      const owner = identity ? ownerOf(identity) : { accountId: state.account_id, originId: null }
      const { openid, is_virtual: isVirtual, return_path: returnPath } = state
      return { ...owner, entry, openid, isVirtual: isVirtual === true, returnPath }
    }
    await wait(lookEveryMs)
  }
  throw new KindError('NotSignedIn', '登录已失效，请重新登录。', { code: 'code-spent' })
}

/** Exchanges a code for the state that was claimed, and spends the state; gives it back when the exchange brings nothing. */
async function exchange(deps: IdentityDeps, entry: EntryConfig, { stateHash }: OauthWanted, code: string) {
  try {
    const identity = await deps.login.exchangeOauthCode(entry, code)
    const { openid, isVirtual } = identity
    await retryWhenGone(async () => {
      const { accountId } = await findAccount(deps, entry.customerAppid, identity)
      await spendOauthState(deps.db, stateHash, { at: deps.clock.now(), openid, accountId, isVirtual })
    })
  } catch (error) {
    await releaseOauthState(deps.db, stateHash)
    throw error
  }
}

/** Where a sign-in of this browser was to lead, whatever has become of it. */
export async function returnPathOf(
  { db }: Pick<IdentityDeps, 'db'>,
  entry: EntryConfig,
  callback: OauthCallback,
): Promise<string> {
  const state = await findOauthState(db, wantedOf(entry, callback))
  return state?.return_path ?? '/'
}
