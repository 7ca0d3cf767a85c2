import { beforeAll, describe, expect, test } from 'vitest'
import type { Problem } from '../../contract/problem.ts'
import { limits } from '../../server/config/limits.ts'
import type { PaymentChannel } from '../../server/payments/payment-channel.ts'
import { queryPayment } from '../../server/payments/query-payment.ts'
import { orderIdOf } from '../../server/shared/id.ts'
import { findPayment } from '../../server/store/payments.ts'
import type { Customer } from '../support/customer.ts'
import { aliceByAccount, moneyStage } from '../support/money-stage.ts'
import { expectProblem } from '../support/problem.ts'
import { until } from '../support/until.ts'

const minuteMs = 60_000

const stage = moneyStage()

describe('when WeChat does not answer as hoped', () => {
  const weather = (api: string, effect: Record<string, unknown>, times?: number) =>
    stage.weather({ api, ...(times ? { times } : {}) }, effect)
  const stateOf = async (paymentId: string) => (await stage.books.payment(paymentId)).state

  test('with every notification lost and nobody asking, the ladder finds the money', async () => {
    await weather('notify', { lose: true })
    const order = await stage.alice.order()
    const payment = await stage.alice.pay(order.id)
    await stage.alice.cashier(await stage.alice.launch(payment.id), 'paid')
    await stage.shop.advance(6_000)
    await until(async () => (await stateOf(payment.id)) === 'paid')
    expect(await stage.books.events(payment.id)).toEqual(['created', 'registered', 'paid'])
  })

  describe('an answer “not paid” that was long on its way', () => {
    /** Asks about a payment and holds the answer back. */
    async function heldQuestion(paymentId: string) {
      const { services } = stage.shop.server
      const [answered, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
      const wechatpay = services.channels.get('wechatpay')!
      const query: PaymentChannel['query'] = async (snapshot) => {
        const trade = await wechatpay.query(snapshot)
        answered.resolve()
        await released.promise
        return trade
      }
      const row = await findPayment(services.db, orderIdOf(paymentId)!, paymentId)
      const channels = new Map(services.channels).set('wechatpay', { ...wechatpay, query })
      const settled = queryPayment({ ...services, channels }, row!)
      await answered.promise
      return () => (released.resolve(), settled)
    }
    /** From now on neither the ladder asks about it, nor a customer: somebody has just asked. */
    const keepFromAsking = (paymentId: string) =>
      stage.books.rows(
        `update payments set asked_at = now() + interval '1 hour', next_check_at = next_check_at + interval '1 hour'
         where out_trade_no = $1`,
        [paymentId],
      )
    const letAsk = (paymentId: string) =>
      stage.books.rows('update payments set asked_at = null where out_trade_no = $1', [paymentId])

    test('proves nothing about a cashier that the customer left meanwhile', async () => {
      const order = await stage.alice.order()
      const { id } = await stage.alice.pay(order.id)
      await keepFromAsking(id)
      await stage.alice.launch(id)
      const arrive = await heldQuestion(id)
      await stage.shop.advance(1_000)
      await stage.alice.check(id, 'cancel')
      await arrive()
      expect((await stage.alice.result(order.id)).result).toBe('checking')
      await letAsk(id)
      await stage.alice.check(id)
      expect((await stage.alice.result(order.id)).result).toBe('unpaid')
    })

    test('proves nothing about a cashier that was opened meanwhile', async () => {
      const { id } = await stage.alice.pay((await stage.alice.order()).id)
      await keepFromAsking(id)
      const arrive = await heldQuestion(id)
      await stage.shop.advance(1_000)
      await stage.alice.launch(id)
      await arrive()
      expect(await stage.books.payment(id)).toMatchObject({ unpaid_since: null, unpaid_at: null })
    })
  })

  test('with every notification lost, the client’s return settles it by one query', async () => {
    await weather('notify', { lose: true })
    const payment = await stage.alice.pay((await stage.alice.order()).id)
    await stage.alice.cashier(await stage.alice.launch(payment.id), 'lost')
    expect((await stage.alice.check(payment.id, 'ok')).state).toBe('paid')
  })

  test.each([
    ['is lost after WeChat acted', { dropAfter: true }],
    ['does not verify', { corruptSignature: true }],
    ['is a signature probe', { signtest: true }],
    ['says that the system is busy', { error: 'SYSTEM_ERROR' }],
  ])('a prepay answer that %s is no failure: the same number works the next time', async (_, effect) => {
    const order = await stage.alice.order()
    await weather('prepay', effect)
    const refused = await stage.alice.post<Problem>(`/orders/${order.id}/payments`)
    expect(refused).toMatchObject({ status: 504, body: { type: '/problems/channel-unknown' } })
    await stage.clearWeather()
    const payment = await stage.alice.pay(order.id)
    expect((await stage.alice.detail(order.id)).payments).toHaveLength(1)
    await stage.alice.cashier(await stage.alice.launch(payment.id), 'paid')
    await until(async () => (await stage.alice.result(order.id)).result === 'paid')
    expect(await stage.books.trades(order.id)).toMatchObject([
      { outTradeNo: payment.id, tradeState: 'SUCCESS' },
    ])
  })

  test('a definite refusal of prepay fails that attempt, and the next one has a number of its own', async () => {
    const order = await stage.alice.order()
    await weather('prepay', { error: 'NO_AUTH' }, 1)
    expect(await stage.alice.post(`/orders/${order.id}/payments`)).toMatchObject({ status: 502 })
    const payment = await stage.alice.pay(order.id)
    expect((await stage.alice.detail(order.id)).payments.map((one) => one.state)).toEqual([
      'pending',
      'failed',
    ])
    expect(payment.id.slice(30)).toBe('02')
  })

  test('WeChat is asked once about an attempt that was never launched, and by the ladder after a launch', async () => {
    const payment = await stage.alice.pay((await stage.alice.order()).id)
    const nextCheck = async () => {
      const [row] = await stage.books.rows<{ inMs: number }>(
        `select extract(epoch from next_check_at - expires_at) * 1000 as "inMs" from payments where out_trade_no = $1`,
        [payment.id],
      )
      return Number(row!.inMs)
    }
    await stage.shop.advance(6_000)
    await until(async () => (await nextCheck()) === limits.expiryGraceMs)
    await stage.alice.launch(payment.id)
    expect(await nextCheck()).toBeLessThan(-limits.orderLifetimeMs + 60_000)
    await stage.shop.advance(6_000)
    await until(async () => (await nextCheck()) > -limits.orderLifetimeMs + 25_000)
  })

  test('a refused repeat of a prepay whose answer was lost fails nothing: the attempt is closed at WeChat', async () => {
    const order = await stage.alice.order()
    // A kept connection breaks after WeChat has taken the prepay, and the repeat, at once or by the next tap, is refused.
    await stage.weather({ api: 'prepay', nth: 1 }, { dropAfter: true })
    await stage.weather({ api: 'prepay', nth: 2 }, { error: 'NO_AUTH' })
    const tap = () => stage.alice.post(`/orders/${order.id}/payments`)
    let answer = await tap()
    if (answer.status === 504) answer = await tap()
    expect(answer).toMatchObject({ status: 502 })
    const { id } = (await stage.alice.detail(order.id)).payments[0]!
    expect(await stage.books.events(id)).not.toContain('refused')
    await until(async () => (await stateOf(id)) === 'closed')
    expect(await stage.books.trades(order.id)).toMatchObject([{ outTradeNo: id, tradeState: 'CLOSED' }])
    const next = await stage.alice.pay(order.id)
    await stage.alice.cashier(await stage.alice.launch(next.id), 'paid')
    await until(async () => (await stage.alice.result(order.id)).result === 'paid')
  })

  test('an unpaid order is closed at WeChat first, then here, a minute after it expires', async () => {
    const order = await stage.alice.order()
    const payment = await stage.alice.pay(order.id)
    await stage.shop.advance(30 * minuteMs)
    expect(await stateOf(payment.id)).toBe('pending')
    await stage.shop.advance(minuteMs)
    await until(async () => (await stage.alice.result(order.id)).result === 'closed')
    expect(await stage.books.events(payment.id)).toEqual([
      'created',
      'registered',
      'closingStarted',
      'closedAtChannel',
    ])
    expect(await stage.books.trades(order.id)).toMatchObject([{ tradeState: 'CLOSED' }])
    expect(await stage.alice.post(`/orders/${order.id}/payments`)).toMatchObject({
      status: 409,
      body: { code: 'order-closed' },
    })
  })

  test('a close that WeChat refuses is tried again until it is proven', async () => {
    const order = await stage.alice.order()
    const payment = await stage.alice.pay(order.id)
    await weather('close', { error: 'SYSTEM_ERROR' })
    await stage.shop.advance(31 * minuteMs)
    await until(async () => (await stateOf(payment.id)) === 'closing')
    expect((await stage.alice.result(order.id)).result).not.toBe('closed')
    await stage.clearWeather()
    await stage.shop.advance(2 * minuteMs)
    await until(async () => (await stage.alice.result(order.id)).result === 'closed')
  })

  test('money that came in the last second is found at expiry', async () => {
    await weather('notify', { lose: true })
    await weather('query', { error: 'SYSTEM_ERROR' })
    const order = await stage.alice.order()
    const payment = await stage.alice.pay(order.id)
    const launch = await stage.alice.launch(payment.id)
    await stage.shop.advance(30 * minuteMs - 5_000)
    expect((await stage.alice.cashier(launch, 'paid')).body.result).toBe('ok')
    await stage.clearWeather()
    await weather('notify', { lose: true })
    await stage.shop.advance(minuteMs + 5_000)
    await until(async () => (await stage.alice.result(order.id)).result === 'paid')
    expect(await stage.books.trades(order.id)).toMatchObject([{ tradeState: 'SUCCESS' }])
  })

  test('a prepay_id that is too old is renewed with the same bytes and the same number', async () => {
    const order = await stage.alice.order()
    const payment = await stage.alice.pay(order.id)
    await stage.books.rows(
      `update payments set handle_at = handle_at - interval '111 minutes' where out_trade_no = $1`,
      [payment.id],
    )
    await stage.alice.cashier(await stage.alice.launch(payment.id), 'paid')
    await until(async () => (await stage.alice.result(order.id)).result === 'paid')
    expect(await stage.books.trades(order.id)).toMatchObject([{ outTradeNo: payment.id, prepayCount: 2 }])
  })

  describe('and the customer changes doors', () => {
    let official: Customer
    beforeAll(async () => {
      official = await aliceByAccount(stage)
    })

    test('the first door’s attempt is closed at WeChat and the second takes the money', async () => {
      const order = await stage.alice.order()
      const first = await stage.alice.pay(order.id)
      const second = await official.pay(order.id)
      expect([first.id.slice(0, 2), second.id.slice(0, 2)]).toEqual(['02', '01'])
      await until(async () => (await stateOf(first.id)) === 'closed')
      await official.cashier(await official.launch(second.id), 'paid')
      await until(async () => (await official.result(order.id)).result === 'paid')
      const states = (await stage.books.trades(order.id)).map((trade) => [trade.outTradeNo, trade.tradeState])
      expect(new Map(states as [string, string][])).toEqual(
        new Map([
          [first.id, 'CLOSED'],
          [second.id, 'SUCCESS'],
        ]),
      )
    })

    test('a first door that was paid meanwhile is found, and the second is not opened', async () => {
      await weather('notify', { lose: true })
      const order = await stage.alice.order()
      const first = await stage.alice.pay(order.id)
      await stage.alice.cashier(await stage.alice.launch(first.id), 'lost')
      expect(await official.post(`/orders/${order.id}/payments`)).toMatchObject({
        status: 409,
        body: { code: 'order-paid' },
      })
      expect((await official.result(order.id)).result).toBe('paid')
      expect(await stage.books.trades(order.id)).toHaveLength(1)
    })

    test('the other door’s payment cannot be launched from here', async () => {
      const first = await stage.alice.pay((await stage.alice.order()).id)
      expect(await official.post(`/payments/${first.id}/launch`)).toMatchObject({
        status: 409,
        body: { code: 'wrong-payer' },
      })
    })

    test('and nobody knows whether the first is paid, the result says so although the second came to nothing', async () => {
      const order = await stage.alice.order()
      const first = await stage.alice.pay(order.id)
      const launch = await stage.alice.launch(first.id)
      for (const api of ['query', 'close', 'notify'])
        await weather(api, api === 'notify' ? { lose: true } : { error: 'SYSTEM_ERROR' })
      await stage.alice.cashier(launch, 'lost')
      await weather('prepay', { error: 'NO_AUTH' }, 1)
      expect(await official.post(`/orders/${order.id}/payments`)).toMatchObject({ status: 502 })
      const { result, askAgainMs } = await official.result(order.id)
      expect([result, askAgainMs]).toEqual(['checking', expect.any(Number)])
      await stage.clearWeather()
      await stage.shop.advance(2 * minuteMs)
      await until(async () => (await official.result(order.id)).result === 'paid')
    })

    test('without end, is told to order anew, and the attempt that is open stays good', async () => {
      const order = await stage.alice.order()
      const { id } = await stage.alice.pay(order.id)
      await stage.books.rows('update orders set payment_count = $2 where order_id = $1', [
        order.id,
        limits.attemptsOfOrderCount,
      ])
      expectProblem(await official.post<Problem>(`/orders/${order.id}/payments`), 409)
      expect((await stage.alice.pay(order.id)).id).toBe(id)
    })

    test('while WeChat refuses to close the first, the second goes on and the first ends later', async () => {
      const order = await stage.alice.order()
      const first = await stage.alice.pay(order.id)
      await weather('close', { error: 'SYSTEM_ERROR' })
      const second = await official.pay(order.id)
      expect(await stateOf(first.id)).toBe('closing')
      expect(await stateOf(second.id)).toBe('pending')
      await stage.clearWeather()
      await stage.shop.advance(2 * minuteMs)
      await until(async () => (await stateOf(first.id)) === 'closed')
    })
  })
})
