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
  try {
    const answer = await callAnyone<T>(path, message)
    signedIn()
    return answer
  } catch (error) {
    if (!(error instanceof RequestFailed) || !isNotSignedIn(error)) throw error
    const { signIn } = await loadPart(() => import('../entry/sign-in.ts'))
    return signIn()
  }
}

function isNotSignedIn({ failure }: RequestFailed): boolean {
  return failure.kind === 'problem' && failure.problem.status === 401
}
