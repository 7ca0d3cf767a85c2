import { describe, expect, test } from 'vitest'
import { merchantBooks } from '../support/merchant-books.ts'
import { MINUTE_MS } from '../support/sandbox-rules/rule.ts'
import { sandboxStage } from '../support/sandbox-stage.ts'

const stage = sandboxStage()
const books = merchantBooks(stage)

describe('books that agree with the ledger', () => {
  test('are clean: paid, open, closed, refused, given back', async () => {
    const paid = await books.payment()
    await books.refund(paid)
    await books.refund(paid, 700)
    books.book((await stage.placed()).outTradeNo, { state: 'pending', kept: false })
    const closed = await stage.placed()
    await stage.closeOrder(closed.outTradeNo)
    books.book(closed.outTradeNo, { state: 'closed', kept: false })
    books.book('NEVER-REGISTERED', { state: 'failed', kept: false })
    books.book('NOT-REGISTERED-YET', { state: 'created', kept: false })
    const surplus = await books.payment({ orderId: paid['orderId'], kept: false })
    await books.refund(surplus, 8_800)
    expect((await books.ask()).body).toEqual({
      clean: true,
      source: 'ledger',
      differences: [],
      counts: { lines: 6, paidTrades: 2 },
    })
  })

  test('are clean at Alipay too', async () => {
    const paid = await books.alipayPayment()
    await books.alipayRefund(paid)
    await books.alipayRefund(paid, 700)
    await books.alipayPayment({}, 'cancelled')
    books.book('NOBODY-OPENED-IT', {
      ...paid,
      outTradeNo: 'NOBODY-OPENED-IT',
      state: 'closed',
      kept: false,
      refunds: [],
    })
    const surplus = await books.alipayPayment({ orderId: paid['orderId'], kept: false })
    await books.alipayRefund(surplus, 8_800)
    const { body } = await books.ask()
    expect([body.differences, body.counts]).toEqual([[], { lines: 4, paidTrades: 2 }])
  })

  test('say nothing about other channels, nor about merchants that are not theirs', async () => {
    await books.payment()
    books.book('CARD', { channel: 'unionpay' })
    const { appids } = stage.sandbox.merchant('1900000002')
    const { appid } = appids[0]!
    const foreign = { ...stage.order({ mchid: '1900000002', appid }), notify_url: 'http://127.0.0.1:9/n' }
    const payer = { openid: stage.sandbox.openid('alice', appid) }
    const path = '/v3/pay/transactions/jsapi'
    const placed = await stage.sandbox.call('1900000002', 'POST', path, { ...foreign, payer })
    expect((await stage.pay(placed.body.prepay_id)).body).toEqual({ result: 'ok' })
    expect(await books.kinds()).toEqual([])
  })
})

describe('a planted difference', () => {
  test.each<[string, string[], () => Promise<unknown>]>([
    ['paid at WeChat, pending here', ['lost'], () => books.payment({ state: 'pending', kept: false })],
    ['paid at WeChat, closed here', ['lost'], () => books.payment({ state: 'closed', kept: false })],
    [
      'paid at WeChat, unknown here',
      ['lost'],
      async () => books.lines.splice(books.lines.indexOf(await books.payment()), 1),
    ],
    ['paid here, open at WeChat', ['invented'], async () => books.book((await stage.placed()).outTradeNo)],
    ['paid here, unknown at WeChat', ['invented'], async () => books.book('FORGED')],
    ['another amount', ['wrong-amount'], () => books.payment({ amountFen: 8_801 })],
    [
      'two kept for one order',
      ['doubled'],
      async () => books.payment({ orderId: (await books.payment())['orderId'] }),
    ],
    [
      'a second payment that nobody gave back',
      ['doubled'],
      async () => books.payment({ orderId: (await books.payment())['orderId'], kept: false }),
    ],
    [
      'a second payment of which a part was given back',
      ['doubled'],
      async () =>
        books.refund(await books.payment({ orderId: (await books.payment())['orderId'], kept: false })),
    ],
    ['money that pays for nothing', ['unreturned'], () => books.payment({ kept: false })],
    [
      'a refund made on the platform',
      ['refund-missing'],
      async () => {
        const line = await books.payment()
        await books.refund(line)
        line.refunds.length = 0
      },
    ],
    [
      'a refund that WeChat never made',
      ['refund-invented'],
      () => books.payment({ refunds: [{ outRefundNo: 'R1', state: 'succeeded', amountFen: 800 }] }),
    ],
    [
      'a refund of another amount',
      ['refund-amount'],
      async () => Object.assign(await books.refund(await books.payment()), { amountFen: 801 }),
    ],
    [
      'a refund that ended otherwise',
      ['refund-state'],
      async () => Object.assign(await books.refund(await books.payment()), { state: 'processing' }),
    ],
    [
      'closed here while WeChat still takes the money',
      ['still-payable'],
      async () => books.book((await stage.placed()).outTradeNo, { state: 'closed', kept: false }),
    ],
  ])('%s', async (_, expected, plant) => {
    await books.payment()
    await plant()
    const { body } = await books.ask()
    expect(body.differences.map((one: { kind: string }) => one.kind)).toEqual(expected)
    expect([body.clean, body.counts[expected[0]!]]).toEqual([false, 1])
    expect(body.differences[0].message).toMatch(/\w+/)
  })

  test.each<[string, string[], () => Promise<unknown>]>([
    ['paid there, closed here', ['lost'], () => books.alipayPayment({ state: 'closed', kept: false })],
    [
      'paid there, unknown here',
      ['lost'],
      async () => books.lines.splice(books.lines.indexOf(await books.alipayPayment()), 1),
    ],
    [
      'paid here, open there',
      ['invented'],
      () => books.alipayPayment({ state: 'paid', kept: true }, 'cancelled'),
    ],
    ['another amount', ['wrong-amount'], () => books.alipayPayment({ amountFen: 8_801 })],
    [
      'one order paid at WeChat and at Alipay',
      ['doubled'],
      async () => books.alipayPayment({ orderId: (await books.payment())['orderId'], kept: false }),
    ],
    [
      'two kept for one order',
      ['doubled'],
      async () => books.alipayPayment({ orderId: (await books.alipayPayment())['orderId'] }),
    ],
    ['money that pays for nothing', ['unreturned'], () => books.alipayPayment({ kept: false })],
    [
      'a refund that the books lack',
      ['refund-missing'],
      async () => {
        const line = await books.alipayPayment()
        await books.alipayRefund(line)
        line.refunds.length = 0
      },
    ],
    [
      'a refund that Alipay never made',
      ['refund-invented'],
      () => books.alipayPayment({ refunds: [{ outRefundNo: 'R1', state: 'succeeded', amountFen: 800 }] }),
    ],
    [
      'a refund of another amount',
      ['refund-amount'],
      async () => Object.assign(await books.alipayRefund(await books.alipayPayment()), { amountFen: 801 }),
    ],
    [
      'a refund that ended otherwise',
      ['refund-state'],
      async () => Object.assign(await books.alipayRefund(await books.alipayPayment()), { state: 'closed' }),
    ],
    [
      'closed here while somebody can still pay',
      ['still-payable'],
      () => books.alipayPayment({ state: 'closed' }, 'cancelled'),
    ],
  ])('at Alipay: %s', async (_, expected, plant) => {
    await books.alipayPayment()
    await plant()
    const { body } = await books.ask()
    expect(body.differences.map((one: { kind: string }) => one.kind)).toEqual(expected)
    expect(body.differences[0]).toMatchObject({ channel: 'alipay', message: expect.stringMatching(/\w+/) })
  })

  test('a payment at WeChat that the books lay to Alipay is lost there and invented here', async () => {
    await books.payment({ channel: 'alipay' })
    await books.payment()
    expect((await books.kinds()).toSorted()).toEqual(['invented', 'lost'])
  })

  test('open for more than five minutes after its last moment', async () => {
    await stage.sandbox.control('/clock', { frozen: true })
    const { nowMs } = (await stage.sandbox.control('/clock')).body
    const time_expire = new Date(nowMs + 30 * MINUTE_MS).toISOString()
    books.book((await stage.placed({ time_expire })).outTradeNo, { state: 'pending', kept: false })
    await stage.advance(35 * MINUTE_MS)
    expect(await books.kinds()).toEqual([])
    await stage.advance(1)
    expect(await books.kinds()).toEqual(['open-too-long'])
  })
})
