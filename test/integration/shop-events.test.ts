import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ShopEvent } from '../../contract/shop-event.ts'
import { shopEventSchema } from '../../server/http/schemas/delivery.ts'
import type { Customer } from '../support/customer.ts'
import { aliceByAccount, moneyStage } from '../support/money-stage.ts'
import { paidOrder } from '../support/operator.ts'
import { mchid } from '../support/shop.ts'
import { isBelieved, openSubscriber, type Subscriber } from '../support/subscriber.ts'
import { payDenied, payTwice } from '../support/troubled-payments.ts'
import { until } from '../support/until.ts'

const secondMs = 1_000
const minuteMs = 60_000
const key = randomBytes(32)

const stage = moneyStage()
let official: Customer
let erp: Subscriber
beforeAll(async () => {
  erp = await openSubscriber()
  await stage.shop.restart((config) => ({ ...config, subscribers: [erp.config('erp', [key])] }))
  official = await aliceByAccount(stage)
})
afterAll(() => erp.close())

/** What the subscriber was told about an order, in the order in which it happened. */
const toldOf = (orderId: string): ShopEvent[] =>
  erp.messages
    .map(({ event }) => event)
    .filter(({ data }) => data.id === orderId || ('orderId' in data && data.orderId === orderId))
    .toSorted((a, b) => a.timestamp.localeCompare(b.timestamp))
const toldWhen = (orderId: string, types: ShopEvent['type'][]): Promise<ShopEvent[]> =>
  until(async () => {
    const told = toldOf(orderId)
    return told.map(({ type }) => type).join() === types.join() && told
  })
/** Every event of an order that was ever written, told or not. */
const written = async (orderId: string): Promise<string[]> =>
  (
    await stage.books.rows<{ type: string }>('select type from shop_events where order_id = $1 order by at', [
      orderId,
    ])
  ).map(({ type }) => type)

describe('the shop tells by itself', () => {
  test('that an order is paid, once, however often WeChat says so', async () => {
    await stage.weather({ api: 'notify' }, { duplicate: 3 })
    const { orderId, paymentId } = await paidOrder(stage.alice)
    await stage.alice.check(paymentId, 'ok')
    await toldWhen(orderId, ['order.paid'])
    expect(await written(orderId)).toEqual(['order.paid'])
    const [message] = erp.messages.filter(({ event }) => event.data.id === orderId)
    expect(await isBelieved(message!, key)).toBe(true)
    // The subscriber has it a moment before that is noted.
    await until(async () => (await stage.lin.order(orderId)).deliveries[0]?.state === 'delivered')
    expect((await stage.lin.order(orderId)).deliveries).toMatchObject([{ type: 'order.paid', attempts: 1 }])
  })

  test('that an order was closed, and then that money came late after all', async () => {
    const { orderId, paymentId, totalFen } = await payDenied(stage)
    const [closed] = await toldWhen(orderId, ['order.closed'])
    await stage.clearWeather()
    await stage.shop.advance(60 * minuteMs)
    const [, paid] = await toldWhen(orderId, ['order.closed', 'order.paid'])
    const order = { id: orderId, entryCode: '02', totalFen }
    const money = { refundedFen: 0, note: null, hasShipping: false }
    expect(closed!.data).toEqual({
      ...order,
      ...money,
      state: 'closed',
      closedBy: 'expiry',
      paymentId: null,
      refundableFen: 0,
    })
    expect(paid!.data).toEqual({
      ...order,
      ...money,
      state: 'paid',
      closedBy: null,
      paymentId,
      refundableFen: totalFen,
    })
  })

  test('that an order was paid twice, and that the second payment has gone back', async () => {
    const { orderId, firstId, secondId, totalFen } = await payTwice(stage, official)
    await until(async () => (await stage.lin.order(orderId)).refunds.length === 1)
    await stage.shop.advance(6 * secondMs)
    const told = await toldWhen(orderId, ['order.paid', 'payment.surplus', 'refund.succeeded'])
    const { payments, refunds } = await stage.lin.order(orderId)
    const surplus = payments.find(({ id }) => id === firstId)!
    expect(told.map(({ data }) => data)).toEqual([
      {
        id: orderId,
        state: 'paid',
        entryCode: '02',
        totalFen,
        paymentId: secondId,
        refundedFen: 0,
        refundableFen: totalFen,
        closedBy: null,
        note: null,
        hasShipping: false,
      },
      {
        id: firstId,
        orderId,
        channel: 'wechatpay',
        mchid,
        transactionId: surplus.transactionId,
        amountFen: totalFen,
      },
      {
        id: refunds[0]!.id,
        orderId,
        paymentId: firstId,
        state: 'succeeded',
        origin: 'surplus',
        amountFen: totalFen,
        refundId: refunds[0]!.refundId,
      },
    ])
  })

  test.each([
    ['refund.closed', { refundEnd: 'CLOSED' }],
    ['refund.abnormal', { refundEnd: 'ABNORMAL' }],
    ['refund.refused', { error: 'NO_AUTH' }],
  ] as const)('that money did not go back: %s', async (type, effect) => {
    const { orderId } = await paidOrder(stage.alice)
    await stage.weather({ api: 'refund', times: 1 }, effect)
    await stage.lin.refund(orderId, { amountFen: 1 })
    await stage.shop.advance(6 * secondMs)
    const [, refund] = await toldWhen(orderId, ['order.paid', type])
    expect(refund!.data).toMatchObject({ state: type.split('.')[1], origin: 'operator', amountFen: 1 })
  })

  test('each step once, in the shape of the contract, and names nobody', async () => {
    const ids = erp.messages.map(({ headers }) => headers['webhook-id'])
    expect(ids.length).toBeGreaterThan(8)
    expect(new Set(ids).size).toBe(ids.length)
    const people = [stage.alice.openid, official.openid]
    for (const { body, event } of erp.messages) {
      expect(shopEventSchema.parse(event)).toEqual(event)
      for (const openid of people) expect(body).not.toContain(openid)
    }
    const steps = await stage.books.rows(`select 1 from history
      left join payments on subject = 'payment' and out_trade_no = subject_no
      where subject = 'order' and to_state in ('paid', 'closed')
         or subject = 'payment' and to_state = 'paid' and not kept
         or subject = 'refund' and to_state in ('succeeded', 'closed', 'abnormal', 'refused')`)
    expect(await stage.books.rows('select 1 from shop_events')).toHaveLength(steps.length)
  })
})

describe('the database refuses', () => {
  const copyOf = (table: string, changes: string) =>
    stage.books
      .rows(`insert into ${table} select (jsonb_populate_record(old, ${changes})).* from ${table} as old
      where ctid = (select min(ctid) from ${table})`)
  test.each([
    ['a second event of one step', 'one_event_a_step', () => copyOf('shop_events', `'{"event_id":"two"}'`)],
    [
      'an event of a step that never was',
      'foreign key',
      () => copyOf('shop_events', `'{"event_id":"two","version":99}'`),
    ],
    [
      'an event that names a person',
      'check constraint',
      () => stage.books.rows(`update shop_events set facts = '{"openid":"o"}'`),
    ],
    [
      'a second delivery of one event to one subscriber',
      'one_delivery_a_subscriber',
      () => copyOf('deliveries', `'{"delivery_id":"two"}'`),
    ],
    [
      'a delivery that is over and still due',
      'check constraint',
      () => stage.books.rows(`update deliveries set next_attempt_at = now() where state = 'delivered'`),
    ],
    [
      'a delivery that nobody took',
      'check constraint',
      () => stage.books.rows(`update delivery_log set status = 500 where event = 'delivered'`),
    ],
  ])('%s', async (_what, rule, write) => {
    await expect(write()).rejects.toThrow(rule)
  })
})
