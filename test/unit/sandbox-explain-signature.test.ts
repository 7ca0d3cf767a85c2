import { generateKeyPairSync, sign } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openSandbox, signText } from '../support/sandbox-client.ts'
import type { CallChanges, SandboxClient } from '../support/sandbox-client.ts'

const MCHID = '1900000001'
const QUERY = `/v3/pay/transactions/out-trade-no/abc123?mchid=${MCHID}`
const PREPAY = '/v3/pay/transactions/jsapi'
const BODY = '{"description":"碧螺春","notify_url":"https://a.example/n"}'

let sandbox: SandboxClient
beforeAll(async () => {
  sandbox = await openSandbox()
})
afterAll(() => sandbox.close())

/** Sends a call and asks the control plane why its signature failed. */
async function explain(method: string, path: string, body: string | undefined, changes: CallChanges) {
  await sandbox.call(MCHID, method, path, body, changes)
  const { calls } = (await sandbox.control('/calls')).body
  return (await sandbox.control(`/calls/${calls.at(-1).id}`)).body.signature
}

const seconds = () => Math.floor(Date.now() / 1000)

/** A header whose signature is over whatever `textOf` makes of timestamp and nonce. */
function headerOver(textOf: (timestamp: string, nonce: string) => string): string {
  const timestamp = String(seconds())
  const signature = signText(sandbox.merchant(MCHID).privateKeyPem, textOf(timestamp, 'nonce1'))
  return headerWith({ timestamp, signature })
}

function headerWith(given: { timestamp: string; signature: string }): string {
  const { serialNo } = sandbox.merchant(MCHID)
  const items = { mchid: MCHID, nonce_str: 'nonce1', serial_no: serialNo, ...given }
  return `WECHATPAY2-SHA256-RSA2048 ${Object.entries(items)
    .map(([name, value]) => `${name}="${value}"`)
    .join(',')}`
}

describe('a call whose text was signed wrongly', () => {
  const fromPython = '{"description": "\\u78a7\\u87ba\\u6625", "notify_url": "https://a.example/n"}'
  test.each([
    [
      'without its last line feed',
      ['no-last-line-feed'],
      (t: string, n: string) => `GET\n${QUERY}\n${t}\n${n}\n`,
    ],
    [
      'without its query',
      ['url-without-query'],
      (t: string, n: string) => `GET\n${QUERY.split('?')[0]}\n${t}\n${n}\n\n`,
    ],
    [
      'as a whole address',
      ['url-whole'],
      (t: string, n: string) => `GET\n${sandbox.url}${QUERY}\n${t}\n${n}\n\n`,
    ],
    ['nonce first', ['nonce-before-timestamp'], (t: string, n: string) => `GET\n${QUERY}\n${n}\n${t}\n\n`],
    [
      'with an empty object for no body',
      ['body-empty-object'],
      (t: string, n: string) => `GET\n${QUERY}\n${t}\n${n}\n{}\n`,
    ],
    [
      'as Windows ends lines',
      ['carriage-returns'],
      (t: string, n: string) => `GET\r\n${QUERY}\r\n${t}\r\n${n}\r\n\r\n`,
    ],
    [
      'twice wrong',
      ['method-lower-case', 'no-last-line-feed'],
      (t: string, n: string) => `get\n${QUERY}\n${t}\n${n}\n`,
    ],
  ])('%s is told so, and shown both texts', async (_how, slips, textOf) => {
    let signed = ''
    const authorization = headerOver((timestamp, nonce) => (signed = textOf(timestamp, nonce)))
    const finding = await explain('GET', QUERY, undefined, { authorization })
    const { timestamp } = finding.items
    expect(finding).toMatchObject({ fault: 'other-text', slips, signed })
    expect(finding.expected).toBe(`GET\n${QUERY}\n${timestamp}\nnonce1\n\n`)
  })

  test.each([
    ['WeChat’s host', ['url-whole'], 'https://api.mch.weixin.qq.com', QUERY],
    ['WeChat’s other host', ['url-whole'], 'https://api2.mch.weixin.qq.com', QUERY],
    ['WeChat’s host by http', ['url-whole'], 'http://api.mch.weixin.qq.com', QUERY],
    ['a host without a scheme', ['url-whole'], 'api.mch.weixin.qq.com', QUERY],
    ['a host, and without its query', ['url-whole', 'url-without-query'], '', QUERY.split('?')[0]!],
  ])('as an address with %s is told so', async (_how, slips, origin, path) => {
    const from = origin === '' ? sandbox.url : origin
    const authorization = headerOver((t, n) => `GET\n${from}${path}\n${t}\n${n}\n\n`)
    const finding = await explain('GET', QUERY, undefined, { authorization })
    expect(finding).toMatchObject({ fault: 'other-text', slips })
    expect(finding.signed).toContain(`GET\n${from}${path}\n`)
  })

  test.each([
    ['left out', ['body-left-out'], ''],
    ['written again by another program', ['body-spaced'], fromPython],
    ['with slashes escaped, as PHP does', ['body-escaped'], BODY.replaceAll('/', '\\/')],
    ['indented', ['body-indented'], JSON.stringify(JSON.parse(BODY), null, 2)],
  ])('whose body was %s is told so', async (_how, slips, signedBody) => {
    const authorization = headerOver((t, n) => `POST\n${PREPAY}\n${t}\n${n}\n${signedBody}\n`)
    const finding = await explain('POST', PREPAY, BODY, { authorization })
    expect(finding).toMatchObject({ fault: 'other-text', slips })
    expect(finding.signed).toContain(`\n${signedBody}\n`)
  })

  test('in a way that nobody foresaw is shown both digests', async () => {
    const authorization = headerOver(() => 'something else')
    const finding = await explain('GET', QUERY, undefined, { authorization })
    expect(finding).toMatchObject({ fault: 'other-text', signed: null, slips: [] })
    expect(finding.signedDigest).toMatch(/^[0-9a-f]{64}$/)
    expect(finding.signedDigest).not.toBe(finding.expectedDigest)
  })

  test('is not compared with a body that the inbox kept only in part', async () => {
    const body = JSON.stringify({ description: 'x'.repeat(5_000) })
    const authorization = headerOver(() => 'something else')
    expect((await explain('POST', PREPAY, body, { authorization })).fault).toBe('body-not-kept')
  })
})

describe('a call that is not believed for another reason', () => {
  test('has none when its signature is right', async () => {
    const finding = await explain('GET', QUERY, undefined, {})
    expect(finding).toMatchObject({ fault: 'none', missing: [], signed: null })
    expect(finding.signedDigest).toBe(finding.expectedDigest)
  })

  test('names the merchant whose key it really was', async () => {
    const { privateKeyPem } = sandbox.merchant('1900000002')
    const finding = await explain('GET', QUERY, undefined, { privateKeyPem })
    expect(finding).toMatchObject({ fault: 'other-key', belongsTo: '1900000002' })
  })

  test('names nobody when the key is a stranger’s', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const privateKeyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
    expect(await explain('GET', QUERY, undefined, { privateKeyPem })).toMatchObject({
      fault: 'other-key',
      belongsTo: null,
    })
  })

  test('hears that SHA-1 was used', async () => {
    const timestamp = String(seconds())
    const text = `GET\n${QUERY}\n${timestamp}\nnonce1\n\n`
    const signature = sign('sha1', Buffer.from(text), sandbox.merchant(MCHID).privateKeyPem).toString(
      'base64',
    )
    const authorization = headerWith({ timestamp, signature })
    expect((await explain('GET', QUERY, undefined, { authorization })).fault).toBe('other-digest')
  })

  test('hears whose serial number it gave, and which is registered', async () => {
    const { serialNo, platformSerialNo } = sandbox.merchant(MCHID)
    const finding = await explain('GET', QUERY, undefined, { serialNo: platformSerialNo })
    expect(finding).toMatchObject({ fault: 'wrong-serial', belongsTo: 'wechat', registeredSerial: serialNo })
    const other = await explain('GET', QUERY, undefined, {
      serialNo: sandbox.merchant('1900000003').serialNo,
    })
    expect(other).toMatchObject({ fault: 'wrong-serial', belongsTo: '1900000003' })
  })

  test('hears by how much its clock is wrong, whatever the business clock says', async () => {
    await sandbox.control('/clock', { advanceMs: 86_400_000 })
    const timestamp = seconds() - 3_600
    const finding = await explain('GET', QUERY, undefined, { timestamp })
    expect(finding.fault).toBe('clock-skew')
    expect(finding.skewSeconds).toBeLessThanOrEqual(-3_600)
    expect(finding.skewSeconds).toBeGreaterThanOrEqual(timestamp - seconds() - 1)
  })

  test.each([
    ['no-header', null],
    ['wrong-scheme', 'Bearer abc'],
    ['malformed-header', 'WECHATPAY2-SHA256-RSA2048 mchid="1900000001", timestamp="1"'],
  ] as [string, string | null][])('hears %s', async (fault, authorization) => {
    const finding = await explain('GET', QUERY, undefined, { authorization })
    expect(finding.fault).toBe(fault)
    expect(finding.missing).toContain('signature')
  })

  test('hears that a blank behind a comma is enough', async () => {
    const authorization = headerOver((t, n) => `GET\n${QUERY}\n${t}\n${n}\n\n`).replaceAll('",', '", ')
    const finding = await explain('GET', QUERY, undefined, { authorization })
    expect(finding).toMatchObject({ fault: 'malformed-header', missing: [] })
  })
})

test('a call that is not remembered is 404, and one to another part has no signature', async () => {
  expect((await sandbox.control('/calls/999999')).status).toBe(404)
  expect((await sandbox.control('/calls/x')).status).toBe(404)
  await sandbox.get('/sns/jscode2session?appid=x')
  const { calls } = (await sandbox.control('/calls')).body
  expect((await sandbox.control(`/calls/${calls.at(-1).id}`)).body.signature).toBeNull()
})
