import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createKeyRing } from '../../server/channels/wechatpay/key-ring.ts'
import { isSignedBy, verifyMessage } from '../../server/channels/wechatpay/verify.ts'
import {
  merchantOf,
  ours,
  signedHeaders,
  stranger,
  wechatCertificate,
  wechatKey,
} from '../support/wechatpay-peer.ts'

const { verifiers } = createKeyRing(merchantOf())
const now = 1_795_257_000
const body = Buffer.from('{"odd":  1.0,"escape":"\\u4e2d","twice":1,"twice":1e2,"汉字":"龙井"}')
const signed = signedHeaders(body, { timestamp: String(now) })
const names = ['wechatpay-timestamp', 'wechatpay-nonce', 'wechatpay-signature', 'wechatpay-serial'] as const

const verdict = (headers: Record<string, string | string[] | undefined>, bytes = body, at = now) =>
  verifyMessage(verifiers, headers, bytes, at)

test('bytes signed by the public key or by the platform certificate are proven as they are', () => {
  expect(verdict(signed)).toEqual({ body, reason: null })
  const old = { key: wechatCertificate.privateKey, serial: wechatCertificate.serial, timestamp: String(now) }
  expect(verdict(signedHeaders(body, old)).body).toBe(body)
})

test('an empty body is proven by a signature over nothing', () => {
  const empty = Buffer.alloc(0)
  expect(verdict(signedHeaders(empty, { timestamp: String(now) }), empty).body).toBe(empty)
  expect(verdict(signed, empty).reason).toBe('signature does not verify')
})

describe.each(names)('%s', (name) => {
  const one = signed[name]!
  test.each([
    ['missing', undefined],
    ['empty', ''],
    ['doubled', [one, one]],
    ['doubled and joined', `${one}, ${one}`],
    ['padded', ` ${one}`],
    ['broken over two lines', `${one}\n`],
  ])('%s is refused', (_, value) => {
    const { body: proven, reason } = verdict({ ...signed, [name]: value })
    expect(proven).toBeNull()
    expect(reason).toBe('not signed: a signature header is missing, doubled or malformed')
  })
})

test('any subset of the four headers is refused', () => {
  for (let bits = 0; bits < 15; bits++) {
    const some = Object.fromEntries(
      names.filter((_, i) => bits & (1 << i)).map((name) => [name, signed[name]]),
    )
    expect(verdict(some).body).toBeNull()
  }
})

test.each([-301, 301, -86_400])('a timestamp %i s off is refused although it is signed', (offset) => {
  expect(verdict(signedHeaders(body, { timestamp: String(now + offset) })).reason).toContain('5 minutes')
})

test.each([-300, -299, 299, 300])('a timestamp %i s off is taken', (offset) => {
  expect(verdict(signedHeaders(body, { timestamp: String(now + offset) })).body).toBe(body)
})

test.each(['1e9', '+1795257000', '1795257000.0', '-179525700', '01795257000', '179525700', '0x6b018428'])(
  'timestamp %j is refused although it is signed',
  (timestamp) => {
    expect(verdict(signedHeaders(body, { timestamp })).reason).toBe('timestamp is not in seconds since 1970')
  },
)

test('one changed byte anywhere is refused', () => {
  const parts = ['body', 'wechatpay-timestamp', 'wechatpay-nonce', 'wechatpay-signature'] as const
  fc.assert(
    fc.property(fc.constantFrom(...parts), fc.nat(), fc.integer({ min: 1, max: 255 }), (part, at, mask) => {
      const bytes = Buffer.from(part === 'body' ? body : signed[part]!)
      bytes[at % bytes.length]! ^= mask
      if (part === 'body') return verdict(signed, bytes).body === null
      return verdict({ ...signed, [part]: bytes.toString('latin1') }).body === null
    }),
    { numRuns: 10_000 },
  )
})

test('any other serial is refused, whatever it is called', () => {
  const awkward = [
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    '../../etc/passwd',
    ours.serialNo,
  ]
  const nearly = [wechatKey.serial.toLowerCase(), `${wechatKey.serial}0`, wechatKey.serial.slice(0, -1)]
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.constantFrom(...awkward, ...nearly)), (serial) => {
      fc.pre(serial !== wechatKey.serial && serial !== wechatCertificate.serial)
      return verdict({ ...signed, 'wechatpay-serial': serial }).body === null
    }),
    { numRuns: 2_000 },
  )
})

test.each([
  ["the merchant's own key", ours.privateKey],
  ['a stranger', stranger.privateKey],
  ["WeChat's other key", wechatCertificate.privateKey],
])('a message signed by %s under a known serial is refused', (_, key) => {
  expect(verdict(signedHeaders(body, { key, timestamp: String(now) })).reason).toBe(
    'signature does not verify',
  )
})

test("another merchant's key proves nothing here", () => {
  const other = createKeyRing(merchantOf({ mchid: '1900000002', publicKeys: [] }))
  expect(verifyMessage(other.verifiers, signed, body, now).reason).toContain('no key of this merchant')
})

test.each([
  ['malformed base64', 'WECHATPAY/SIGNTEST/2026112118300000'],
  ['base64 of the right length', `WECHATPAY/SIGNTEST/${signed['wechatpay-signature']!.slice(19)}`],
])("WeChat's probe with %s fails like any wrong signature", (_, signature) => {
  expect(verdict({ ...signed, 'wechatpay-signature': signature }).reason).toBe('signature does not verify')
})

test('a signature counts only in its canonical spelling', () => {
  const signature = signed['wechatpay-signature']!
  const spareBits = signature.replace(
    /(.)==$/,
    (_, last: string) => `${String.fromCharCode(last.charCodeAt(0) + 1)}==`,
  )
  expect(Buffer.from(spareBits, 'base64')).toEqual(Buffer.from(signature, 'base64'))
  const spellings = [
    spareBits,
    signature.slice(0, -2),
    signature.replaceAll('+', '-').replaceAll('/', '_'),
    `${signature}AAAA`,
    `${signature.slice(0, 100)}!${signature.slice(100)}`,
  ]
  for (const spelling of spellings) expect(isSignedBy(wechatKey.publicKey, body, spelling)).toBe(false)
  for (const spelling of spellings)
    expect(verdict({ ...signed, 'wechatpay-signature': spelling }).body).toBeNull()
})

test('only the documented kind of signature counts', () => {
  const of = (type: string | string[]) => verdict({ ...signed, 'wechatpay-signature-type': type })
  expect(of('WECHATPAY2-SHA256-RSA2048').body).toBe(body)
  expect(of('WECHATPAY2-SM2-WITH-SM3').reason).toContain('signature type')
  expect(of('').body).toBeNull()
  expect(of(['WECHATPAY2-SHA256-RSA2048', 'WECHATPAY2-SHA256-RSA2048']).body).toBeNull()
})

test('a key of the wrong kind answers false instead of throwing', () => {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  expect(isSignedBy(publicKey, body, signed['wechatpay-signature']!)).toBe(false)
})
