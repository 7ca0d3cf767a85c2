import { createServer } from 'node:http'
import type { Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openAlipayMerchant } from '../support/alipay-merchant.ts'
import { openSandbox } from '../support/sandbox-client.ts'
import { MCHID, MINUTE_MS } from '../support/sandbox-rules/rule.ts'
import { sandboxStage } from '../support/sandbox-stage.ts'

const TOKEN = 'Bearer of an operator'
type Line = Record<string, unknown> & { outTradeNo: string; refunds: Record<string, unknown>[] }

const stage = sandboxStage()
let server: Server
/** What the merchant's server answers. */
let answer: (res: ServerResponse) => void
let books: Line[] = []

beforeAll(async () => {
  server = createServer((req, res) => {
    if (req.url !== '/api/books') return void res.writeHead(404).end()
    if (req.headers.authorization !== TOKEN) return void res.writeHead(401).end()
    answer(res)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterAll(() => server.close())
beforeEach(() => {
  books = []
  answer = (res) => void res.end(books.map((line) => `${JSON.stringify(line)}\n`).join(''))
})

const address = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
const ask = async (query: Record<string, string> = {}, headers = { authorization: TOKEN }) => {
  const search = new URLSearchParams({ server: address(), ...query })
  const response = await fetch(`${stage.sandbox.url}/_sandbox/verdict?${search}`, { headers })
  return { status: response.status, body: await response.json() }
}
const kinds = async (query: Record<string, string> = {}) =>
  (await ask(query)).body.differences.map((one: { kind: string }) => one.kind)

let orders = 0
/** A payment of ¥88, in the books as it should be. */
async function payment(changes: Record<string, unknown> = {}): Promise<Line> {
  const { outTradeNo, prepayId } = await stage.placed()
  await stage.pay(prepayId)
  return book(outTradeNo, changes)
}
/** The same at Alipay. An open one: the buyer turned away at the cashier. */
async function alipayPayment(changes: Record<string, unknown> = {}, outcome = 'paid'): Promise<Line> {
  const merchant = await openAlipayMerchant(stage.sandbox)
  const order = {
    out_trade_no: `A${(orders += 1)}`,
    total_amount: '88.00',
    subject: '白瓷盖碗',
    product_code: 'QUICK_WAP_WAY',
    timeout_express: '30m',
  }
  await stage.sandbox.control('/pay', { alipayUrl: merchant.address(order), user: 'alice', outcome })
  const right = outcome === 'paid' ? {} : { state: 'pending', kept: false }
  return book(order.out_trade_no, { channel: 'alipay', mchid: merchant.app.sellerId, ...right, ...changes })
}
/** A refund at Alipay, in the books as it should be. */
async function alipayRefund(line: Line, amountFen = 800): Promise<Record<string, unknown>> {
  const outRefundNo = `R${(orders += 1)}`
  const { ask: askAlipay } = await openAlipayMerchant(stage.sandbox)
  await askAlipay('alipay.trade.refund', {
    out_trade_no: line.outTradeNo,
    out_request_no: outRefundNo,
    refund_amount: (amountFen / 100).toFixed(2),
  })
  const booked = { outRefundNo, state: 'succeeded', amountFen }
  line.refunds.push(booked)
  return booked
}
function book(outTradeNo: string, changes: Record<string, unknown> = {}): Line {
  const line = {
    outTradeNo,
    orderId: `O${(orders += 1)}`,
    channel: 'wechatpay',
    mchid: MCHID,
    state: 'paid',
    amountFen: 8_800,
    kept: true,
    refunds: [],
    ...changes,
  }
  books.push(line)
  return line
}
/** A refund at WeChat, in the books as it should be. */
async function refund(line: Line, amountFen = 800): Promise<Record<string, unknown>> {
  const { outTradeNo } = line
  const made = await stage.sandbox.control('/refunds', { mchid: MCHID, outTradeNo, amountFen })
  // WeChat takes one refund of a payment a minute.
  await stage.advance(MINUTE_MS)
  const booked = { outRefundNo: made.body.outRefundNo, state: 'succeeded', amountFen }
  line.refunds.push(booked)
  return booked
}

describe('books that agree with the ledger', () => {
  test('are clean: paid, open, closed, refused, given back', async () => {
    const paid = await payment()
    await refund(paid)
    await refund(paid, 700)
    book((await stage.placed()).outTradeNo, { state: 'pending', kept: false })
    const closed = await stage.placed()
    await stage.closeOrder(closed.outTradeNo)
    book(closed.outTradeNo, { state: 'closed', kept: false })
    book('NEVER-REGISTERED', { state: 'failed', kept: false })
    book('NOT-REGISTERED-YET', { state: 'created', kept: false })
    const surplus = await payment({ orderId: paid['orderId'], kept: false })
    await refund(surplus, 8_800)
    expect((await ask()).body).toEqual({
      clean: true,
      source: 'ledger',
      differences: [],
      counts: { lines: 6, paidTrades: 2 },
    })
  })

  test('are clean at Alipay too', async () => {
    const paid = await alipayPayment()
    await alipayRefund(paid)
    await alipayRefund(paid, 700)
    await alipayPayment({}, 'cancelled')
    book('NOBODY-OPENED-IT', {
      ...paid,
      outTradeNo: 'NOBODY-OPENED-IT',
      state: 'closed',
      kept: false,
      refunds: [],
    })
    const surplus = await alipayPayment({ orderId: paid['orderId'], kept: false })
    await alipayRefund(surplus, 8_800)
    const { body } = await ask()
    expect([body.differences, body.counts]).toEqual([[], { lines: 4, paidTrades: 2 }])
  })

  test('say nothing about other channels, nor about merchants that are not theirs', async () => {
    await payment()
    book('CARD', { channel: 'unionpay' })
    const { appids } = stage.sandbox.merchant('1900000002')
    const { appid } = appids[0]!
    const foreign = { ...stage.order({ mchid: '1900000002', appid }), notify_url: 'http://127.0.0.1:9/n' }
    const payer = { openid: stage.sandbox.openid('alice', appid) }
    const path = '/v3/pay/transactions/jsapi'
    const placed = await stage.sandbox.call('1900000002', 'POST', path, { ...foreign, payer })
    expect((await stage.pay(placed.body.prepay_id)).body).toEqual({ result: 'ok' })
    expect(await kinds()).toEqual([])
  })
})

describe('a planted difference', () => {
  test.each<[string, string[], () => Promise<unknown>]>([
    ['paid at WeChat, pending here', ['lost'], () => payment({ state: 'pending', kept: false })],
    ['paid at WeChat, closed here', ['lost'], () => payment({ state: 'closed', kept: false })],
    ['paid at WeChat, unknown here', ['lost'], async () => books.splice(books.indexOf(await payment()), 1)],
    ['paid here, open at WeChat', ['invented'], async () => book((await stage.placed()).outTradeNo)],
    ['paid here, unknown at WeChat', ['invented'], async () => book('FORGED')],
    ['another amount', ['wrong-amount'], () => payment({ amountFen: 8_801 })],
    ['two kept for one order', ['doubled'], async () => payment({ orderId: (await payment())['orderId'] })],
    [
      'a second payment that nobody gave back',
      ['doubled'],
      async () => payment({ orderId: (await payment())['orderId'], kept: false }),
    ],
    [
      'a second payment of which a part was given back',
      ['doubled'],
      async () => refund(await payment({ orderId: (await payment())['orderId'], kept: false })),
    ],
    ['money that pays for nothing', ['unreturned'], () => payment({ kept: false })],
    [
      'a refund made on the platform',
      ['refund-missing'],
      async () => {
        const line = await payment()
        await refund(line)
        line.refunds.length = 0
      },
    ],
    [
      'a refund that WeChat never made',
      ['refund-invented'],
      () => payment({ refunds: [{ outRefundNo: 'R1', state: 'succeeded', amountFen: 800 }] }),
    ],
    [
      'a refund of another amount',
      ['refund-amount'],
      async () => Object.assign(await refund(await payment()), { amountFen: 801 }),
    ],
    [
      'a refund that ended otherwise',
      ['refund-state'],
      async () => Object.assign(await refund(await payment()), { state: 'processing' }),
    ],
    [
      'closed here while WeChat still takes the money',
      ['still-payable'],
      async () => book((await stage.placed()).outTradeNo, { state: 'closed', kept: false }),
    ],
  ])('%s', async (_, expected, plant) => {
    await payment()
    await plant()
    const { body } = await ask()
    expect(body.differences.map((one: { kind: string }) => one.kind)).toEqual(expected)
    expect([body.clean, body.counts[expected[0]!]]).toEqual([false, 1])
    expect(body.differences[0].message).toMatch(/\w+/)
  })

  test.each<[string, string[], () => Promise<unknown>]>([
    ['paid there, closed here', ['lost'], () => alipayPayment({ state: 'closed', kept: false })],
    ['paid there, unknown here', ['lost'], async () => books.splice(books.indexOf(await alipayPayment()), 1)],
    ['paid here, open there', ['invented'], () => alipayPayment({ state: 'paid', kept: true }, 'cancelled')],
    ['another amount', ['wrong-amount'], () => alipayPayment({ amountFen: 8_801 })],
    [
      'one order paid at WeChat and at Alipay',
      ['doubled'],
      async () => alipayPayment({ orderId: (await payment())['orderId'], kept: false }),
    ],
    [
      'two kept for one order',
      ['doubled'],
      async () => alipayPayment({ orderId: (await alipayPayment())['orderId'] }),
    ],
    ['money that pays for nothing', ['unreturned'], () => alipayPayment({ kept: false })],
    [
      'a refund that the books lack',
      ['refund-missing'],
      async () => {
        const line = await alipayPayment()
        await alipayRefund(line)
        line.refunds.length = 0
      },
    ],
    [
      'a refund that Alipay never made',
      ['refund-invented'],
      () => alipayPayment({ refunds: [{ outRefundNo: 'R1', state: 'succeeded', amountFen: 800 }] }),
    ],
    [
      'a refund of another amount',
      ['refund-amount'],
      async () => Object.assign(await alipayRefund(await alipayPayment()), { amountFen: 801 }),
    ],
    [
      'a refund that ended otherwise',
      ['refund-state'],
      async () => Object.assign(await alipayRefund(await alipayPayment()), { state: 'closed' }),
    ],
    [
      'closed here while somebody can still pay',
      ['still-payable'],
      () => alipayPayment({ state: 'closed' }, 'cancelled'),
    ],
  ])('at Alipay: %s', async (_, expected, plant) => {
    await alipayPayment()
    await plant()
    const { body } = await ask()
    expect(body.differences.map((one: { kind: string }) => one.kind)).toEqual(expected)
    expect(body.differences[0]).toMatchObject({ channel: 'alipay', message: expect.stringMatching(/\w+/) })
  })

  test('a payment at WeChat that the books lay to Alipay is lost there and invented here', async () => {
    await payment({ channel: 'alipay' })
    await payment()
    expect((await kinds()).toSorted()).toEqual(['invented', 'lost'])
  })

  test('open for more than five minutes after its last moment', async () => {
    await stage.sandbox.control('/clock', { frozen: true })
    const { nowMs } = (await stage.sandbox.control('/clock')).body
    const time_expire = new Date(nowMs + 30 * MINUTE_MS).toISOString()
    book((await stage.placed({ time_expire })).outTradeNo, { state: 'pending', kept: false })
    await stage.advance(35 * MINUTE_MS)
    expect(await kinds()).toEqual([])
    await stage.advance(1)
    expect(await kinds()).toEqual(['open-too-long'])
  })
})

describe('a bill in the place of the ledger', () => {
  const DAY = '2026-03-04'
  const rule = (api: string, effect: object) =>
    stage.sandbox.control('/rules', { match: { api, nth: 1 }, effect })
  const day = async () => {
    await stage.sandbox.control('/clock', { at: '2026-03-03T12:00:00+08:00' })
    await refund(await payment())
    await stage.sandbox.control('/clock', { at: `${DAY}T12:00:00+08:00` })
    await payment()
    await refund(await payment())
    await stage.sandbox.control('/clock', { at: '2026-03-05T10:00:00+08:00' })
  }

  test('agrees with the books when nothing spoils it', async () => {
    await day()
    const { body } = await ask({ bill: DAY })
    expect(body).toMatchObject({ clean: true, source: 'bill' })
  })

  test.each([
    ['a missing row', 'bill-row', { lose: true }, 'invented'],
    ['a row twice', 'bill-row', { duplicate: 1 }, 'doubled'],
    ['a row of another number', 'bill-row', { duplicate: 1, alter: { 商户订单号: 'X1' } }, 'lost'],
    ['another amount', 'bill-row', { alter: { 订单金额: '88.01' } }, 'wrong-amount'],
    ['a missing refund', 'bill-refund-row', { lose: true }, 'refund-invented'],
    ['a refund of another number', 'bill-refund-row', { alter: { 商户退款单号: 'X2' } }, 'refund-missing'],
    ['a refund of another amount', 'bill-refund-row', { alter: { 申请退款金额: '9.00' } }, 'refund-amount'],
    ['a refund in another state', 'bill-refund-row', { alter: { 退款状态: 'ABNORMAL' } }, 'refund-state'],
  ])('%s is found', async (_, api, effect, kind) => {
    await day()
    await rule(api, effect)
    expect(await kinds({ bill: DAY })).toContain(kind)
    expect(await kinds()).toEqual([])
  })

  test('is not there before ten o’clock of the next day', async () => {
    await stage.sandbox.control('/clock', { at: '2026-03-05T09:59:59+08:00', frozen: true })
    expect(await ask({ bill: DAY })).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('STATEMENT_CREATING') },
    })
  })
})

describe('books that cannot be read', () => {
  test('for want of a token say so, and the sandbox adds none', async () => {
    expect(await ask({}, { authorization: '' })).toMatchObject({
      status: 502,
      body: { message: expect.stringMatching(/answers 401: send the token of an operator/) },
    })
  })

  test.each<[string, (res: ServerResponse) => void, RegExp]>([
    ['not JSON', (res) => void res.end('<html>\n'), /line 1 is not JSON/],
    ['of another shape', (res) => void res.end('{"outTradeNo":"A"}\n'), /line 1: .*orderId/],
    ['without an end of line', (res) => void res.end('x'.repeat(70_000)), /has no end/],
    ['broken off', (res) => void res.write('{"out', () => res.destroy()), /cannot be read/],
    ['moved', (res) => void res.writeHead(302, { location: '/api/books' }).end(), /answers 302/],
    ['failing', (res) => void res.writeHead(500).end(), /answers 500/],
  ])('%s: a sentence and 502', async (_, badly, message) => {
    answer = badly
    const { status, body } = await ask()
    expect([status, body.message]).toEqual([502, expect.stringMatching(message)])
  })

  test('because nobody is there', async () => {
    const { status, body } = await ask({ server: 'http://127.0.0.1:9' })
    expect([status, body.message]).toEqual([502, expect.stringContaining('http://127.0.0.1:9/api/books')])
  })
})

describe('the server’s address', () => {
  test.each(['', 'shop', 'ftp://127.0.0.1/', 'file:///etc/passwd'])('%j is refused', async (given) => {
    const { status, body } = await ask({ server: given })
    expect([status, body.message]).toEqual([400, expect.stringContaining('give the address')])
  })

  test('is this machine or public https, unless the sandbox may notify anywhere', async () => {
    const strict = await openSandbox({ localNotify: false })
    const verdict = async (given: string) =>
      (await strict.control(`/verdict?server=${encodeURIComponent(given)}`)).status
    // An address that answers nothing: it may be asked.
    expect(await verdict('http://127.0.0.1:9')).toBe(502)
    for (const given of [
      'http://10.0.0.1',
      'https://192.168.0.1',
      'http://shop.example.com',
      'http://[fd00::1]/',
    ])
      expect(await verdict(given)).toBe(400)
    await strict.close()
  })

  test('may not be this machine when the sandbox is reached from others', async () => {
    const exposed = await openSandbox({ localNotify: false, host: '0.0.0.0' })
    const { status, body } = await exposed.control('/verdict?server=http://127.0.0.1:9')
    expect([status, body.message]).toEqual([400, expect.stringContaining('only a public https address')])
    await exposed.close()
  })
})
