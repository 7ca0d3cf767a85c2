import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Config } from '../../server/config/load-config.ts'
import { examine } from '../../server/examine.ts'
import { createLog } from '../../server/shared/log.ts'
import { fingerprint } from '../support/fingerprint.ts'
import { mchid, openShop, type Shop } from '../support/shop.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.close())

const faults = async (change: (config: Config) => void = () => {}) => {
  const config = structuredClone(shop.config)
  change(config)
  const findings = await examine(config, createLog('silent'))
  return Object.fromEntries(findings.flatMap(({ subject, fault }) => (fault ? [[subject, fault]] : [])))
}
const strangersKey = () =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })

describe('the doctor', () => {
  test('finds no fault in keys and secrets that belong together, and leaves no trade', async () => {
    const before = await fingerprint(shop)
    const findings = await examine(shop.config, createLog('silent'))
    expect(findings.map(({ subject }) => subject)).toEqual([
      `merchant ${mchid}`,
      expect.stringMatching(/^Alipay app [0-9]{16}$/),
      `entry 01, app ${shop.appids['official-account']}`,
      `entry 02, app ${shop.appids['mini-program']}`,
    ])
    expect(findings.filter(({ fault }) => fault !== null)).toEqual([])
    expect((await shop.sandbox.control('/ledger')).body.trades).toEqual([])
    expect(await fingerprint(shop)).toEqual(before)
  })

  test.each<[string, (config: Config) => void, RegExp]>([
    [
      'a private key of another certificate',
      (c) => (c.merchants[0]!.certificates[0]!.privateKeyPem = strangersKey().privateKey),
      /^merchant 1900000001$/,
    ],
    [
      'a serial number of another certificate',
      (c) => (c.merchants[0]!.certificates[0]!.serialNo = 'AB12AB12'),
      /^merchant 1900000001$/,
    ],
    [
      'a WeChat Pay public key of another merchant',
      (c) => (c.merchants[0]!.publicKeys[0]!.publicKeyPem = strangersKey().publicKey),
      /^merchant 1900000001$/,
    ],
    [
      'an Alipay key of another app',
      (c) => (c.alipayApps[0]!.alipayPublicKeyPem = strangersKey().publicKey),
      /^Alipay app /,
    ],
    [
      'an appsecret of another entry',
      (c) => (c.entries[0]!.appsecret = c.entries[1]!.appsecret),
      /^entry 01, app /,
    ],
  ])('finds %s', async (_what, change, subject) => {
    const found = await faults(change)
    expect(Object.keys(found)).toEqual([expect.stringMatching(subject)])
    expect(Object.values(found)[0]).toMatch(/\w/)
  })
})
