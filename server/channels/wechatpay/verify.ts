import { verify } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { decodeBase64 } from './base64.ts'

declare const proof: unique symbol

/** Bytes that WeChat Pay has signed. Only `verifyMessage` makes them, so that nothing unverified can be read by mistake. */
export type VerifiedBody = Buffer & { readonly [proof]: true }

/** Lower-case names. A value that came more than once is an array. */
export type MessageHeaders = Record<string, string | string[] | undefined>

/** Either the proven bytes, or why they prove nothing (for logs). */
export type Verdict = { body: VerifiedBody; reason: null } | { body: null; reason: string }

/** https://pay.weixin.qq.com/doc/v3/merchant/4013053249: older or newer messages may be replays. */
const MAX_SKEW_SECONDS = 300
const SIGNATURE_TYPE = 'WECHATPAY2-SHA256-RSA2048'

/** A header that came exactly once and holds printable ASCII without space or comma, so never two values joined. */
const single = (headers: MessageHeaders, name: string): string | null => {
  const value = headers[name]
  const text = Array.isArray(value) && value.length === 1 ? value[0] : value
  return typeof text === 'string' && /^[\x21-\x2b\x2d-\x7e]+$/.test(text) ? text : null
}

/** Strictly whether `signature` (base64) is `key`'s over `text`. False, never an exception, for any other input. */
export const isSignedBy = (key: KeyObject, text: Buffer, signature: string): boolean => {
  const bytes = decodeBase64(signature)
  if (bytes === null || bytes.length * 8 !== key.asymmetricKeyDetails?.modulusLength) return false
  try {
    return verify('sha256', text, key, bytes) === true
  } catch {
    return false
  }
}

const refused = (reason: string): Verdict => ({ body: null, reason })

/**
 * Verifies an answer or a notification on its raw bytes with the keys of one merchant. The cheap checks come first, so
 * that a flood of rubbish costs no RSA. `nowSeconds` is the machine's time.
 * https://pay.weixin.qq.com/doc/v3/merchant/4013053249
 */
export const verifyMessage = (
  verifiers: ReadonlyMap<string, KeyObject>,
  headers: MessageHeaders,
  body: Buffer,
  nowSeconds: number,
): Verdict => {
  const timestamp = single(headers, 'wechatpay-timestamp')
  const nonce = single(headers, 'wechatpay-nonce')
  const signature = single(headers, 'wechatpay-signature')
  const serial = single(headers, 'wechatpay-serial')
  if (timestamp === null || nonce === null || signature === null || serial === null) {
    return refused('not signed: a signature header is missing, doubled or malformed')
  }
  if (!/^\d{10}$/.test(timestamp)) return refused('timestamp is not in seconds since 1970')
  if (Math.abs(nowSeconds - Number(timestamp)) > MAX_SKEW_SECONDS) {
    return refused("timestamp is more than 5 minutes off this machine's clock")
  }
  const type = headers['wechatpay-signature-type']
  if (type !== undefined && single(headers, 'wechatpay-signature-type') !== SIGNATURE_TYPE) {
    return refused('signature type is not WECHATPAY2-SHA256-RSA2048')
  }
  const key = verifiers.get(serial)
  if (key === undefined) return refused("serial names no key of this merchant's configuration")
  const text = Buffer.concat([Buffer.from(`${timestamp}\n${nonce}\n`), body, Buffer.from('\n')])
  if (!isSignedBy(key, text, signature)) return refused('signature does not verify')
  return { body: body as VerifiedBody, reason: null }
}
