import { RequestFailed } from '../api/failure.ts'
import { send } from '../api/send.ts'
import { forgetEntry, isBrowserKind, knownEntry } from './known-entry.ts'
import { isHeldByMiniProgram, reopenWithFreshTicket } from './native.ts'
import { freshTicketGuard, oauthGuard } from './sign-in-guards.ts'

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

async function signInOnce(): Promise<void> {
  const entry = await knownEntry()
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
  location.replace(`/api/${code}/oauth/start?to=${encodeURIComponent(here)}`)
  return new Promise<never>(() => {})
}
