import { generateKeyPairSync } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { expect, test } from 'vitest'
import { FaultyMerchant, readWechatpayMerchant } from '../../server/channels/wechatpay/merchant.ts'
import type { WechatpayMerchantTexts } from '../../server/channels/wechatpay/merchant.ts'
import { certificatePem } from '../support/certificate.ts'
import { apiV3Key, ours, stranger, wechatCertificate, wechatKey } from '../support/wechatpay-peer.ts'

const privatePem = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }) as string
const publicPem = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }) as string

const texts = (changes: Partial<WechatpayMerchantTexts> = {}): WechatpayMerchantTexts => ({
  mchid: '1900000001',
  mode: 'merchant',
  certificates: [
    {
      serialNo: ours.serialNo.toLowerCase(),
      privateKeyPem: privatePem(ours.privateKey),
      certificatePem: certificatePem(ours.serialNo, ours),
    },
  ],
  apiV3Key: `${apiV3Key}\n`,
  publicKeys: [{ id: wechatKey.serial, publicKeyPem: publicPem(wechatKey.publicKey) }],
  platformCertificates: [
    {
      serialNo: wechatCertificate.serial,
      certificatePem: certificatePem(wechatCertificate.serial, wechatCertificate),
    },
  ],
  ...changes,
})

const faultsOf = (changes: Partial<WechatpayMerchantTexts>): string[] => {
  try {
    readWechatpayMerchant(texts(changes))
  } catch (error) {
    if (error instanceof FaultyMerchant) return error.faults
    throw error
  }
  return []
}

test('a merchant is read from the texts of its files', () => {
  const merchant = readWechatpayMerchant(texts())
  expect(merchant).toMatchObject({ mchid: '1900000001', mode: 'merchant' })
  expect(merchant.certificates[0]!.serialNo).toBe(ours.serialNo)
  expect(merchant.certificates[0]!.privateKey.equals(ours.privateKey)).toBe(true)
  expect(merchant.apiV3Key.toString()).toBe(apiV3Key)
  expect(merchant.publicKeys[0]!.key.equals(wechatKey.publicKey)).toBe(true)
  expect(merchant.platformCertificates[0]!.key.equals(wechatCertificate.publicKey)).toBe(true)
})

test('either kind of WeChat Pay key is enough', () => {
  expect(faultsOf({ publicKeys: [] })).toEqual([])
  expect(faultsOf({ platformCertificates: [] })).toEqual([])
})

test('a merchant that could not verify anything is refused', () => {
  expect(faultsOf({ publicKeys: [], platformCertificates: [] })).toEqual([
    'publicKeys: is empty and so is platformCertificates: nothing from WeChat Pay could be verified',
  ])
})

const ownCertificate = (changes: object) => ({ certificates: [{ ...texts().certificates[0]!, ...changes }] })
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const weak = generateKeyPairSync('rsa', { modulusLength: 1024 })

test.each<[string, Partial<WechatpayMerchantTexts>, string]>([
  ['no certificate', { certificates: [] }, 'certificates: is empty'],
  [
    'a path instead of a key',
    ownCertificate({ privateKeyPem: './apiclient_key.pem' }),
    'certificates.0.privateKey: is not',
  ],
  [
    'a public key as private key',
    ownCertificate({ privateKeyPem: publicPem(ours.publicKey) }),
    'certificates.0.privateKey: is a public key, not a private key',
  ],
  [
    'an EC key',
    ownCertificate({ privateKeyPem: privatePem(ec.privateKey) }),
    'certificates.0.privateKey: is not',
  ],
  [
    'a weak key',
    ownCertificate({ privateKeyPem: privatePem(weak.privateKey) }),
    'certificates.0.privateKey: is not',
  ],
  [
    'a key of another certificate',
    ownCertificate({ privateKeyPem: privatePem(stranger.privateKey) }),
    'does not belong',
  ],
  [
    'a serial of another certificate',
    ownCertificate({ serialNo: 'AB12' }),
    'certificates.0.certificate: has another serial',
  ],
  [
    'a serial with colons',
    ownCertificate({ serialNo: '51:57:F0', certificatePem: undefined }),
    'certificates.0.serialNo: is not',
  ],
  [
    'a broken certificate',
    ownCertificate({ certificatePem: 'x' }),
    'certificates.0.certificate: is not a certificate',
  ],
  [
    'a short APIv3 key',
    { apiV3Key: apiV3Key.slice(1) },
    'apiV3Key: has 31 bytes; an APIv3 key has exactly 32',
  ],
  ['a long APIv3 key', { apiV3Key: `${apiV3Key}x` }, 'apiV3Key: has 33 bytes'],
  [
    'a private key as WeChat’s public key',
    { publicKeys: [{ id: wechatKey.serial, publicKeyPem: privatePem(wechatKey.privateKey) }] },
    'publicKeys.0.key: is a private key, not a public key',
  ],
  [
    'a certificate as public key',
    {
      publicKeys: [
        { id: wechatKey.serial, publicKeyPem: certificatePem(wechatCertificate.serial, wechatCertificate) },
      ],
    },
    'publicKeys.0.key: is a certificate, not a public key',
  ],
  [
    'a serial as public key id',
    { publicKeys: [{ id: wechatCertificate.serial, publicKeyPem: publicPem(wechatKey.publicKey) }] },
    'publicKeys.0.id: is not',
  ],
  [
    'the merchant’s own public key',
    { publicKeys: [{ id: wechatKey.serial, publicKeyPem: publicPem(ours.publicKey) }] },
    "publicKeys: hold the merchant's own key",
  ],
  [
    'the merchant’s own certificate',
    {
      platformCertificates: [
        { serialNo: ours.serialNo, certificatePem: certificatePem(ours.serialNo, ours) },
      ],
    },
    "the merchant's own key",
  ],
  [
    'a weak platform certificate',
    { platformCertificates: [{ serialNo: 'AB', certificatePem: certificatePem('0AB0', weak) }] },
    'platformCertificates.0.certificate: is not an RSA 2048',
  ],
  ['one key twice', { publicKeys: [texts().publicKeys[0]!, texts().publicKeys[0]!] }, 'the same key twice'],
])('%s is a clear fault', (_, changes, fault) => {
  expect(faultsOf(changes).join('\n')).toContain(fault)
})

test('all faults come at once, and none shows a value', () => {
  const faults = faultsOf({
    ...ownCertificate({ serialNo: 'not-a-serial', privateKeyPem: 'SECRET-ONE' }),
    apiV3Key: 'SECRET-TWO',
    publicKeys: [{ id: 'SECRET-THREE', publicKeyPem: 'SECRET-FOUR' }],
  })
  expect(faults.length).toBeGreaterThanOrEqual(5)
  expect(faults.join()).not.toMatch(/SECRET|not-a-serial/)
})
