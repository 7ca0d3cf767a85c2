import { loopGuard } from './loop-guard.ts'
import { phoneMemory, tabMemory } from './tab-memory.ts'

/** Ways through OAuth, which come back to the same tab. */
export const oauthGuard = loopGuard(tabMemory, 'qiaofu.oauth', 2)

/** Requests for a fresh ticket. Remembered in the phone: each new web-view is a new tab, which would never count to two. */
export const freshTicketGuard = loopGuard(phoneMemory, 'qiaofu.fresh-tickets', 2)

const signedOutKey = 'qiaofu.signed-out'

/** Signed out at this entry: nothing signs in again by itself until the customer taps. */
export function keepSignedOut(code: string): void {
  phoneMemory.set(signedOutKey, code)
}

export function isSignedOut(code: string): boolean {
  return phoneMemory.get(signedOutKey) === code
}

/** The customer taps to sign in. */
export function allowSignIn(): void {
  phoneMemory.remove(signedOutKey)
}

const provenKey = 'qiaofu.proven'

/**
 * Whether WeChat still has to say, once a tab, who holds the phone: a cookie outlives a change of the WeChat account. Where
 * a tab remembers nothing, it has not: it would be asked for ever.
 */
export function takeProof(): boolean {
  if (tabMemory.get(provenKey)) return false
  tabMemory.set(provenKey, '1')
  return tabMemory.get(provenKey) !== null
}

/** A request was answered: whatever sign-in came before it has worked, so the next one starts counting anew. */
export function signedIn(): void {
  oauthGuard.reset()
  freshTicketGuard.reset()
  allowSignIn()
}
