import type { Session, SessionRequest } from '../../contract/session'
import { entryCode, host } from '../config'
import { loginCode } from '../platform/login'
import { request } from '../platform/request'
import { forget, recall, remember } from '../platform/storage'
import { asTrouble } from '../platform/trouble'
import { refusal } from './refusal'
import { retry } from './retry'

/** A token is given up this long before it ends, so that it does not end under way. */
const marginMs = 60_000

const loginDelaysMs = [500, 1500]

type Kept = Pick<Session, 'token' | 'expiresAt'>

let signingIn: Promise<string> | null = null

/** The bearer token of the person holding the phone; signs in when there is none. Callers at once share one login. */
export async function sessionToken(): Promise<string> {
  const kept = recall<Kept>(storageKey())
  if (kept && Date.parse(kept.expiresAt) - marginMs > Date.now()) return kept.token
  if (!signingIn) signingIn = signIn().finally(() => (signingIn = null))
  return signingIn
}

/** Gives up a token that the server refused, unless another caller has replaced it already. */
export function dropToken(token: string): void {
  if (recall<Kept>(storageKey())?.token === token) forget(storageKey())
}

/** Every attempt asks WeChat for a new code: a code whose answer was lost may be spent and is never sent again. */
function signIn(): Promise<string> {
  return retry(exchangeCode, {
    delaysMs: loginDelaysMs,
    isWorthRetrying: (thrown) => {
      const { kind, code } = asTrouble(thrown)
      return kind === 'offline' || kind === 'login' || code === 'code-spent'
    },
  })
}

async function exchangeCode(): Promise<string> {
  const url = `${host()}/api/${entryCode}/sessions`
  const body: SessionRequest = { code: await loginCode() }
  const answer = await request({ method: 'POST', url, body })
  if (answer.status >= 400) throw refusal(answer)
  const { token, expiresAt } = answer.body as Session
  remember(storageKey(), { token, expiresAt } satisfies Kept)
  return token
}

/** Develop, trial and release share one storage: the host in the key keeps a token from reaching another server. */
function storageKey(): string {
  return `session ${host()}`
}
