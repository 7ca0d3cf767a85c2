import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Problem } from '../../contract/problem.ts'
import type { BindCode } from '../../contract/session.ts'
import { openBooks, type Books } from '../support/books.ts'
import { signIn } from '../support/customer.ts'
import { openShop, type Shop } from '../support/shop.ts'
import { until } from '../support/until.ts'

const minuteMs = 60_000

describe('when WeChat does not answer as hoped', () => {
  let shop: Shop
  let books: Books
  beforeAll(async () => {
    shop = await openShop()
    books = await openBooks(shop)
  })
  afterEach(() => shop.sandbox.control('/rules', undefined, 'DELETE'))
  afterAll(async () => {
    await books.close()
    await shop.close()
  })

  const weather = (api: string, effect: Record<string, unknown>, times?: number) =>
    shop.sandbox.control('/rules', { match: { api, ...(times ? { times } : {}) }, effect })
  const stateOf = async (paymentId: string) =>
    (
      await books.rows<{ state: string }>('select state from payments where out_trade_no = $1', [paymentId])
    )[0]!.state

  test('with every notification lost and nobody asking, the ladder finds the money', async () => {
    await weather('notify', { lose: true })
    const alice = await signIn(shop, 'alice')
    const order = await alice.order()
    const payment = await alice.pay(order.id)
    await alice.cashier(await alice.launch(payment.id), 'paid')
    expect(await stateOf(payment.id)).toBe('pending')
    await shop.advance(6_000)
    await until(async () => (await stateOf(payment.id)) === 'paid')
    expect(await books.events(payment.id)).toEqual(['created', 'registered', 'paid'])
  })

  test('with every notification lost, the client’s return settles it by one query', async () => {
    await weather('notify', { lose: true })
    const alice = await signIn(shop, 'alice')
    const payment = await alice.pay((await alice.order()).id)
    await alice.cashier(await alice.launch(payment.id), 'lost')
    expect((await alice.check(payment.id, 'ok')).state).toBe('paid')
  })

  test.each([
    ['is lost after WeChat acted', { dropAfter: true }],
    ['does not verify', { corruptSignature: true }],
    ['is a signature probe', { signtest: true }],
    ['says that the system is busy', { error: 'SYSTEM_ERROR' }],
  ])('a prepay answer that %s is no failure: the same number works the next time', async (_, effect) => {
    const alice = await signIn(shop, 'alice')
    const order = await alice.order()
    await weather('prepay', effect)
    const refused = await alice.post<Problem>(`/orders/${order.id}/payments`)
    expect(refused).toMatchObject({ status: 504, body: { type: '/problems/channel-unknown' } })
    await shop.sandbox.control('/rules', undefined, 'DELETE')
    const payment = await alice.pay(order.id)
    expect((await alice.detail(order.id)).payments).toHaveLength(1)
    await alice.cashier(await alice.launch(payment.id), 'paid')
    await until(async () => (await alice.result(order.id)).result === 'paid')
    expect(await books.trades(order.id)).toMatchObject([{ outTradeNo: payment.id, tradeState: 'SUCCESS' }])
  })

  test('a definite refusal of prepay fails that attempt, and the next one has a number of its own', async () => {
    const alice = await signIn(shop, 'alice')
    const order = await alice.order()
    await weather('prepay', { error: 'NO_AUTH' }, 1)
    expect(await alice.post(`/orders/${order.id}/payments`)).toMatchObject({ status: 502 })
    const payment = await alice.pay(order.id)
    expect((await alice.detail(order.id)).payments.map((one) => one.state)).toEqual(['pending', 'failed'])
    expect(payment.id.slice(30)).toBe('02')
  })

  test('an unpaid order is closed at WeChat first, then here, a minute after it expires', async () => {
    const alice = await signIn(shop, 'alice')
    const order = await alice.order()
    const payment = await alice.pay(order.id)
    await shop.advance(30 * minuteMs)
    expect(await stateOf(payment.id)).toBe('pending')
    await shop.advance(minuteMs)
    await until(async () => (await alice.result(order.id)).result === 'closed')
    expect(await books.events(payment.id)).toEqual([
      'created',
      'registered',
      'closingStarted',
      'closedAtChannel',
    ])
    expect(await books.trades(order.id)).toMatchObject([{ tradeState: 'CLOSED' }])
    expect(await alice.post(`/orders/${order.id}/payments`)).toMatchObject({
      status: 409,
      body: { code: 'order-closed' },
    })
  })

  test('a close that WeChat refuses is tried again until it is proven', async () => {
    const alice = await signIn(shop, 'alice')
    const order = await alice.order()
    const payment = await alice.pay(order.id)
    await weather('close', { error: 'SYSTEM_ERROR' })
    await shop.advance(31 * minuteMs)
    await until(async () => (await stateOf(payment.id)) === 'closing')
    expect((await alice.result(order.id)).result).not.toBe('closed')
    await shop.sandbox.control('/rules', undefined, 'DELETE')
    await shop.advance(2 * minuteMs)
    await until(async () => (await alice.result(order.id)).result === 'closed')
  })

  test('money that came in the last second is found at expiry', async () => {
    await weather('notify', { lose: true })
    await weather('query', { error: 'SYSTEM_ERROR' })
    const alice = await signIn(shop, 'alice')
    const order = await alice.order()
    const payment = await alice.pay(order.id)
    const launch = await alice.launch(payment.id)
    await shop.advance(30 * minuteMs - 5_000)
    expect((await alice.cashier(launch, 'paid')).body.result).toBe('ok')
    await shop.sandbox.control('/rules', undefined, 'DELETE')
    await weather('notify', { lose: true })
    await shop.advance(minuteMs + 5_000)
    await until(async () => (await alice.result(order.id)).result === 'paid')
    expect(await books.trades(order.id)).toMatchObject([{ tradeState: 'SUCCESS' }])
  })

  test('a prepay_id that is too old is renewed with the same bytes and the same number', async () => {
    const alice = await signIn(shop, 'alice')
    const order = await alice.order()
    const payment = await alice.pay(order.id)
    await books.rows(
      `update payments set handle_at = handle_at - interval '111 minutes' where out_trade_no = $1`,
      [payment.id],
    )
    await alice.cashier(await alice.launch(payment.id), 'paid')
    await until(async () => (await alice.result(order.id)).result === 'paid')
    expect(await books.trades(order.id)).toMatchObject([{ outTradeNo: payment.id, prepayCount: 2 }])
  })

  describe('and the customer changes doors', () => {
    const sameCustomerAtBothDoors = async () => {
      const inMini = await signIn(shop, 'alice')
      const inOfficial = await signIn(shop, 'alice', 'official-account')
      const { body } = await inMini.post<BindCode>('/bind-codes')
      await inOfficial.post('/bindings', { code: body.code })
      return { inMini, inOfficial }
    }

    test('the first door’s attempt is closed at WeChat and the second takes the money', async () => {
      const { inMini, inOfficial } = await sameCustomerAtBothDoors()
      const order = await inMini.order()
      const first = await inMini.pay(order.id)
      const second = await inOfficial.pay(order.id)
      expect([first.id.slice(0, 2), second.id.slice(0, 2)]).toEqual(['02', '01'])
      await until(async () => (await stateOf(first.id)) === 'closed')
      await inOfficial.cashier(await inOfficial.launch(second.id), 'paid')
      await until(async () => (await inOfficial.result(order.id)).result === 'paid')
      const states = (await books.trades(order.id)).map((trade) => [trade.outTradeNo, trade.tradeState])
      expect(new Map(states as [string, string][])).toEqual(
        new Map([
          [first.id, 'CLOSED'],
          [second.id, 'SUCCESS'],
        ]),
      )
    })

    test('a first door that was paid meanwhile is found, and the second is not opened', async () => {
      await weather('notify', { lose: true })
      const { inMini, inOfficial } = await sameCustomerAtBothDoors()
      const order = await inMini.order()
      const first = await inMini.pay(order.id)
      await inMini.cashier(await inMini.launch(first.id), 'lost')
      expect(await inOfficial.post(`/orders/${order.id}/payments`)).toMatchObject({
        status: 409,
        body: { code: 'order-paid' },
      })
      expect((await inOfficial.result(order.id)).result).toBe('paid')
      expect(await books.trades(order.id)).toHaveLength(1)
    })

    test('the other door’s payment cannot be launched from here', async () => {
      const { inMini, inOfficial } = await sameCustomerAtBothDoors()
      const first = await inMini.pay((await inMini.order()).id)
      expect(await inOfficial.post(`/payments/${first.id}/launch`)).toMatchObject({
        status: 409,
        body: { code: 'wrong-payer' },
      })
    })

    test('while WeChat refuses to close the first, the second goes on and the first ends later', async () => {
      const { inMini, inOfficial } = await sameCustomerAtBothDoors()
      const order = await inMini.order()
      const first = await inMini.pay(order.id)
      await weather('close', { error: 'SYSTEM_ERROR' })
      const second = await inOfficial.pay(order.id)
      expect(await stateOf(first.id)).toBe('closing')
      expect(await stateOf(second.id)).toBe('pending')
      await shop.sandbox.control('/rules', undefined, 'DELETE')
      await shop.advance(2 * minuteMs)
      await until(async () => (await stateOf(first.id)) === 'closed')
    })
  })
})
