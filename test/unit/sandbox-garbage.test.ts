import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MCHID, openStage } from '../support/sandbox-rules/rule.ts'
import type { Stage } from '../support/sandbox-rules/rule.ts'

/** Whatever arrives: WeChat's own errors or a clear 4xx, never a 5xx, never the end. */
let stage: Stage
const phoneDir = mkdtempSync(join(tmpdir(), 'sandbox-phone-'))
beforeAll(async () => {
  // A phone that is built: without one its page says 503, and rightly so.
  writeFileSync(join(phoneDir, 'index.html'), '<!doctype html><title>phone</title>')
  stage = await openStage({ phoneDir })
})
afterAll(async () => {
  rmSync(phoneDir, { recursive: true })
  await stage.close()
})

/** Sends text as it is and reads the status of the answer; null when the connection just closed. */
function rawStatus(text: string | Buffer): Promise<number | null> {
  const { port, hostname } = new URL(stage.sandbox.url)
  return new Promise((resolve) => {
    let answer = ''
    const socket = connect(Number(port), hostname, () => socket.write(text))
    const finish = () => {
      const status = /^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]
      socket.destroy()
      resolve(status === undefined ? null : Number(status))
    }
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString('latin1')
      if (answer.includes('\r\n\r\n')) finish()
    })
    socket.on('error', finish)
    socket.on('close', finish)
  })
}

const PATHS = [
  '/v3/pay/transactions/jsapi',
  '/v3/pay/transactions/out-trade-no/ABCDEF/close',
  '/v3/pay/transactions/id/1?mchid=1900000001',
  '/v3/refund/domestic/refunds',
  '/v3/refund/domestic/refunds/ABCDEF',
  '/v3/refund/domestic/refunds/1/apply-abnormal-refund',
  '/v3/bill/tradebill?bill_date=2026-01-01',
  '/v3/billdownload/file?token=x',
  '/v3/certificates',
  '/v3/nothing',
  '/sns/jscode2session',
  '/sns/oauth2/access_token',
  '/sns/userinfo',
  '/cgi-bin/token',
  '/cgi-bin/stable_token',
  '/cgi-bin/ticket/getticket',
  '/connect/oauth2/authorize',
  '/connect/person',
  '/_sandbox/users',
  '/_sandbox/codes',
  '/_sandbox/cashier',
  '/_sandbox/cashier/x',
  '/_sandbox/pay',
  '/_sandbox/ledger',
  '/_sandbox/calls',
  '/_sandbox/clock',
  '/_sandbox/refunds',
  '/_sandbox/refunds/x',
  '/_sandbox/transfers',
  '/_sandbox/rules',
  '/_sandbox/notifications/x/resend',
  '/_sandbox/keys/rotate',
  '/_sandbox/restore',
  '/favicon.ico',
]

const path = fc.oneof(
  fc.constantFrom(...PATHS),
  fc
    .tuple(fc.constantFrom(...PATHS), fc.string({ maxLength: 60 }))
    .map(([base, rest]) => base + encodeURI(`?${rest}`)),
  fc
    .tuple(fc.constantFrom('/v3/', '/_sandbox/', '/sns/', '/'), fc.webPath())
    .map(([base, rest]) => base + rest),
  fc.constantFrom(
    '/v3/%',
    '/v3/pay/transactions/out-trade-no/%E0%A4%A?mchid=1',
    '/_sandbox/%ff',
    '//v3//',
    '/_sandbox/cashier/%00',
  ),
)
const body = fc.oneof(
  fc.json(),
  fc.string({ maxLength: 200 }),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => new Uint8Array(bytes)),
  fc.constantFrom(
    '{'.repeat(5_000),
    '['.repeat(50_000),
    `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`,
    'null',
    '""',
  ),
)
const headers = fc.record(
  {
    'content-type': fc.constantFrom('application/json', 'application/json; charset=gbk', 'text/xml', 'x', ''),
    'content-encoding': fc.constantFrom('identity', 'br', 'utf-8'),
    authorization: fc.oneof(
      fc.stringMatching(/^[ -~]{0,80}$/),
      fc.constantFrom(
        'WECHATPAY2-SHA256-RSA2048 ',
        'WECHATPAY2-SHA256-RSA2048 mchid="__proto__",nonce_str="x",signature="x",timestamp="1",serial_no="x"',
        `WECHATPAY2-SHA256-RSA2048 ${'mchid="1",'.repeat(500)}`,
      ),
    ),
    'wechatpay-serial': fc.stringMatching(/^[ -~]{0,40}$/),
    cookie: fc.stringMatching(/^[ -~]{0,60}$/),
    'x-sandbox-user': fc.constantFrom('alice', 'nobody', '__proto__', ''),
  },
  { requiredKeys: [] },
)

describe('unsigned garbage', () => {
  test('on every route gets an answer below 500', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'OPTIONS'),
        path,
        headers,
        body,
        async (method, where, with_, what) => {
          const answer = await fetch(stage.sandbox.url + where, {
            method,
            redirect: 'manual',
            headers: with_ as Record<string, string>,
            ...(method !== 'GET' && { body: what as BodyInit }),
          })
          await answer.arrayBuffer()
          expect(answer.status).toBeLessThan(500)
        },
      ),
      { numRuns: 1_500 },
    )
  })

  test.each([
    [
      'a body of a megabyte',
      `POST /v3/pay/transactions/jsapi HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n${'x'.repeat(1_000_000)}`,
    ],
    [
      'the same at the control plane',
      `POST /_sandbox/rules HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n${'1'.repeat(1_000_000)}`,
    ],
    ['headers without end', `GET /v3/certificates HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(100_000)}\r\n\r\n`],
    ['no HTTP at all', Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03])],
    [
      'two lengths',
      'POST /v3/pay/transactions/jsapi HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx',
    ],
    ['a strange target', 'GET http://elsewhere/v3/certificates HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['no target', 'OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n'],
  ])('%s is refused, and the next request is served', async (_name, text) => {
    const status = await rawStatus(text)
    expect(status ?? 400).toBeLessThan(500)
    expect(status ?? 400).toBeGreaterThanOrEqual(400)
    expect((await stage.prepay()).status).toBe(200)
  })
})

/** Any value in place of any field: mostly wrong types, lengths and depths. */
const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(null, -1, 0, 1.5, 1e308, '', 'x'.repeat(5_000), [], {}, [[[]]], '💥', '\u0000', 2 ** 60),
)

describe('signed garbage', () => {
  test('an order with any value in any place is placed or refused in WeChat’s shape', async () => {
    const names = [
      'appid',
      'mchid',
      'description',
      'out_trade_no',
      'notify_url',
      'amount',
      'payer',
      'attach',
      'time_expire',
      'detail',
      'scene_info',
      'settle_info',
      'limit_pay',
      'subsidy_info',
      '__proto__',
      'constructor',
      'toString',
    ]
    const changes = fc.array(fc.tuple(fc.constantFrom(...names), anything), { maxLength: 3 })
    await fc.assert(
      fc.asyncProperty(changes, fc.constantFrom('jsapi', 'native', 'h5', 'app'), async (list, type) => {
        // Entries, since assigning __proto__ would not make a field.
        const text = JSON.stringify(Object.fromEntries([...Object.entries(stage.order()), ...list]))
        const reply = await stage.sandbox.call(MCHID, 'POST', `/v3/pay/transactions/${type}`, text)
        expect(reply.status).toBeOneOf([200, 400])
        // A refusal that is not in WeChat's shape has no code, and fails here too.
        expect(
          typeof (reply.body.prepay_id ?? reply.body.code_url ?? reply.body.h5_url ?? reply.body.code),
        ).toBe('string')
      }),
      { numRuns: 600 },
    )
  })

  // A client's URL swallows dot segments before they are sent.
  const number = fc.string({ minLength: 1, maxLength: 40 }).filter((text) => !/^\.\.?$/.test(text))

  test('a query and a close with any number are answered in WeChat’s shape', async () => {
    await fc.assert(
      fc.asyncProperty(number, fc.boolean(), async (outTradeNo, closes) => {
        const at = `/v3/pay/transactions/out-trade-no/${encodeURIComponent(outTradeNo)}`
        const reply = closes
          ? await stage.sandbox.call(MCHID, 'POST', `${at}/close`, { mchid: MCHID })
          : await stage.sandbox.call(MCHID, 'GET', `${at}?mchid=${MCHID}`)
        expect(reply.status).toBeOneOf([200, 204, 400, 404])
      }),
      { numRuns: 300 },
    )
  })
})

test('the cashier and the platform take any text', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ maxLength: 50 }), { minLength: 6, maxLength: 6 }),
      async (texts) => {
        const [appid, timeStamp, nonceStr, packed, signType, paySign] = texts
        const launched = await stage.sandbox.control('/cashier', {
          user: 'alice',
          appid,
          timeStamp,
          nonceStr,
          package: packed,
          signType,
          paySign,
        })
        expect(launched.status).toBe(422)
        const query = new URLSearchParams({
          appid: appid!,
          secret: timeStamp!,
          js_code: nonceStr!,
          grant_type: packed!,
        })
        expect((await stage.sandbox.get(`/sns/jscode2session?${query}`)).body.errcode).toEqual(
          expect.any(Number),
        )
      },
    ),
    { numRuns: 200 },
  )
})
