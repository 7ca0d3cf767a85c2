import { createHash, publicDecrypt, constants } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { decodeBase64 } from '../world/base64.ts'
import type { CallRecord } from '../world/inbox.ts'
import type { Merchant, Merchants } from '../world/merchants.ts'
import { MAX_SKEW_SECONDS, readAuthorization } from './authorization.ts'
import { SCHEME } from './signature.ts'
import type { SignatureFinding } from './signature-finding.ts'
import { expectedText, findSignedText } from './signed-text.ts'

const ITEMS = ['mchid', 'nonce_str', 'signature', 'timestamp', 'serial_no'] as const
/** What stands before the digest in a signature of PKCS#1 v1.5 over SHA-256. RFC 8017, 9.2, note 1. */
const SHA256_PREFIX = Buffer.from('3031300d060960864801650304020105000420', 'hex')

/** Looks at a call again, in the order in which the gateway judges it, and says what is wrong with its signature. */
export function explainSignature(
  merchants: Merchants,
  call: Pick<CallRecord, 'method' | 'url' | 'headers' | 'body' | 'receivedAtMs'>,
): SignatureFinding {
  const authorization = String(call.headers['authorization'] ?? '')
  const items = readItems(authorization)
  const missing = ITEMS.filter((name) => items[name] === undefined)
  const merchant = merchants.byMchid.get(items['mchid'] ?? '')
  const timestamp = /^\d{1,13}$/.test(items['timestamp'] ?? '') ? Number(items['timestamp']) : null
  const finding: SignatureFinding = {
    fault: 'none',
    items,
    missing,
    skewSeconds: timestamp === null ? null : Math.round(timestamp - call.receivedAtMs / 1000),
    registeredSerial: merchant?.serialNo ?? null,
    belongsTo: null,
    expected: null,
    signed: null,
    slips: [],
    expectedDigest: null,
    signedDigest: null,
  }
  if (authorization === '') return { ...finding, fault: 'no-header' }
  if (authorization.split(' ')[0] !== SCHEME) return { ...finding, fault: 'wrong-scheme' }
  if (timestamp === null || !isReadable(authorization, call.url))
    return { ...finding, fault: 'malformed-header' }
  if (Math.abs(finding.skewSeconds!) > MAX_SKEW_SECONDS) return { ...finding, fault: 'clock-skew' }
  if (!merchant) return { ...finding, fault: 'unknown-mchid' }
  if (items['serial_no']!.toUpperCase() !== merchant.serialNo) {
    return { ...finding, fault: 'wrong-serial', belongsTo: ownerOfSerial(merchants, items['serial_no']!) }
  }
  return { ...finding, ...compareTexts(merchants, merchant, call, items) }
}

/** Header, clock and serial number are right: so key, algorithm or text are not. */
function compareTexts(
  merchants: Merchants,
  merchant: Merchant,
  call: Parameters<typeof explainSignature>[1],
  items: Record<string, string>,
): Partial<SignatureFinding> {
  if (!isWhole(call)) return { fault: 'body-not-kept' }
  const parts = {
    method: call.method,
    url: call.url,
    timestamp: items['timestamp']!,
    nonce: items['nonce_str']!,
    body: call.body,
    host: String(call.headers['host'] ?? ''),
  }
  const expected = expectedText(parts)
  const expectedDigest = createHash('sha256').update(expected).digest('hex')
  const known = { expected, expectedDigest }
  const signature = decodeBase64(items['signature']!)
  if (!signature) return { ...known, fault: 'not-base64' }
  const opened = openSignature(merchant.verifyKey, signature)
  if (!opened) {
    const owner = [...merchants.byMchid.values()].find((one) => openSignature(one.verifyKey, signature))
    return { ...known, fault: 'other-key', belongsTo: owner?.mchid ?? null }
  }
  if (!opened.subarray(0, SHA256_PREFIX.length).equals(SHA256_PREFIX)) {
    return { ...known, fault: 'other-digest' }
  }
  const digest = opened.subarray(SHA256_PREFIX.length)
  const signedDigest = digest.toString('hex')
  if (signedDigest === expectedDigest) return { ...known, signedDigest }
  const found = findSignedText(parts, digest)
  return {
    ...known,
    fault: 'other-text',
    signedDigest,
    signed: found?.text ?? null,
    slips: found?.slips ?? [],
  }
}

/** The padded digest inside a signature, or null when another key made it. */
function openSignature(key: KeyObject, signature: Buffer): Buffer | null {
  try {
    return publicDecrypt({ key, padding: constants.RSA_PKCS1_PADDING }, signature)
  } catch {
    return null
  }
}

/** Generous where the gateway is strict: blanks after commas and missing quotes still show what was meant. */
function readItems(authorization: string): Record<string, string> {
  const items: Record<string, string> = {}
  for (const [, name = '', quoted, bare] of authorization.matchAll(
    /(?:^|[\s,])([a-z_]{1,16})=(?:"([^"]{0,1024})"|([^\s,"]{1,1024}))/g,
  )) {
    items[name] ??= quoted ?? bare ?? ''
  }
  return items
}

/** As strict as the gateway: a blank behind a comma is enough to be refused. */
function isReadable(authorization: string, url: string): boolean {
  try {
    readAuthorization({ authorization, url })
    return true
  } catch {
    return false
  }
}

function ownerOfSerial(merchants: Merchants, serial: string): string | null {
  for (const merchant of merchants.byMchid.values()) {
    if (merchant.serialNo === serial.toUpperCase()) return merchant.mchid
    if (serial === merchant.publicKeyId || serial.toUpperCase() === merchant.platformSerialNo) return 'wechat'
  }
  return null
}

/** The inbox keeps the beginning of a body, as text. */
function isWhole({ headers, body }: Pick<CallRecord, 'headers' | 'body'>): boolean {
  if (body.includes('\ufffd')) return false
  const length = headers['content-length']
  return length === undefined ? body.length < 4_096 : Number(length) === Buffer.byteLength(body)
}
