import { request } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Config } from '../../server/config/load-config.ts'
import { signIn, type Customer } from '../support/customer.ts'
import { fingerprint, rowsOf } from '../support/fingerprint.ts'
import { mchid, openShop, type Shop } from '../support/shop.ts'
import {
  apiV3Key as otherApiV3Key,
  notificationBody,
  ours,
  signedHeaders,
  stranger,
  wechatCertificate,
  wechatKey,
} from '../support/wechatpay-peer.ts'

/** A key of ours that the shop believes to be WeChat Pay's, so that the test can sign whatever it likes. */
const withOurKey = (config: Config): Config => {
  const publicKeyPem = wechatKey.publicKey.export({ type: 'spki', format: 'pem' }) as string
  const privateKeyPem = ours.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
  const certificateKeyPem = wechatCertificate.publicKey.export({ type: 'spki', format: 'pem' }) as string
  const [merchant] = config.merchants
  return {
    ...config,
    merchants: [
      { ...merchant!, publicKeys: [...merchant!.publicKeys, { id: wechatKey.serial, publicKeyPem }] },
      {
        mchid: otherMchid,
        mode: 'merchant',
        apiV3Key: otherApiV3Key,
        certificates: [{ serialNo: ours.serialNo, privateKeyPem }],
        publicKeys: [{ id: otherSerial, publicKeyPem: certificateKeyPem }],
        platformCertificates: [],
      },
    ],
  }
}
const otherMchid = '1900000099'
const otherSerial = 'PUB_KEY_ID_0119000000992026112100192001000100'

let shop: Shop
let alice: Customer
let orderId: string
let paymentId: string
let count = 0

beforeAll(async () => {
  shop = await openShop()
  await shop.restart(withOurKey)
  alice = await signIn(shop, 'alice')
})
afterAll(() => shop.close())
beforeEach(async () => {
  orderId = (await alice.order('tea-puer', 1)).id
  paymentId = (await alice.pay(orderId)).id
})

/** A paid trade as WeChat prints it, of the payment that is open now. */
const paid = (changes: Record<string, unknown> = {}) => ({
  mchid,
  appid: alice.appid,
  out_trade_no: paymentId,
  transaction_id: `42000012342026112112345678${String((count += 1)).padStart(2, '0')}`,
  trade_type: 'JSAPI',
  trade_state: 'SUCCESS',
  trade_state_desc: '支付成功',
  bank_type: 'CMC',
  success_time: '2026-11-21T18:10:34+08:00',
  payer: { openid: alice.openid },
  amount: { total: 19_800, payer_total: 17_300, currency: 'CNY', payer_currency: 'CNY' },
  ...changes,
})
const seal = (resource: unknown, changes: { eventType?: string; key?: string; id?: string } = {}) => {
  const key = changes.key ?? shop.sandbox.merchant(mchid).apiV3Key
  const text = typeof resource === 'string' ? resource : JSON.stringify(resource)
  const body = notificationBody(text, { ...changes, key })
  return JSON.stringify({ ...body, id: changes.id ?? `EV-2026112118103400${(count += 1)}` })
}

type Headers = Record<string, string | string[]>
const send = (body: string | Buffer, headers: Headers = signedHeaders(body), merchant = mchid) =>
  new Promise<{ status: number; body: { code?: string; type?: string } }>((resolve, reject) => {
    const options = { method: 'POST', headers: { 'content-type': 'application/json', ...headers } }
    const sent = request(`${shop.url}/webhooks/wechatpay/${merchant}`, options, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('end', () =>
        resolve({ status: answer.statusCode!, body: JSON.parse(Buffer.concat(chunks).toString()) }),
      )
    })
    sent.on('error', reject)
    sent.end(body)
  })

/** The newest row of ours in the inbox and among the anomalies. */
const inboxOf = async (number = paymentId) =>
  (
    await rowsOf<{ order_id: string; outcome: string; resource: { out_trade_no: string } }>(
      shop,
      'notifications',
    )
  )
    .filter(({ resource }) => resource.out_trade_no === number)
    .map(({ outcome }) => outcome)
const anomaliesOf = async (number = paymentId) =>
  (await rowsOf<{ out_trade_no: string; kind: string; particulars: unknown }>(shop, 'anomalies'))
    .filter((row) => row.out_trade_no === number)
    .map(({ kind, particulars }) => ({ kind, particulars }))
const stateOf = async () => (await alice.detail(orderId)).state

describe('a notification that WeChat signed', () => {
  test('pays the order; coupons do not matter', async () => {
    const answer = await send(seal(paid()))
    expect(answer).toEqual({ status: 200, body: { code: 'SUCCESS', message: '成功' } })
    expect(await stateOf()).toBe('paid')
    expect(await inboxOf()).toEqual(['applied'])
  })

  test('changes nothing the second time, nor the hundredth', async () => {
    const body = seal(paid())
    const headers = signedHeaders(body)
    expect((await send(body, headers)).status).toBe(200)
    const before = await fingerprint(shop)
    const again = await Promise.all(Array.from({ length: 50 }, () => send(body, headers)))
    expect(new Set(again.map(({ status }) => status))).toEqual(new Set([200]))
    expect(await fingerprint(shop)).toEqual(before)
  })

  test('that comes fifty times at once is stored once and settled once', async () => {
    const body = seal(paid())
    const answers = await Promise.all(Array.from({ length: 50 }, () => send(body)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(await inboxOf()).toEqual(['applied'])
    const steps = await rowsOf<{ order_id: string; event: string }>(shop, 'history')
    const events = steps.filter((step) => step.order_id === orderId).map(({ event }) => event)
    expect(events.toSorted()).toEqual(['created', 'paid', 'paid', 'placed', 'registered'])
  })

  test('is believed for five minutes before and after, and not longer', async () => {
    const at = (skewSeconds: number) => {
      const body = seal(paid(), { eventType: 'REFUND.SUCCESS' })
      return send(
        body,
        signedHeaders(body, { timestamp: String(Math.floor(Date.now() / 1000) + skewSeconds) }),
      )
    }
    for (const skew of [-280, 280]) expect((await at(skew)).status).toBe(200)
    const before = await fingerprint(shop)
    for (const skew of [-302, 330, -86_400]) expect((await at(skew)).status).toBe(401)
    expect(await fingerprint(shop)).toEqual(before)
  })

  test.each([
    ['spaces', (text: string) => text.replaceAll('":', '" :  ')],
    ['a line feed at its end', (text: string) => `${text}\n`],
    ['escapes for its Chinese', (text: string) => text.replace('支付成功', '\\u652f\\u4ed8\\u6210\\u529f')],
  ])('is verified on its own bytes: %s in it do not matter', async (_what, change) => {
    const body = change(seal(paid()))
    expect((await send(body)).status).toBe(200)
    expect(await stateOf()).toBe('paid')
    expect((await send(body, signedHeaders(JSON.stringify(JSON.parse(body))))).status).toBe(401)
  })
})

describe('a notification that proves nothing is answered 401 and leaves no trace:', () => {
  const expectRefusal = async (sent: ReturnType<typeof send>) => {
    const before = await fingerprint(shop)
    expect(await sent).toEqual({ status: 401, body: { code: 'FAIL', message: '验签失败' } })
    expect(await fingerprint(shop)).toEqual(before)
    expect(await stateOf()).toBe('pending')
  }

  const names = ['timestamp', 'nonce', 'serial', 'signature'].map((name) => `wechatpay-${name}`)
  test.each(names)('%s is missing, empty or doubled', async (name) => {
    const body = seal(paid())
    const headers = signedHeaders(body)
    const { [name]: value, ...rest } = headers
    await expectRefusal(send(body, rest))
    await expectRefusal(send(body, { ...headers, [name]: '' }))
    await expectRefusal(send(body, { ...headers, [name]: [value!, value!] }))
    await expectRefusal(send(body, { ...headers, [name]: `${value}, ${value}` }))
  })

  test.each<[string, (headers: Record<string, string>) => Record<string, string>]>([
    ['a nonce of another', (headers) => ({ ...headers, 'wechatpay-nonce': 'x'.repeat(32) })],
    [
      'a timestamp of another second',
      (headers) => ({
        ...headers,
        'wechatpay-timestamp': String(Number(headers['wechatpay-timestamp']) - 1),
      }),
    ],
    ['a timestamp that is none', (headers) => ({ ...headers, 'wechatpay-timestamp': '1e9' })],
    [
      'a probe that does not decode',
      (headers) => ({ ...headers, 'wechatpay-signature': 'WECHATPAY/SIGNTEST/x' }),
    ],
    [
      'a probe in the length of a signature',
      (headers) => ({ ...headers, 'wechatpay-signature': 'WECHATPAY/SIGNTEST/'.padEnd(342, 'A') + '==' }),
    ],
    [
      'a signature cut short',
      (headers) => ({ ...headers, 'wechatpay-signature': headers['wechatpay-signature']!.slice(4) }),
    ],
    ['a serial that nobody knows', (headers) => ({ ...headers, 'wechatpay-serial': 'PUB_KEY_ID_0000' })],
    ['__proto__ for a serial', (headers) => ({ ...headers, 'wechatpay-serial': '__proto__' })],
    ['the serial of another merchant’s key', (headers) => ({ ...headers, 'wechatpay-serial': otherSerial })],
    ['another type', (headers) => ({ ...headers, 'wechatpay-signature-type': 'WECHATPAY2-SM2-WITH-SM3' })],
  ])('%s', async (_what, change) => {
    const body = seal(paid())
    await expectRefusal(send(body, change(signedHeaders(body))))
  })

  test('a body in which one bit differs', async () => {
    const body = Buffer.from(seal(paid()))
    const headers = signedHeaders(body)
    for (const at of [0, 40, Math.floor(body.length / 2), body.length - 1]) {
      const flipped = Buffer.from(body)
      flipped[at]! ^= 1
      await expectRefusal(send(flipped, headers))
    }
    await expectRefusal(send(body.subarray(0, -1), headers))
    await expectRefusal(send('', headers))
  })

  test('a signature by our own key, by a stranger’s, by another merchant’s', async () => {
    const body = seal(paid())
    for (const key of [ours.privateKey, stranger.privateKey, wechatCertificate.privateKey])
      await expectRefusal(send(body, signedHeaders(body, { key })))
  })

  test('the host, the address or the body claiming that no proof is needed', async () => {
    const body = seal(paid())
    const forged = signedHeaders(body, { key: stranger.privateKey })
    const claims: Record<string, string>[] = [
      { host: 'localhost' },
      { 'x-forwarded-for': '127.0.0.1' },
      { 'content-type': 'text/xml' },
    ]
    for (const claim of claims) await expectRefusal(send(body, { ...forged, ...claim }))
  })

  test.each<[string, () => string]>([
    ['an empty body', () => ''],
    ['no JSON', () => 'OK'],
    ['XML with an entity', () => '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><xml>&e;</xml>'],
    ['no resource', () => JSON.stringify({ id: 'EV-1', event_type: 'TRANSACTION.SUCCESS' })],
    ['another algorithm', () => seal(paid()).replace('AEAD_AES_256_GCM', 'AEAD_SM4_GCM')],
    [
      'another associated text',
      () => seal(paid()).replace('"associated_data":"transaction"', '"associated_data":"x"'),
    ],
    ['a resource under another key', () => seal(paid(), { key: 'x'.repeat(32) })],
    ['a resource of another merchant', () => seal(paid({ mchid: otherMchid }))],
  ])('signed, but with %s', async (_what, compose) => {
    const body = compose()
    await expectRefusal(send(body, signedHeaders(body)))
  })

  test('good at another merchant’s address, or at nobody’s', async () => {
    const body = seal(paid())
    await expectRefusal(send(body, signedHeaders(body), otherMchid))
    await expectRefusal(send(body, signedHeaders(body), '1900000077'))
    await expectRefusal(send(body, signedHeaders(body), '__proto__'))
  })

  test('of another merchant, signed and sealed with its own keys, about our payment', async () => {
    const body = seal(paid({ mchid: otherMchid }), { key: otherApiV3Key })
    const signing = { key: wechatCertificate.privateKey, serial: otherSerial }
    const own = signedHeaders(body, signing)
    await expectRefusal(send(body, own))
    expect((await send(body, own, otherMchid)).status).toBe(200)
    expect(await stateOf()).toBe('pending')
    expect(await anomaliesOf()).toMatchObject([{ kind: 'mismatch', particulars: { fields: ['mchid'] } }])
  })

  test.each([
    ['compressed', { 'content-encoding': 'gzip' }, 'x'],
    ['65 kB', {}, ' '.repeat(65 * 1024)],
  ])('one that is %s is not even read', async (_what, headers, padding) => {
    const before = await fingerprint(shop)
    const body = seal(paid()) + padding
    expect(await send(body, { ...signedHeaders(body), ...headers })).toMatchObject({ status: 400 })
    expect(await fingerprint(shop)).toEqual(before)
  })
})

describe('a notification that is proven and fits nothing is kept for an operator and fulfils nothing:', () => {
  const money = (changes: object) => ({ amount: { ...paid().amount, ...changes } })

  test.each<[string, () => object, string]>([
    ['a fen more', () => money({ total: 19_801 }), 'amountFen'],
    ['a fen less', () => money({ total: 19_799 }), 'amountFen'],
    ['what the customer paid after coupons', () => money({ total: 17_300 }), 'amountFen'],
    ['another currency', () => money({ currency: 'USD' }), 'currency'],
    ['the other entry’s appid', () => ({ appid: shop.appids['official-account'] }), 'appid'],
    ['another payer', () => ({ payer: { openid: shop.sandbox.openid('bob', alice.appid) } }), 'openid'],
  ])('%s', async (_what, change, field) => {
    const answer = await send(seal(paid(change() as Record<string, unknown>)))
    expect(answer.status).toBe(200)
    expect(await stateOf()).toBe('pending')
    expect(await inboxOf()).toEqual(['mismatch'])
    const anomalies = await anomaliesOf()
    expect(anomalies).toMatchObject([{ kind: 'mismatch', particulars: { fields: [field] } }])
    expect(JSON.stringify(anomalies)).not.toContain(alice.openid)
  })

  test('the same mismatch again is one anomaly, and the right notification still pays', async () => {
    const wrong = seal(paid(money({ total: 1 })))
    for (let time = 0; time < 3; time += 1) expect((await send(wrong)).status).toBe(200)
    expect(await anomaliesOf()).toHaveLength(1)
    expect((await send(seal(paid()))).status).toBe(200)
    expect(await stateOf()).toBe('paid')
  })

  test.each([
    ['of our shape', '020100261121183000ABCDEFGHJKM01'.padEnd(32, '0')],
    ['that our numbers never have', 'order-of-another-system-7'],
  ])('a number %s that we do not know', async (_what, number) => {
    const before = await fingerprint(shop)
    expect((await send(seal(paid({ out_trade_no: number })))).status).toBe(200)
    expect(await inboxOf(number)).toEqual(['orphan'])
    expect(await anomaliesOf(number)).toMatchObject([{ kind: 'orphan' }])
    // The anomaly's own step stands in the history; nothing else moved.
    const { anomalies: _1, notifications: _2, history: _3, ...after } = await fingerprint(shop)
    expect(before).toMatchObject(after)
  })

  test.each<[string, () => unknown, string | undefined]>([
    ['another event', () => paid(), 'REFUND.SUCCESS'],
    ['a success that is not paid', () => paid({ trade_state: 'NOTPAY' }), undefined],
    ['a state that nobody knows', () => paid({ trade_state: 'MAYBE' }), undefined],
    ['no number', () => paid({ out_trade_no: undefined }), undefined],
    ['a list', () => [paid()], undefined],
    ['a bare number', () => 7, undefined],
  ])('%s', async (_what, compose, eventType) => {
    const before = await fingerprint(shop)
    const answer = await send(seal(compose(), eventType ? { eventType } : {}))
    expect(answer.status).toBe(200)
    const { notifications, ...after } = await fingerprint(shop)
    expect(notifications).not.toBe(before.notifications)
    expect(before).toMatchObject(after)
    expect(await stateOf()).toBe('pending')
  })

  test.each([
    ['"198.00"'],
    ['19800.5'],
    ['-19800'],
    ['1e400'],
    ['null'],
    ['"19800"'],
    ['[19800]'],
    ['9007199254740993'],
  ])('an amount of %s', async (total) => {
    const text = JSON.stringify(paid()).replace('"total":19800', `"total":${total}`)
    expect((await send(seal(text))).status).toBe(200)
    expect(await stateOf()).toBe('pending')
  })

  test('a transaction without its number or its time', async () => {
    for (const change of [
      { transaction_id: undefined },
      { transaction_id: '' },
      { success_time: undefined },
      { success_time: 'soon' },
    ]) {
      expect((await send(seal(paid(change)))).status).toBe(200)
      expect(await stateOf()).toBe('pending')
    }
  })
})
