import { RequestFailed } from '../api/failure.ts'
import { send } from '../api/send.ts'
import { forgetEntry, isBrowserKind, knownEntry } from './known-entry.ts'
import { isHeldByMiniProgram, reopenWithFreshTicket } from './native.ts'
import { freshTicketGuard, isSignedOut, oauthGuard, takeProof } from './sign-in-guards.ts'

let running: Promise<void> | null = null

/**
 * Signs in the way of the tab's entry. Where WeChat says who somebody is, this page leaves and comes back to where it is, and
 * the promise never settles; where nobody does, the browser gets its own account and the promise resolves.
 * It throws when nobody can sign in here, or when the two attempts a minute are used up.
 */
export function signIn(): Promise<void> {
  // Several requests of one page may be refused at once; they are one attempt.
  running ??= signInOnce().finally(() => (running = null))
  return running
}

/**
 * Has WeChat say who holds this phone now, before a cookie is believed: the page leaves and comes back. Resolves where that
 * is not to be; then the cookie alone decides, and WeChat's cashier still refuses a payer who is another person.
 */
export async function proveTab(): Promise<void> {
  const { code, kind } = await knownEntry()
  if (kind !== 'official-account' || isSignedOut(code) || !takeProof() || !oauthGuard.take()) return
  return leaveForOauth(code)
}

async function signInOnce(): Promise<void> {
  const entry = await knownEntry()
  if (isSignedOut(entry.code)) throw new RequestFailed({ kind: 'signed-out' })
  const here = location.pathname + location.search
  if (entry.kind === 'mini-program') {
    if (await isHeldByMiniProgram()) {
      if (!freshTicketGuard.take()) throw new RequestFailed({ kind: 'sign-in-stuck' })
      return reopenWithFreshTicket(here).catch(() => {
        throw new RequestFailed({ kind: 'sign-in-stuck' })
      })
    }
    // The same tab now shows the page outside the mini-program that once entered it.
    forgetEntry()
  }
  const { code, kind } = await knownEntry()
  if (kind === null || kind === 'mini-program') throw new RequestFailed({ kind: 'outside-wechat' })
  if (isBrowserKind(kind))
    return void (await send(`/api/${code}/browser-sessions`, { method: 'POST', body: {} }))
  if (!oauthGuard.take()) throw new RequestFailed({ kind: 'sign-in-stuck' })
  takeProof()
  return leaveForOauth(code)
}

function leaveForOauth(code: string): Promise<never> {
  location.replace(`/api/${code}/oauth/start?to=${encodeURIComponent(location.pathname + location.search)}`)
  return new Promise<never>(() => {})
}
