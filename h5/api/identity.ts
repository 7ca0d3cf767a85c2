import type { BindCode, Me } from '../../contract/session.ts'
import { callSignedIn } from './call.ts'

/** Who I am here. Also the way to be signed in before it matters. */
export function getMe(): Promise<Me> {
  return callSignedIn<Me>('me')
}

/** A code to enter in the other entry, so that both know me as one person. */
export function makeBindCode(): Promise<BindCode> {
  return callSignedIn<BindCode>('bind-codes', { method: 'POST', body: {} })
}

/** Joins this entry's account with the one that shows the code. */
export function bind(code: string): Promise<Me> {
  return callSignedIn<Me>('bindings', { method: 'POST', body: { code } })
}
