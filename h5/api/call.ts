import { knownEntry } from '../entry/known-entry.ts'
import { signedIn } from '../entry/sign-in-guards.ts'
import { loadPart } from '../load-part.ts'
import { RequestFailed } from './failure.ts'
import { send } from './send.ts'
import type { Message } from './send.ts'

/** Asks our API in the tab's entry, e.g. call('orders') is GET /api/02/orders. For what anybody may see. */
export async function callAnyone<T>(path: string, message?: Message): Promise<T> {
  const { code } = await knownEntry()
  return send<T>(`/api/${code}/${path}`, message)
}

/** The same for what needs a session. When there is none, the page leaves to sign in and comes back. */
export async function callSignedIn<T>(path: string, message?: Message): Promise<T> {
  const { kind } = await knownEntry()
  if (kind === null) throw new RequestFailed({ kind: 'outside-wechat' })
  // A page asks before it does anything: what is being done does not leave it.
  if (kind === 'official-account' && !message) await (await signInPart()).proveTab()
  try {
    return await answered<T>(path, message)
  } catch (error) {
    if (!isNotSignedIn(error)) throw error
    await (await signInPart()).signIn()
  }
  // Only a browser's own account comes this far; whoever is still unknown keeps no cookies.
  return answered<T>(path, message).catch((error: unknown) => {
    throw isNotSignedIn(error) ? new RequestFailed({ kind: 'no-cookies' }) : error
  })
}

const signInPart = () => loadPart(() => import('../entry/sign-in.ts'))

async function answered<T>(path: string, message?: Message): Promise<T> {
  const answer = await callAnyone<T>(path, message)
  signedIn()
  return answer
}

function isNotSignedIn(error: unknown): boolean {
  if (!(error instanceof RequestFailed)) return false
  const { failure } = error
  return failure.kind === 'problem' && failure.problem.status === 401
}
