import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { readAlipayApp } from '../../server/channels/alipay/app.ts'
import { readWechatpayMerchant } from '../../server/channels/wechatpay/merchant.ts'
import { loadConfig } from '../../server/config/load-config.ts'
import { configSchema } from '../../server/config/schema.ts'

const docs = join(import.meta.dirname, '../../docs')
let folder: string
let example: string

/** The example with the files it names beside it, as its reader would lay them. */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'qiaofu-example-'))
  example = join(folder, 'config.json')
  copyFileSync(join(docs, 'config.example.json'), example)
  mkdirSync(join(folder, 'keys'))
  const pem = { publicKeyEncoding: { type: 'spki', format: 'pem' } } as const
  const privateKeyEncoding = { type: 'pkcs8', format: 'pem' } as const
  const own = generateKeyPairSync('rsa', { modulusLength: 2048, ...pem, privateKeyEncoding })
  const theirs = generateKeyPairSync('rsa', { modulusLength: 2048, ...pem, privateKeyEncoding })
  const files = {
    'apiclient_key.pem': own.privateKey,
    'pub_key.pem': theirs.publicKey,
    'appsecret-01': 'a'.repeat(32),
    'appsecret-02': 'b'.repeat(32),
    'operator-token': randomBytes(32).toString('hex'),
    'operator-token-support': randomBytes(32).toString('hex'),
    'subscriber-erp': `whsec_${randomBytes(32).toString('base64')}`,
    'alipay-app-key.pem': own.privateKey,
    // As the open platform shows it: bare base64.
    'alipay-public-key.pem': theirs.publicKey.replaceAll(/-.*-|\s/g, ''),
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, 'keys', name), `${text}\n`)
  vi.stubEnv('WECHATPAY_API_V3_KEY', 'k'.repeat(32))
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

test('the example configuration is one that npm run server takes, keys and all', () => {
  const config = loadConfig(example, { production: true })
  expect(config.entries.map(({ code, kind }) => `${code} ${kind}`)).toEqual([
    '01 official-account',
    '02 mini-program',
    '03 mobile-browser',
    '04 pc-browser',
    '06 alipay',
  ])
  expect(config.merchants.map(readWechatpayMerchant)).toMatchObject([{ mchid: '1234567890' }])
  expect(config.operators).toMatchObject([
    { name: '店长' },
    { name: '客服', refundLimitFen: 20_000, refundDailyLimitFen: 100_000 },
  ])
  expect(config.subscribers).toMatchObject([{ name: 'erp', allowPrivate: false }])
  const apps = config.alipayApps.map((app) => readAlipayApp(app, config.hosts.alipay))
  expect(apps).toMatchObject([{ appId: '2021001234567890', sellerId: '2088123456789012' }])
})

test('without its files the example says which are missing, each by name', () => {
  rmSync(join(folder, 'keys'), { recursive: true })
  vi.stubEnv('WECHATPAY_API_V3_KEY', '')
  expect(() => loadConfig(example, { production: true })).toThrow(
    /WECHATPAY_API_V3_KEY[^]*apiclient_key\.pem[^]*pub_key\.pem[^]*alipay-app-key\.pem[^]*alipay-public-key\.pem[^]*appsecret-01[^]*appsecret-02[^]*operator-token[^]*subscriber-erp/,
  )
})

test('the deployment page explains every field of the configuration', () => {
  const page = readFileSync(join(docs, 'deploy.md'), 'utf8').replaceAll('[]', '')
  const names = new Set<string>()
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    for (const [key, value] of Object.entries(node)) {
      if (key === 'properties') for (const name of Object.keys(value as object)) names.add(name)
      visit(value)
    }
  }
  visit(z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' }))
  expect(names).toContain('platformCertificates')
  expect([...names].filter((name) => !page.includes(`\`${name}\``) && !page.includes(`.${name}\``))).toEqual(
    [],
  )
})
