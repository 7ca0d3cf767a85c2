import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { Agent } from 'node:http'
import { urlToHttpOptions } from 'node:url'
import { parseUrl } from './parse-url.ts'

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

/** Sends a text and waits for the status line. 200 and 204 are success, whatever the body says. Never throws. */
export function post(given: {
  url: string
  headers: Record<string, string>
  body: string
  agents: { http: Agent; https: Agent }
  /** Aborted together with the agents, whose end breaks off what is under way: nothing is tried again then. */
  signal: AbortSignal
}): Promise<PostResult> {
  const url = parseUrl(given.url)
  if (url === null)
    return Promise.resolve({ verdict: 'unreachable', status: null, answer: 'ERR_INVALID_URL' })
  const isHttps = url.protocol === 'https:'
  const send = isHttps ? httpsRequest : httpRequest
  return new Promise((resolve) => {
    let late = false
    const timer = setTimeout(() => {
      late = true
      req.destroy()
    }, ANSWER_LIMIT_MS)
    const conclude = (result: PostResult | Promise<PostResult>) => {
      clearTimeout(timer)
      resolve(result)
    }
    const failed = (error: NodeJS.ErrnoException) => {
      const verdict = late ? 'timed out' : 'unreachable'
      conclude({ verdict, status: null, answer: late ? '' : (error.code ?? error.message) })
    }
    const agent = isHttps ? given.agents.https : given.agents.http
    const to = { ...urlToHttpOptions(url), method: 'POST', headers: given.headers, agent }
    const req = send(to, (res) => {
      const chunks: Buffer[] = []
      let size = 0
      res.on('data', (chunk: Buffer) => {
        if (size < SHOWN_ANSWER_BYTES) chunks.push(chunk)
        size += chunk.length
        // A merchant that never stops talking has answered all the same.
        if (size > 1_000_000) res.destroy()
      })
      res.on('error', () => {})
      // The status line came: that is an answer even when the body broke off, unless it took too long.
      res.on('close', () => {
        if (late) return failed(new Error('late'))
        const status = res.statusCode ?? 0
        const answer = Buffer.concat(chunks).subarray(0, SHOWN_ANSWER_BYTES).toString()
        conclude({ verdict: status === 200 || status === 204 ? 'accepted' : 'refused', status, answer })
      })
    })
    req.on('error', (error: NodeJS.ErrnoException) => {
      // A kept connection that the merchant had just closed says nothing about the merchant.
      const isStale = req.reusedSocket && error.code === 'ECONNRESET' && !late
      if (isStale && !given.signal.aborted) return conclude(post(given))
      failed(error)
    })
    req.end(given.body)
  })
}
