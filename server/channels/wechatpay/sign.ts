import { randomBytes, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { KeyRing } from './key-ring.ts'

/** A request before it is signed. */
export interface ApiRequest {
  method: 'GET' | 'POST'
  /** Path and query, exactly as signed and sent. */
  path: string
  /** Exactly as signed and sent; empty for GET. */
  body: string
}

/** Seconds since 1970 by the machine's clock: WeChat compares them with its own, so a business clock has no say here. */
export const machineSeconds = (): number => Math.floor(Date.now() / 1000)

/** 32 hexadecimal digits from the system's random source. */
export const freshNonce = (): string => randomBytes(16).toString('hex')

/**
 * SHA256 with RSA (PKCS#1 v1.5), base64. Synchronous on purpose: a signature in the thread pool costs a tenth more CPU
 * and competes there with DNS.
 */
export const signText = (privateKey: KeyObject, text: string): string =>
  sign('sha256', Buffer.from(text, 'utf8'), privateKey).toString('base64')

/**
 * The five lines that a request's signature covers; each ends with LF, the last one too.
 * https://pay.weixin.qq.com/doc/v3/merchant/4012365336
 */
export const requestText = ({ method, path, body }: ApiRequest, timestamp: string, nonce: string): string =>
  `${method}\n${path}\n${timestamp}\n${nonce}\n${body}\n`

/** The Authorization header of a request. Good for 5 minutes. Never logged. */
export const authorize = (ring: KeyRing, request: ApiRequest): string => {
  const timestamp = String(machineSeconds())
  const nonce = freshNonce()
  const signature = signText(ring.signer.privateKey, requestText(request, timestamp, nonce))
  return (
    `WECHATPAY2-SHA256-RSA2048 mchid="${ring.mchid}",nonce_str="${nonce}",` +
    `timestamp="${timestamp}",serial_no="${ring.signer.serialNo}",signature="${signature}"`
  )
}
