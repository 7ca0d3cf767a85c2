import { createCipheriv, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { SigningKey } from '../world/merchants.ts'
import { hexDigits, letters } from '../world/random.ts'
import type { Effect } from '../world/weather.ts'

/** The authentication scheme of APIv3: SHA-256 with RSA, PKCS#1 v1.5. */
export const SCHEME = 'WECHATPAY2-SHA256-RSA2048'

const LF = Buffer.from('\n')

/**
 * The text a merchant signs: method, path with query, timestamp, nonce and body, each followed by a line feed, the last
 * one too. https://pay.weixin.qq.com/doc/v3/merchant/4012365336
 */
export function requestText(given: {
  method: string
  url: string
  timestamp: string
  nonce: string
  body: Buffer
}): Buffer {
  const head = `${given.method}\n${given.url}\n${given.timestamp}\n${given.nonce}\n`
  return Buffer.concat([Buffer.from(head, 'utf8'), given.body, LF])
}

/**
 * The headers that prove an answer or a notification: timestamp, nonce and body, each followed by a line feed, signed.
 * Wire timestamps are machine time. `weather` may spoil them.
 * https://pay.weixin.qq.com/doc/v3/merchant/4013053249
 */
export function signatureHeaders(
  { serial, key }: SigningKey,
  body: string,
  weather: Effect = {},
): Record<string, string> {
  const timestamp = Math.floor((Date.now() - (weather.staleMs ?? 0)) / 1000).toString()
  const nonce = hexDigits(32)
  const proven = weather.corruptSignature ? `${body}\n` : body
  const text = Buffer.from(`${timestamp}\n${nonce}\n${proven}\n`)
  const signature = sign('sha256', text, key).toString('base64')
  return {
    'Wechatpay-Timestamp': timestamp,
    'Wechatpay-Nonce': nonce,
    // https://pay.weixin.qq.com/doc/v3/merchant/4013053249: WeChat probes merchants with a wrong signature of this shape.
    'Wechatpay-Signature': weather.signtest ? `WECHATPAY/SIGNTEST/${signature.slice(19)}` : signature,
    'Wechatpay-Serial': weather.wrongSerial ? hexDigits(40) : serial,
    'Wechatpay-Signature-Type': SCHEME,
  }
}

/** A text encrypted for a merchant. */
export interface EncryptedResource {
  algorithm: 'AEAD_AES_256_GCM'
  ciphertext: string
  associated_data: string
  nonce: string
}

/** AES-256-GCM under the APIv3 key, tag behind the text. https://pay.weixin.qq.com/doc/v3/merchant/4012071382 */
export function encryptFor(sealKey: KeyObject, text: string, associatedText: string): EncryptedResource {
  const nonce = letters(12)
  const cipher = createCipheriv('aes-256-gcm', sealKey, nonce)
  cipher.setAAD(Buffer.from(associatedText))
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
  return {
    algorithm: 'AEAD_AES_256_GCM',
    ciphertext: sealed.toString('base64'),
    associated_data: associatedText,
    nonce,
  }
}

/** A Request-ID whose part after the last dash is WeChat's internal error number. */
export function requestId(number: string): string {
  return `${hexDigits(40)}-${number}`
}
