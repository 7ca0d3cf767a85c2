import { sign, verify } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { decodeBase64 } from '../world/base64.ts'

/** Names and values as they were before URL encoding. */
export type Parameters = Record<string, string>

/**
 * The text under a signature: name=value, sorted by name, joined by &, without `sign` and whatever is empty.
 * Requests include sign_type; notifications and return addresses do not.
 * https://opendocs.alipay.com/common/02kf5q
 */
export function textToSign(parameters: Parameters, leaveOut: readonly string[] = ['sign']): string {
  return Object.keys(parameters)
    .filter((name) => !leaveOut.includes(name) && parameters[name] !== '')
    .toSorted()
    .map((name) => `${name}=${parameters[name]}`)
    .join('&')
}

/** RSA2: SHA-256 with RSA, PKCS #1 v1.5. */
export function signText(key: KeyObject, text: string): string {
  return sign('sha256', Buffer.from(text), key).toString('base64')
}

/** Whether the signature is one of this text. Malformed base64 is none. */
export function isSigned(key: KeyObject, text: string, signature: string): boolean {
  const bytes = decodeBase64(signature)
  return bytes !== null && verify('sha256', Buffer.from(text), key, bytes)
}

/** Adds sign and sign_type, as notifications and return addresses carry them: neither is under the signature. */
export function signed(key: KeyObject, parameters: Parameters): Parameters {
  return {
    ...parameters,
    sign_type: 'RSA2',
    sign: signText(key, textToSign(parameters, ['sign', 'sign_type'])),
  }
}
