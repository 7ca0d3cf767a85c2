import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { issueCertificate } from '../../sandbox/world/certificate.ts'
import { makeSandboxKey } from '../../sandbox/world/sandbox-key.ts'
import { isGuessable } from '../../server/config/guessable.ts'
import { readAlipayApp } from '../../server/channels/alipay/app.ts'
import { readWechatpayMerchant } from '../../server/channels/wechatpay/merchant.ts'
import { isSandboxKey, readKeyText } from '../../server/shared/key-text.ts'

const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pem = (key: KeyObject, type: 'pkcs8' | 'pkcs1' | 'spki') =>
  key.export({ type, format: 'pem' } as never) as string
const pkcs8 = pem(pair.privateKey, 'pkcs8')
const pkcs1 = pem(pair.privateKey, 'pkcs1')
const spki = pem(pair.publicKey, 'spki')
const publicPkcs1 = pem(pair.publicKey, 'pkcs1')
const certificate = issueCertificate(pair.privateKey, '1900000001', Date.now())
const encrypted = pair.privateKey.export({
  type: 'pkcs8',
  format: 'pem',
  cipher: 'aes-256-cbc',
  passphrase: 'x',
}) as string
const oldEncrypted = pair.privateKey.export({
  type: 'pkcs1',
  format: 'pem',
  cipher: 'aes-256-cbc',
  passphrase: 'x',
}) as string
const bare = (text: string) => text.replaceAll(/-----[^-]+-----|\s/g, '')

/** What becomes of a text on its way through environment variables, editors and chat windows. */
const forms: [string, (text: string) => string][] = [
  ['as it is', (text) => text],
  ['with \\n written out', (text) => text.replaceAll('\n', String.raw`\n`)],
  ['with \\r\\n written out, in quotes', (text) => `"${text.replaceAll('\n', String.raw`\r\n`)}"`],
  ['with \\n escaped twice', (text) => text.replaceAll('\n', String.raw`\\n`)],
  ['as base64 of the whole file', (text) => Buffer.from(text).toString('base64')],
  ['with the line ends of Windows', (text) => text.replaceAll('\n', '\r\n')],
  ['with spaces for line ends', (text) => ` ${text.replaceAll('\n', ' ')} `],
  ['with a byte order mark', (text) => `\uFEFF${text}`],
  ['in single quotes', (text) => `'${text}'`],
  ['as bare base64', bare],
  ['as bare base64 in lines', (text) => text.replaceAll(/-----[^-]+-----\n/g, '')],
]

describe.each(forms)('a key %s', (_name, written) => {
  test.each([
    ['private key', pkcs8],
    ['private key', pkcs1],
    ['public key', spki],
    ['public key', publicPkcs1],
    ['certificate', certificate.pem],
  ])('is read: %s', (kind, text) => {
    const read = readKeyText(written(text))
    expect(read).toMatchObject({ kind })
    const key = (read as { key: KeyObject }).key
    const ofPair = kind === 'private key' ? createPublicKey(key) : key
    expect(ofPair.equals(pair.publicKey)).toBe(true)
  })

  test('with a password says so', () => {
    expect(readKeyText(written(encrypted)).kind).toBe('encrypted private key')
  })
})

test('an older key with a password says so; what is no key is unreadable', () => {
  expect(readKeyText(oldEncrypted).kind).toBe('encrypted private key')
  for (const text of ['', './apiclient_key.pem', 'AAAA', pkcs8.slice(0, 300), pkcs8.replace('M', '!')])
    expect(readKeyText(text).kind).toBe('unreadable')
})

const wechatKey = generateKeyPairSync('rsa', { modulusLength: 2048 })

test.each(forms)('every key of a merchant and of an Alipay app is taken %s', (_name, written) => {
  const theirs = issueCertificate(wechatKey.privateKey, 'WeChat', Date.now())
  const merchant = readWechatpayMerchant({
    mchid: '1900000001',
    mode: 'merchant',
    certificates: [
      {
        serialNo: certificate.serialNo,
        privateKeyPem: written(pkcs8),
        certificatePem: written(certificate.pem),
      },
    ],
    apiV3Key: 'k'.repeat(32),
    publicKeys: [{ id: 'PUB_KEY_ID_01', publicKeyPem: written(pem(wechatKey.publicKey, 'spki')) }],
    platformCertificates: [{ serialNo: theirs.serialNo, certificatePem: written(theirs.pem) }],
  })
  expect(merchant.publicKeys[0]!.key.equals(wechatKey.publicKey)).toBe(true)
  const texts = {
    appId: '2021000000000009',
    sellerId: '2088000000000009',
    privateKeyPem: written(pkcs1),
    alipayPublicKeyPem: written(pem(wechatKey.publicKey, 'spki')),
  }
  expect(readAlipayApp(texts, '').alipayKey.equals(wechatKey.publicKey)).toBe(true)
})

test('a key in another’s place is named for what it is', () => {
  const app = (privateKeyPem: string, alipayPublicKeyPem: string) =>
    readAlipayApp(
      { appId: '2021000000000009', sellerId: '2088000000000009', privateKeyPem, alipayPublicKeyPem },
      '',
    )
  expect(() => app(certificate.pem, pkcs8)).toThrow(
    /privateKey: is a certificate, not a private key of RSA 2048\n.*alipayPublicKey: is a private key, not a public key/,
  )
  expect(() => app(encrypted, spki)).toThrow('privateKey: has a password; remove it')
})

describe('a key that a sandbox made', () => {
  test.each(forms)('is known %s', async (_name, written) => {
    const key = await makeSandboxKey()
    const its = createPublicKey(key)
    for (const text of [
      pem(key, 'pkcs8'),
      pem(key, 'pkcs1'),
      pem(its, 'spki'),
      issueCertificate(key, 'x', Date.now()).pem,
    ])
      expect(isSandboxKey(written(text))).toBe(true)
  })

  test('of an older sandbox is known by its certificate; other keys are not taken for one', () => {
    expect(isSandboxKey(certificate.pem)).toBe(true)
    for (const text of [pkcs8, spki, encrypted, 'x']) expect(isSandboxKey(text)).toBe(false)
  })
})

describe('a secret', () => {
  test.each([
    'a'.repeat(32),
    'ab'.repeat(16),
    '0123456789abcdef'.repeat(2),
    'abcdefghijklmnopqrstuvwxyz0123456789',
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ987654',
    'password-password-secret-token-12',
    'changeme_changeme_changeme_changeme1',
    '11111111111111112222222222222222',
    '00000000000000000000000000000000000001',
    'my-example-operator-token-for-qiaofu',
  ])('%s can be guessed', (secret) => {
    expect(isGuessable(secret)).toBe(true)
  })

  test('that is random cannot', () => {
    for (const encoding of ['hex', 'base64url'] as const)
      for (let i = 0; i < 200; i += 1) {
        const bytes = Buffer.from(crypto.getRandomValues(new Uint8Array(encoding === 'hex' ? 16 : 24)))
        expect([bytes.toString(encoding), isGuessable(bytes.toString(encoding))]).toEqual([
          bytes.toString(encoding),
          false,
        ])
      }
  })
})
