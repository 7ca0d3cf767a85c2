import { RequestFailed } from '../api/failure.ts'
import { forgetEntry, knownEntry } from './known-entry.ts'
import { isHeldByMiniProgram, reopenWithFreshTicket } from './native.ts'
import { freshTicketGuard, oauthGuard } from './sign-in-guards.ts'

let leaving: Promise<never> | null = null

/**
 * Leaves this page to sign in the way of the tab's entry, and to come back to where it is. The promise then never settles.
 * It throws when nobody can sign in here, or when the two attempts a minute are used up.
 */
export function signIn(): Promise<never> {
  // Several requests of one page may be refused at once; they are one attempt.
  leaving ??= leave().catch((error: unknown) => {
    leaving = null
    throw error
  })
  return leaving
}

async function leave(): Promise<never> {
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
  if (kind !== 'official-account') throw new RequestFailed({ kind: 'outside-wechat' })
  if (!oauthGuard.take()) throw new RequestFailed({ kind: 'sign-in-stuck' })
  location.replace(`/api/${code}/oauth/start?to=${encodeURIComponent(here)}`)
  return new Promise<never>(() => {})
}
