import type { BindCode, Binding, Joins, Me, SessionEnd } from '../../contract/session.ts'
import { callAnyone, callSignedIn } from './call.ts'

/** Who I am here. Also the way to be signed in before it matters. */
export function getMe(): Promise<Me> {
  return callSignedIn<Me>('me')
}

/** A code to enter in the other entry, so that both know me as one person. */
export function makeBindCode(): Promise<BindCode> {
  return callSignedIn<BindCode>('bind-codes', { method: 'POST', body: {} })
}

/** Asks the account that shows the code to become one with this entry's. */
export function askToJoin(code: string): Promise<Binding> {
  return callSignedIn<Binding>('bindings', { method: 'POST', body: { code } })
}

/** Who asks to become one with me, and whom I have asked. */
export function getJoins(): Promise<Joins> {
  return callSignedIn<Joins>('joins')
}

/** Says yes to who asks. */
export function confirmJoin(id: string): Promise<Me> {
  return callSignedIn<Me>(`joins/${id}/confirm`, { method: 'POST', body: {} })
}

/** Says no to who asks. */
export function refuseJoin(id: string): Promise<Joins> {
  return callSignedIn<Joins>(`joins/${id}/refuse`, { method: 'POST', body: {} })
}

/** Signs out here. */
export function endSession(): Promise<SessionEnd> {
  return callAnyone<SessionEnd>('session/end', { method: 'POST', body: {} })
}

/** Makes this browser's session end with the browser. */
export function shareBrowser(): Promise<Me> {
  return callAnyone<Me>('browser-sessions', { method: 'POST', body: { isShared: true } })
}
