import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ConfigFault, loadConfig } from '../../server/config/load-config.ts'
import { openConfigFolder, type ConfigFolder, type ConfigText } from '../support/config-folder.ts'
import { apiV3Key } from '../support/wechatpay-peer.ts'

let folder: ConfigFolder
beforeAll(() => {
  folder = openConfigFolder()
})
afterAll(() => folder.remove())

/** What is wrong with a good configuration once it has been spoilt by `change`, one line a fault. */
function faultsOf(change: (config: ConfigText) => void): string[] {
  try {
    loadConfig(folder.write(change), { production: true })
  } catch (error) {
    if (!(error instanceof ConfigFault)) throw error
    return error.message.split('\n  - ').slice(1)
  }
  return []
}

test.each<[string, (config: ConfigText) => void, string]>([
  [
    'a field of the shop that is spelt otherwise',
    (c) => (c.shop = { licenseUrl: 'https://shop.example.com/licence.html' }),
    'shop: has no field "licenseUrl"; it may hold contactUrl, contactPhone, contactInMiniProgram, termsUrl, privacyUrl, licenceUrl',
  ],
  [
    'a directive that may not be added',
    (c) => (c.contentSecurity = { 'default-src': ['https://stat.example.com'] }),
    'contentSecurity: has no field "default-src"; it may hold script-src, style-src, img-src, font-src, connect-src, frame-src, media-src, worker-src, form-action',
  ],
  [
    'a source that is not in a list, once',
    (c) => (c.contentSecurity = { 'connect-src': 'https://stat.example.com' }),
    'contentSecurity.connect-src: must be a list in [ ]',
  ],
  [
    'a secret in the file itself',
    (c) => (c.merchants[0].apiV3Key = apiV3Key),
    'merchants.0.apiV3Key: a secret stands in a file or an environment variable: write {"file": "keys/…"} or {"env": "NAME"}',
  ],
  [
    'a number in the place of text',
    (c) => (c.shop = { contactPhone: 95_017 }),
    'shop.contactPhone: must be text in quotes',
  ],
  [
    'text in the place of a number',
    (c) => (c.trustedProxies = '1'),
    'trustedProxies: must be a number without quotes',
  ],
  [
    'text in the place of true',
    (c) => (c.shop = { contactInMiniProgram: 'true' }),
    'shop.contactInMiniProgram: must be true or false without quotes',
  ],
  [
    'an extension in a phone number',
    (c) => (c.shop = { contactPhone: '0571-88880000 转 8' }),
    'shop.contactPhone: must be at least three digits, with spaces and hyphens between them, e.g. "+86 571 8888 0000" or "95017"; without a phone leave the field out',
  ],
  [
    'an address of a page that is empty',
    (c) => (c.shop = { termsUrl: '' }),
    'shop.termsUrl: must be the https:// address of a page; without one leave the field out',
  ],
  [
    'an address that a browser reads as a path of ours',
    (c) => (c.shop = { termsUrl: 'https:shop.example.com/terms' }),
    'shop.termsUrl: must be the https:// address of a page; without one leave the field out',
  ],
  [
    'an address of a page that is too long',
    (c) => (c.shop = { termsUrl: `https://shop.example.com/${'a'.repeat(500)}` }),
    'shop.termsUrl: must not be longer than 500 characters',
  ],
  [
    'an address of a page with a password',
    (c) => (c.shop = { contactUrl: 'https://me:secret@kf.example.com/' }),
    'shop.contactUrl: must not hold a user or a password',
  ],
  [
    'a way of delivery that there is not',
    (c) => (c.shipping = ['none']),
    'shipping.0: must be note, phone or address; to ask for nothing leave shipping out',
  ],
  [
    'a public address below a path',
    (c) => (c.publicUrl = 'https://shop.example.com/shop'),
    'publicUrl: must be scheme and host alone, such as https://shop.example.com: pages and webhooks stand at the root of it',
  ],
  [
    'a clock of the demonstration',
    (c) => (c.clock = 5),
    'clock: is for the demonstration; remove this field',
  ],
])('a configuration with %s is told what to write instead', (_what, change, fault) => {
  expect(faultsOf(change)).toEqual([fault])
})

test('a configuration may begin with a byte order mark', () => {
  const path = folder.write()
  folder.put('marked.json', `\uFEFF${readFileSync(path, 'utf8')}`)
  expect(loadConfig(path.replace('qiaofu.json', 'marked.json'), { production: true })).toMatchObject({
    publicUrl: 'https://shop.example.com',
  })
})

test('a catalogue that is no file, or no JSON, is named', async () => {
  const { loadCatalogue } = await import('../../server/catalog/product.ts')
  const load = (path: string) => loadCatalogue(undefined as never, path)
  await expect(load('/nowhere/catalogue.json')).rejects.toThrow(
    /^the catalogue \/nowhere\/catalogue\.json cannot be read; correct the field catalogue/,
  )
  const path = folder.write()
  folder.put('catalogue.json', '[{"id": "tea",}]')
  await expect(load(path.replace('qiaofu.json', 'catalogue.json'))).rejects.toThrow(
    /^the catalogue .*\/catalogue\.json is not JSON: /,
  )
})
