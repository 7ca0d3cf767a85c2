import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { Agent } from 'node:http'

/** The merchant must answer a notification within five seconds. https://pay.weixin.qq.com/doc/v3/merchant/4012075420 */
export const ANSWER_LIMIT_MS = 5_000
const SHOWN_ANSWER_BYTES = 2_048

/** What came of one POST. */
export interface PostResult {
  verdict: 'accepted' | 'refused' | 'timed out' | 'unreachable'
  status: number | null
  /** The first bytes of the answer, or why there was none. */
  answer: string
}

/** Sends bytes and waits for the status line. 200 and 204 are success, whatever the body says. Never throws. */
export function post(given: {
  url: string
  headers: Record<string, string>
  body: Buffer
  agents: { http: Agent; https: Agent }
  signal: AbortSignal
}): Promise<PostResult> {
  const isHttps = given.url.startsWith('https:')
  const send = isHttps ? httpsRequest : httpRequest
  const signal = AbortSignal.any([given.signal, AbortSignal.timeout(ANSWER_LIMIT_MS)])
  return new Promise((resolve) => {
    const failed = (error: Error & { code?: string }) => {
      const verdict = error.name === 'AbortError' || signal.aborted ? 'timed out' : 'unreachable'
      resolve({ verdict, status: null, answer: error.code ?? error.message })
    }
    const agent = isHttps ? given.agents.https : given.agents.http
    const req = send(given.url, { method: 'POST', headers: given.headers, agent, signal }, (res) => {
      const chunks: Buffer[] = []
      let size = 0
      res.on('data', (chunk: Buffer) => {
        if (size < SHOWN_ANSWER_BYTES) chunks.push(chunk)
        size += chunk.length
        // A merchant that never stops talking has answered all the same.
        if (size > 1_000_000) res.destroy()
      })
      const finish = () => {
        const status = res.statusCode ?? 0
        const answer = Buffer.concat(chunks).subarray(0, SHOWN_ANSWER_BYTES).toString()
        resolve({ verdict: status === 200 || status === 204 ? 'accepted' : 'refused', status, answer })
      }
      res.on('end', finish)
      res.on('error', signal.aborted ? failed : finish)
    })
    req.on('error', failed)
    req.end(given.body)
  })
}
