import { createPrivateKey, createSign, generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AlipaySdk } from 'alipay-sdk'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readAlipayApp } from '../../server/channels/alipay/app.ts'
import type { FaultyAlipayApp } from '../../server/channels/alipay/app.ts'
import { readAlipayTime } from '../../server/channels/alipay/alipay-time.ts'
import { createAlipayChannel } from '../../server/channels/alipay/channel.ts'
import { openNode } from '../../server/channels/alipay/signed-node.ts'
import { fitReason, fitSubject } from '../../server/channels/alipay/subject.ts'
import { readYuan, toYuan } from '../../server/channels/alipay/yuan.ts'
import type { PaymentSnapshot } from '../../server/payments/payment-channel.ts'
import type { RefundSnapshot } from '../../server/refunds/refund-channel.ts'
import { anyText } from '../support/any-text.ts'

/** Messages of Alipay made by hand, with a key that plays Alipay's. */
const pair = () =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
const [ours, alipay] = [pair(), pair()]
const signText = (text: string, algorithm = 'RSA-SHA256', pem = alipay.privateKey) =>
  createSign(algorithm).update(text).sign(createPrivateKey(pem), 'base64')

const texts = {
  appId: '2021000000000001',
  sellerId: '2088000000000001',
  privateKeyPem: ours.privateKey,
  alipayPublicKeyPem: alipay.publicKey,
}
const app = readAlipayApp(texts, 'https://openapi.alipay.com')
const QUERY = 'alipay_trade_query_response'
const node = (changes: object = {}) => ({
  code: '10000',
  msg: 'Success',
  out_trade_no: '06100261121183000ABCDEFGHJKMNP01',
  trade_no: '2026112122001400001',
  trade_status: 'TRADE_SUCCESS',
  total_amount: '88.10',
  buyer_user_id: '2088000000000009',
  send_pay_date: '2026-11-21 18:30:00',
  ...changes,
})
const answerOf = (name: string, value: object) => {
  const raw = JSON.stringify(value)
  return `{"${name}":${raw},"sign":"${signText(raw)}"}`
}
const open = (text: string) => openNode(app.alipayKey, QUERY, Buffer.from(text))

describe('the node of an answer', () => {
  test('is believed when its own bytes verify, however they are spelt', () => {
    const raw = '{ "code" : "10000", "url":"https:\\/\\/a.b\\/c", "text":"带\\"引号\\"、{括号}和\\u4e2d" }'
    const opened = open(`{"${QUERY}":${raw},"sign":"${signText(raw)}"}`)
    expect(opened).toEqual({ node: { code: '10000', url: 'https://a.b/c', text: '带"引号"、{括号}和中' } })
  })

  test.each([
    ['is not signed', JSON.stringify({ [QUERY]: node() }), /not signed/],
    ['has a signature of other bytes', answerOf(QUERY, node()).replace('88.10', '88.11'), /does not verify/],
    [
      'is signed by another key',
      `{"${QUERY}":{"code":"10000"},"sign":"${signText('{"code":"10000"}', 'RSA-SHA256', ours.privateKey)}"}`,
      /does not verify/,
    ],
    ['is another method’s', answerOf('alipay_trade_close_response', node()), /not signed/],
    ['is no JSON', 'gateway timeout', /not a JSON object/],
    ['is an array', '[]', /not a JSON object/],
    ['has a signature that is no text', `{"${QUERY}":{},"sign":{}}`, /does not verify/],
  ])('that %s proves nothing', (_, text, reason) => {
    expect(open(text)).toEqual({ reason: expect.stringMatching(reason) })
  })

  test('that stands there twice is refused, where the SDK’s own check returns the forged one', async () => {
    const honest = answerOf(QUERY, node({ trade_status: 'WAIT_BUYER_PAY' })).slice(0, -1)
    const forged = JSON.stringify(node({ trade_status: 'TRADE_SUCCESS' }))
    const text = `${honest},"alipay_trade_query_\\u0072esponse":${forged}}`
    expect(open(text)).toEqual({ reason: 'names something twice' })
    const answered = await listen(text)
    const sdk = new AlipaySdk({
      appId: texts.appId,
      privateKey: ours.privateKey,
      keyType: 'PKCS8',
      alipayPublicKey: alipay.publicKey,
      gateway: `${answered.url}/gateway.do`,
    })
    const believed = await sdk.exec('alipay.trade.query', { bizContent: {} }, { validateSign: true })
    expect(believed['tradeStatus']).toBe('TRADE_SUCCESS')
    answered.close()
  })

  test('of an unsigned refusal tells the log which code it was', () => {
    const refused = JSON.stringify({ [QUERY]: { code: '40002', sub_code: 'isv.invalid-app-id' } })
    expect(open(refused)).toEqual({ reason: expect.stringContaining('isv.invalid-app-id') })
  })
})

/** A gateway that says what it is told. */
function listen(text: string): Promise<{ url: string; close: () => void; forms: URLSearchParams[] }> {
  const forms: URLSearchParams[] = []
  const server: Server = createServer((req, res) => {
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('end', () => {
      forms.push(new URLSearchParams(Buffer.concat(chunks).toString()))
      res.end(text)
    })
  })
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () =>
      resolve({
        url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        forms,
        close: () => {
          server.closeAllConnections()
          server.close()
        },
      }),
    ),
  )
}

const snapshot: PaymentSnapshot = {
  outTradeNo: node().out_trade_no,
  mode: 'merchant',
  mchid: texts.sellerId,
  appid: texts.appId,
  subMchid: null,
  subAppid: null,
  way: 'alipay-wap',
  openid: null,
  payerIp: null,
  amountFen: 8_810,
  description: '明前龙井/雨前=茶&茶',
  expiresAt: new Date('2026-11-21T10:30:00Z'),
  notifyUrl: 'https://shop.example.com/webhooks/alipay/2088000000000001',
}

describe('the channel', () => {
  const ask = async <Answer>(
    name: string,
    value: object,
    work: (channel: ReturnType<typeof createAlipayChannel>) => Promise<Answer>,
  ) => {
    const gateway = await listen(answerOf(name, value))
    try {
      return await work(createAlipayChannel({ apps: [app], host: gateway.url }))
    } finally {
      gateway.close()
    }
  }
  const query = (changes: object) => ask(QUERY, node(changes), (channel) => channel.query(snapshot))

  test.each([
    ['WAIT_BUYER_PAY', { send_pay_date: undefined }, 'unpaid'],
    ['TRADE_SUCCESS', {}, 'paid'],
    ['TRADE_FINISHED', {}, 'paid'],
    ['TRADE_CLOSED', { send_pay_date: undefined }, 'closed'],
    ['TRADE_CLOSED', {}, 'paid-then-refunded'],
  ])('reads %s with %o as %s', async (trade_status, more, outcome) => {
    expect((await query({ trade_status, ...more }))?.outcome).toBe(outcome)
  })

  test('reads yuan, the time in UTC+8 and who paid', async () => {
    expect(await query({})).toMatchObject({
      amountFen: 8_810,
      currency: 'CNY',
      paidAt: new Date('2026-11-21T10:30:00Z'),
      openid: '2088000000000009',
      transactionId: '2026112122001400001',
    })
  })

  const refusal = (sub_code: string, code = '40004') => ({ code, msg: '', sub_code, sub_msg: '' })
  test.each([
    ['20000', 'isp.unknow-error'],
    ['40004', 'ACQ.SYSTEM_ERROR'],
    ['40005', 'isv.app-call-limited'],
  ])('takes a signed %s %s for an unknown outcome', async (code, sub) => {
    const asked = ask(QUERY, refusal(sub, code), (channel) => channel.query(snapshot))
    await expect(asked).rejects.toMatchObject({ kind: 'ChannelUnknown' })
  })

  test('takes a number that Alipay does not know for unpaid, and has nothing to close', async () => {
    const missing = refusal('ACQ.TRADE_NOT_EXIST')
    expect(await ask(QUERY, missing, (channel) => channel.query(snapshot))).toMatchObject({
      outcome: 'unpaid',
    })
    expect(await ask('alipay_trade_close_response', missing, (channel) => channel.close(snapshot))).toBe(
      'absent',
    )
  })

  test('takes a short balance for our NOT_ENOUGH, and an answer to a refund for nothing more than taken', async () => {
    const refund: RefundSnapshot = { payment: snapshot, outRefundNo: 'R1', amountFen: 100, reason: null }
    const body = createAlipayChannel({ apps: [app], host: '' }).composeRefund(refund)
    expect(JSON.parse(body)).toEqual({
      out_trade_no: snapshot.outTradeNo,
      refund_amount: '1.00',
      out_request_no: 'R1',
    })
    const short = refusal('ACQ.SELLER_BALANCE_NOT_ENOUGH')
    await expect(
      ask('alipay_trade_refund_response', short, (channel) => channel.refund(refund, body)),
    ).rejects.toMatchObject({ channelCode: 'NOT_ENOUGH' })
  })

  test('asks by a signed form whose time is China’s, with the charset in the address', async () => {
    const gateway = await listen(answerOf(QUERY, node()))
    await createAlipayChannel({ apps: [app], host: gateway.url }).query(snapshot)
    gateway.close()
    const form = Object.fromEntries(gateway.forms[0]!)
    const china = readAlipayTime(form['timestamp']!)!
    expect(Math.abs(Date.now() - china.getTime())).toBeLessThan(60_000)
    expect(form).not.toHaveProperty('charset')
    expect(JSON.parse(form['biz_content']!)).toEqual({ out_trade_no: snapshot.outTradeNo })
  })

  test('freezes the expiry as a moment, and signs the address with the way back', () => {
    const channel = createAlipayChannel({ apps: [app], host: 'https://openapi.alipay.com' })
    const order = channel.composePrepay(snapshot)
    expect(JSON.parse(order)).toEqual({
      out_trade_no: snapshot.outTradeNo,
      total_amount: '88.10',
      subject: '明前龙井 雨前 茶 茶',
      product_code: 'QUICK_WAP_WAY',
      seller_id: texts.sellerId,
      time_expire: '2026-11-21 18:30:00',
    })
    const back = 'https://shop.example.com/orders/ABC/return?status=x.y'
    const launch = channel.launch(snapshot, { handle: order, goodUntil: new Date(), returnUrl: back })
    if (launch.way !== 'alipay-wap') throw new Error('another way')
    const query = new URL(launch.url).searchParams
    expect([query.get('method'), query.get('return_url'), query.get('notify_url')]).toEqual([
      'alipay.trade.wap.pay',
      back,
      snapshot.notifyUrl,
    ])
    expect(JSON.parse(query.get('biz_content')!)).toEqual({
      ...JSON.parse(order),
      quit_url: back + (back.includes('?') ? '&' : '?') + 'left=1',
    })
  })
})

describe('a notification', () => {
  const channel = createAlipayChannel({ apps: [app], host: 'https://openapi.alipay.com' })
  const form = {
    app_id: texts.appId,
    seller_id: texts.sellerId,
    notify_id: 'n1',
    notify_type: 'trade_status_sync',
    gmt_payment: '2026-11-21 18:30:00',
    ...node({ subject: '100% 棉 + 茶', send_pay_date: undefined }),
  }
  const signedForm = (fields: Record<string, string>, algorithm = 'RSA-SHA256', sign_type = 'RSA2') => {
    const entries = Object.entries(fields).filter(([, value]) => value !== undefined)
    const text = entries
      .map(([name, value]) => `${name}=${value}`)
      .toSorted()
      .join('&')
    return new URLSearchParams({ ...Object.fromEntries(entries), sign_type, sign: signText(text, algorithm) })
  }
  const read = (body: URLSearchParams | string, merchant = texts.sellerId) =>
    channel.readNotification(merchant, {}, Buffer.from(body.toString()))

  test('proves a payment, with percent signs, pluses and all', () => {
    const { id, eventType, trade } = read(signedForm(form as never))
    expect([id, eventType]).toEqual(['n1', 'TRADE_SUCCESS'])
    expect(trade).toMatchObject({
      outcome: 'paid',
      amountFen: 8_810,
      mchid: texts.sellerId,
      appid: texts.appId,
    })
  })

  test('signed with SHA-1, as the SDK would take it when asked to, is refused', () => {
    const weak = signedForm(form as never, 'RSA-SHA1', 'RSA')
    expect(app.sdk.checkNotifySignV2(Object.fromEntries(weak))).toBe(true)
    expect(() => read(weak)).toThrow(/sign_type is not RSA2/)
  })

  test.each([
    [
      'whose field was changed',
      signedForm(form as never)
        .toString()
        .replace('88.10', '0.01'),
      /does not verify/,
    ],
    ['that names a field twice', `${signedForm(form as never)}&total_amount=0.01`, /twice/],
    ['without anything', '', /sign_type/],
  ])('%s is refused', (_, body, reason) => {
    expect(() => read(body)).toThrow(reason)
  })

  test('at another merchant’s address is refused', () => {
    expect(() => read(signedForm(form as never), '2088000000000099')).toThrow(/names no merchant/)
  })
})

describe('an app of the configuration', () => {
  const weak = generateKeyPairSync('rsa', {
    modulusLength: 1024,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  }).privateKey

  test('may have Alipay’s key as bare base64, as the open platform shows it', () => {
    const bare = alipay.publicKey.replaceAll(/-.*-|\s/g, '')
    expect(readAlipayApp({ ...texts, alipayPublicKeyPem: bare }, '').alipayKey.equals(app.alipayKey)).toBe(
      true,
    )
  })

  test('is told all its faults at once, and that its own public key is not Alipay’s', () => {
    const faults = (changes: object) => {
      try {
        readAlipayApp({ ...texts, ...changes }, '')
        return []
      } catch (error) {
        return (error as FaultyAlipayApp).faults
      }
    }
    expect(faults({ privateKeyPem: weak, alipayPublicKeyPem: 'x' })).toHaveLength(2)
    expect(faults({ alipayPublicKeyPem: ours.publicKey })).toEqual([expect.stringContaining('支付宝公钥')])
  })
})

test.each([
  [1, '0.01'],
  [8_810, '88.10'],
  [100_000_000, '1000000.00'],
])('%i fen are %s yuan, there and back', (fen, yuan) => {
  expect([toYuan(fen), readYuan(yuan)]).toEqual([yuan, fen])
})

test.each(['88.1', '88', '-1.00', '1e2', '88.100', ' 88.10', '8,810.00'])('“%s” is no amount', (text) => {
  expect(readYuan(text)).toBeNull()
})

test.each([
  ['a/b=c&d', 'a b c d'],
  ['茶🍵茶', '茶 茶'],
  ['茶🍵🍰茶', '茶 茶'],
  ['///', '商品'],
  ['茶👨‍👩‍👧茶', '茶 茶'],
  ['👩‍⚕️茶', '茶'],
  ['❤️茶', '❤茶'],
  ['🍵\u0301茶', '茶'],
  ['/\u0301茶', '茶'],
  ['1️⃣号茶', '1号茶'],
  ['\uD83C茶\uDF75', '茶'],
  ['\u0301茶', '茶'],
  ['茶\u200D', '茶'],
  ['cafe\u0301', 'cafe\u0301'],
])('the subject “%s” reaches Alipay as “%s”', (text, subject) => {
  expect(fitSubject(text)).toBe(subject)
})

test('the reason of a refund is cut between characters too, and keeps / = &', () => {
  expect(fitReason(`a/b=c&d 👨‍👩‍👧 ${'茶'.repeat(300)}`)).toBe(`a/b=c&d ${'茶'.repeat(248)}`)
  expect(fitReason('🍵')).toBe('')
})

test('a subject of many characters is cut between those that people see', () => {
  expect(fitSubject(`${'茶'.repeat(255)}e\u0301x`)).toBe('茶'.repeat(255))
  expect(fitSubject('茶'.repeat(300))).toHaveLength(256)
})

test('a subject keeps nothing of what was cut out of it, whatever comes in', () => {
  fc.assert(
    fc.property(anyText(400), (text) => {
      const subject = fitSubject(text)
      expect(subject.length).toBeGreaterThan(0)
      expect(subject.length).toBeLessThanOrEqual(256)
      expect(subject).toMatch(/^[^\p{M}]/u)
      expect(subject).not.toMatch(/[/=&\p{C}\p{Variation_Selector}\u{10000}-\u{10FFFF}]/u)
    }),
  )
})
