import type { IncomingMessage } from 'node:http'
import { badParameter, Refused } from './refusal.ts'

/** No order comes near this. */
const MAX_BODY_BYTES = 128 * 1024

/** The body's bytes as received, or null when there are too many of them. Rejects when the client went away. */
export function readBytes(req: IncomingMessage): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    req.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > MAX_BODY_BYTES) {
        req.removeAllListeners('data')
        req.resume()
        resolve(null)
        return
      }
      chunks.push(chunk)
    })
    req.on('end', () => resolve(Buffer.concat(chunks)))
    req.on('error', reject)
    // Every request closes; making an error for each would cost more than reading it.
    req.on('close', () => {
      if (!req.complete) reject(new Error('the client went away'))
    })
  })
}

const UTF8 = new TextDecoder('utf-8', { fatal: true })
/** Characters that need four bytes. */
const FOUR_BYTES = /[\u{10000}-\u{10ffff}]/u

/**
 * The body as an object. JSON in UTF-8, of which WeChat takes the characters up to three bytes only.
 * https://pay.weixin.qq.com/doc/v3/merchant/4012081709
 */
export function parseBody(body: Buffer, headers: NodeJS.Dict<string | string[]>): Record<string, unknown> {
  if (body.length === 0) return {}
  const type = String(headers['content-type'] ?? '')
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    throw new Refused({
      status: 400,
      code: 'INVALID_REQUEST',
      message: 'Http头Content-Type应为application/json',
      number: '268435461',
    })
  }
  let text: string
  try {
    text = UTF8.decode(body)
  } catch {
    throw badParameter('/body', null, '请求体不是UTF-8编码')
  }
  if (FOUR_BYTES.test(text))
    throw badParameter('/body', null, '请求体含有UTF-8四字节字符，仅支持三字节以内的字符')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw badParameter('/body', null, '请求体不是合法的JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw badParameter('/body', null, '请求体应为JSON对象')
  }
  return value as Record<string, unknown>
}
