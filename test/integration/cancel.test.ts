import { beforeAll, describe, expect, test } from 'vitest'
import type { OrderDetail } from '../../contract/order.ts'
import type { AlipayLaunch } from '../../contract/payment.ts'
import { limits } from '../../server/config/limits.ts'
import { closeOrders } from '../../server/orders/close-orders.ts'
import { cancelOrder } from '../../server/payments/cancel-order.ts'
import { settlePayment } from '../../server/payments/settle-payment.ts'
import { expectOk, signIn, type ApiClient, type Customer } from '../support/customer.ts'
import { aliceByAccount, moneyStage } from '../support/money-stage.ts'
import { notify, paidResource, sealed, withNotifier } from '../support/notifier.ts'
import { expectProblem } from '../support/problem.ts'
import { makeRoom } from '../support/room.ts'
import { atOnce, roundCount } from '../support/rounds.ts'
import { orderOverMs, stockOf, type Stock } from '../support/stock.ts'
import { paidTrade } from '../support/trade.ts'
import { until } from '../support/until.ts'
import { visit } from '../support/visitor.ts'

const stage = moneyStage()
let official: Customer
let stock: Stock
beforeAll(async () => {
  await stage.shop.restart(withNotifier)
  official = await aliceByAccount(stage)
  stock = stockOf(stage.books)
})

const cancel = async (customer: ApiClient, orderId: string): Promise<OrderDetail> => {
  // Each test cancels more often than a person does in a minute.
  await stage.books.rows(`delete from rate_counters where purpose like 'cancels%'`)
  return expectOk(customer.post<OrderDetail>(`/orders/${orderId}/cancel`))
}
const deps = () => stage.shop.server.services
/** The server's parts after the order's expiry, so that no sweep of its own takes part. */
const afterExpiry = () => {
  const at = new Date(deps().clock.now().getTime() + orderOverMs)
  return { ...deps(), clock: { now: () => at } }
}
const accountOf = async (orderId: string) =>
  (
    await stage.books.rows<{ id: string }>('select account_id as id from orders where order_id = $1', [
      orderId,
    ])
  )[0]!.id

describe('a buyer who cancels', () => {
  test('closes an order without a payment at once, and its pieces are back', async () => {
    await stock.leave('tin-tea', 5)
    const order = await stage.alice.order('tin-tea', 3)
    expect(order).toMatchObject({ cancelling: false, closedBy: null, cancelAskedAt: null })
    expect(await cancel(stage.alice, order.id)).toMatchObject({
      state: 'closed',
      closedBy: 'buyer',
      cancelling: false,
      payable: false,
    })
    expect(await stock.left('tin-tea')).toBe(5)
    expect(await stage.books.events(order.id)).toEqual(['placed', 'cancelAsked', 'cancelled'])
  })

  test('has every open attempt closed at WeChat first, in the other entry too', async () => {
    const order = await stage.alice.order()
    await stage.weather({ api: 'close' }, { dropBefore: true })
    await stage.alice.launch((await stage.alice.pay(order.id)).id)
    await official.pay(order.id)
    await stage.clearWeather()
    expect((await cancel(official, order.id)).state).toBe('closed')
    expect((await stage.books.trades(order.id)).map(({ tradeState }) => tradeState)).toEqual([
      'CLOSED',
      'CLOSED',
    ])
  })

  test('cancels again and nothing more happens', async () => {
    const order = await stage.alice.order()
    const first = await cancel(stage.alice, order.id)
    expect(await cancel(stage.alice, order.id)).toEqual({ ...first, serverTime: expect.any(String) })
    expect(await stage.books.events(order.id)).toHaveLength(3)
  })

  test('reads that it is being cancelled while a close is unanswered, and nothing can be paid', async () => {
    await stock.leave('tin-tea', 5)
    const order = await stage.alice.order('tin-tea', 2)
    const payment = await stage.alice.pay(order.id)
    await stage.alice.launch(payment.id)
    await stage.weather({ api: 'close' }, { dropBefore: true })
    expect(await cancel(stage.alice, order.id)).toMatchObject({
      state: 'pending',
      cancelling: true,
      payable: false,
    })
    expect(await stock.left('tin-tea')).toBe(3)
    for (const path of [`/orders/${order.id}/payments`, `/payments/${payment.id}/launch`]) {
      const { code, detail, closure } = expectProblem(await stage.alice.post(path), 409)
      expect([code, detail, closure]).toEqual([
        'order-closed',
        expect.stringContaining('正在取消'),
        'cancelling',
      ])
    }
    expectProblem(await stage.lin.post(`/orders/${order.id}/price`, { totalFen: 1, reason: '优惠' }), 409)
    await stage.clearWeather()
    await stage.shop.advance(2 * limits.closeRetryMs)
    await until(async () => (await stage.alice.detail(order.id)).state === 'closed')
    expect(await stage.alice.detail(order.id)).toMatchObject({ closedBy: 'buyer', cancelling: false })
    const gone = expectProblem(await stage.alice.get(`/payments/${payment.id}`), 409)
    expect(gone).toMatchObject({ code: 'order-closed', orderId: order.id, closure: 'cancelled' })
    expect(await stock.left('tin-tea')).toBe(5)
  })

  test('keeps an order that turns out to be paid, and is told so', async () => {
    const order = await stage.alice.order()
    await stage.shop.sandbox.control('/rules', { match: { api: 'notify' }, effect: { dropBefore: true } })
    const payment = await stage.alice.pay(order.id)
    await stage.alice.cashier(await stage.alice.launch(payment.id), 'lost')
    const refused = expectProblem(await stage.alice.post(`/orders/${order.id}/cancel`), 409)
    expect(refused).toMatchObject({ code: 'order-paid', orderId: order.id })
    const paid = await stage.alice.detail(order.id)
    expect(paid).toMatchObject({ state: 'paid', cancelling: false, closedBy: null })
    expect(paid.cancelAskedAt).not.toBeNull()
    expectProblem(await stage.alice.post(`/orders/${order.id}/cancel`), 409)
  })

  test('cannot cancel the order of another customer, nor one that is paid', async () => {
    const order = await stage.alice.order()
    const bob = await signIn(stage.shop, 'bob')
    expectProblem(await bob.post(`/orders/${order.id}/cancel`), 404)
    expect((await stage.alice.detail(order.id)).cancelAskedAt).toBeNull()
  })

  test('waits for an Alipay cashier that may still be opened: the order closes by its expiry at the latest', async () => {
    const desk = await visit(stage.shop, '04')
    const order = await desk.order()
    const alipay = await desk.pay(order.id, { collectBy: '06', way: 'alipay-page' })
    await expectOk(desk.post<AlipayLaunch>(`/payments/${alipay.id}/launch`))
    expect((await cancel(desk, order.id)).cancelling).toBe(true)
    await stage.shop.advance(orderOverMs)
    await until(async () => (await desk.detail(order.id)).state === 'closed')
    expect((await desk.detail(order.id)).closedBy).toBe('buyer')
  })

  test('is slowed down who places and cancels in turns', async () => {
    await stage.books.rows(`delete from rate_counters where purpose like 'cancels%'`)
    const { id } = await stage.alice.order()
    const statuses: number[] = []
    for (let n = 0; n <= limits.cancelsPerMinute; n += 1)
      statuses.push((await stage.alice.post(`/orders/${id}/cancel`)).status)
    expect(statuses).toEqual([...Array(limits.cancelsPerMinute).fill(200), 429])
  })
})

describe('fifty at the same moment', () => {
  const opened = async () => {
    await stock.leave('tin-tea', 5)
    const order = await stage.alice.order('tin-tea', 3)
    return { order, accountId: await accountOf(order.id), payment: await stage.alice.pay(order.id) }
  }

  test('cancelling one order closes it once and gives its pieces back once', async () => {
    for (let round = 0; round < roundCount; round += 1) {
      await makeRoom(stage.books)
      const { order, accountId } = await opened()
      await atOnce(() => cancelOrder(deps(), { accountId, orderId: order.id }), 20)
      expect(await stage.books.events(order.id)).toEqual(['placed', 'cancelAsked', 'cancelled'])
      expect(await stock.left('tin-tea')).toBe(5)
    }
  })

  test('cancelling while its payment is notified: WeChat’s word decides, whoever comes first', async () => {
    for (let round = 0; round < roundCount; round += 1) {
      await makeRoom(stage.books)
      const { order, accountId, payment } = await opened()
      await stage.alice.cashier(await stage.alice.launch(payment.id), 'lost')
      const body = sealed(
        stage.shop,
        paidResource(stage.alice, { id: payment.id, amountFen: order.totalFen }),
      )
      const refusals: unknown[] = []
      await atOnce<unknown>((i) =>
        i % 2
          ? notify(stage.shop, body)
          : cancelOrder(deps(), { accountId, orderId: order.id }).catch((refused) => refusals.push(refused)),
      )
      for (const refused of refusals) expect(refused).toMatchObject({ kind: 'Conflict', code: 'order-paid' })
      expect(await stage.alice.detail(order.id)).toMatchObject({ state: 'paid', closedBy: null })
      expect((await stage.books.events(order.id)).filter((event) => event === 'paid')).toHaveLength(1)
      expect(await stock.held(order.id)).toBe(3)
    }
  })

  test('cancelling while the sweep closes it by expiry: it closes once', async () => {
    for (let round = 0; round < roundCount; round += 1) {
      await makeRoom(stage.books)
      await stock.leave('tin-tea', 5)
      const order = await stage.alice.order('tin-tea', 3)
      const accountId = await accountOf(order.id)
      await atOnce<unknown>((i) =>
        i % 2 ? closeOrders(afterExpiry()) : cancelOrder(deps(), { accountId, orderId: order.id }),
      )
      const steps = await stage.books.events(order.id)
      expect(steps.filter((step) => step === 'cancelled' || step === 'expired')).toHaveLength(1)
      expect((await stage.alice.detail(order.id)).state).toBe('closed')
      expect(await stock.left('tin-tea')).toBe(5)
    }
  })

  test('cancelling while it is started and launched: nothing that was handed out can be paid afterwards', async () => {
    for (let round = 0; round < roundCount; round += 1) {
      await makeRoom(stage.books)
      const { order, accountId, payment } = await opened()
      const answers = await atOnce<unknown>((i) =>
        i % 3 === 0
          ? cancelOrder(deps(), { accountId, orderId: order.id })
          : i % 3 === 1
            ? stage.alice.post(`/payments/${payment.id}/launch`)
            : official.post(`/orders/${order.id}/payments`),
      )
      expect(answers).toHaveLength(50)
      await until(async () => (await stage.alice.detail(order.id)).state === 'closed')
      const trades = await stage.books.trades(order.id)
      expect(new Set(trades.map(({ tradeState }) => tradeState))).toEqual(new Set(['CLOSED']))
      expect(await stock.left('tin-tea')).toBe(5)
    }
  })

  test('cancelling while a query proves the payment: an order that is closed has no paid payment', async () => {
    for (let round = 0; round < roundCount; round += 1) {
      await makeRoom(stage.books)
      const { order, accountId, payment } = await opened()
      const trade = paidTrade(stage.alice, payment.id, order.totalFen)
      await atOnce<unknown>(
        (i) =>
          i % 2
            ? settlePayment(deps(), trade, { from: 'query' })
            : cancelOrder(deps(), { accountId, orderId: order.id }).catch(() => undefined),
        20,
      )
      expect(await stage.alice.detail(order.id)).toMatchObject({ state: 'paid' })
      expect(await stock.held(order.id)).toBe(3)
    }
  })
})
