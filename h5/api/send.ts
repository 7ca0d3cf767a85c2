import type { Problem } from '../../contract/problem.ts'
import { RequestFailed } from './failure.ts'

/** Long enough for a slow phone network and a prepay at WeChat behind it; then the customer is told. */
const timeoutMs = 15_000

export interface Message {
  method?: 'GET' | 'POST'
  /** Sent as JSON. */
  body?: object
  headers?: Record<string, string>
}

/** Sends one request to our own origin and answers the JSON of a 2xx. Everything else is thrown as RequestFailed. */
export async function send<T>(url: string, { method = 'GET', body, headers = {} }: Message = {}): Promise<T> {
  const abort = new AbortController()
  const timer = setTimeout(() => abort.abort(), timeoutMs)
  try {
    const answer = await fetch(url, {
      method,
      headers: {
        accept: 'application/json',
        ...(body && { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body && JSON.stringify(body),
      signal: abort.signal,
    })
    const content: unknown = await answer.json().catch(() => null)
    if (answer.ok && content !== null) return content as T
    throw new RequestFailed(
      isProblem(content) ? { kind: 'problem', problem: content } : { kind: 'unreadable' },
    )
  } catch (error) {
    if (error instanceof RequestFailed) throw error
    throw new RequestFailed({ kind: abort.signal.aborted ? 'timeout' : 'offline' })
  } finally {
    clearTimeout(timer)
  }
}

function isProblem(content: unknown): content is Problem {
  return typeof content === 'object' && content !== null && 'status' in content && 'detail' in content
}
