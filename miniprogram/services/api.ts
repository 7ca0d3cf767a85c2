import { entryCode, host } from '../config'
import { request, type HttpAnswer } from '../platform/request'
import { asTrouble } from '../platform/trouble'
import { refusal } from './refusal'
import { retry } from './retry'
import { dropToken, sessionToken } from './session'

const delaysMs = [400, 1200]

interface Call {
  method: 'GET' | 'POST'
  /** Below /api/{entry}, e.g. "/products". */
  path: string
  body?: object
}

/** Calls a public route. Throws a Trouble. */
export async function callPublic<T>(ask: Call): Promise<T> {
  return bodyOf<T>(await exchange(ask, {}))
}

/** Calls a route as the signed-in person. A session that the server no longer knows is renewed once. Throws a Trouble. */
export async function call<T>(ask: Call): Promise<T> {
  const token = await sessionToken()
  const answer = await exchange(ask, bearer(token))
  if (answer.status !== 401) return bodyOf<T>(answer)
  dropToken(token)
  return bodyOf<T>(await exchange(ask, bearer(await sessionToken())))
}

/** Every route called here may be repeated safely, so a lost answer is simply asked for again. */
function exchange({ method, path, body }: Call, headers: Record<string, string>): Promise<HttpAnswer> {
  const url = `${host()}/api/${entryCode}${path}`
  return retry(() => request({ method, url, headers, body }), {
    delaysMs,
    isWorthRetrying: (thrown) => asTrouble(thrown).kind === 'offline',
  })
}

function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` }
}

function bodyOf<T>(answer: HttpAnswer): T {
  if (answer.status >= 400) throw refusal(answer)
  return answer.body as T
}
