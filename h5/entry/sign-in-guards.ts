import { loopGuard } from './loop-guard.ts'
import { phoneMemory, tabMemory } from './tab-memory.ts'

/** Ways through OAuth, which come back to the same tab. */
export const oauthGuard = loopGuard(tabMemory, 'qiaofu.oauth', 2)

/** Requests for a fresh ticket. Remembered in the phone: each new web-view is a new tab, which would never count to two. */
export const freshTicketGuard = loopGuard(phoneMemory, 'qiaofu.fresh-tickets', 2)

/** A request was answered: whatever sign-in came before it has worked, so the next one starts counting anew. */
export function signedIn(): void {
  oauthGuard.reset()
  freshTicketGuard.reset()
}
