import pg from 'pg'
import { beforeAll, describe, expect, test } from 'vitest'
import type { AlipayLaunch, NativeQrLaunch, PaymentView } from '../../contract/payment.ts'
import { limits } from '../../server/config/limits.ts'
import { settlePayment } from '../../server/payments/settle-payment.ts'
import { expectOk, type ApiAnswer, type ApiClient, type Customer } from '../support/customer.ts'
import { aliceByAccount, moneyStage } from '../support/money-stage.ts'
import { expectProblem } from '../support/problem.ts'
import { atOnce, roundCount } from '../support/rounds.ts'
import { paidTrade } from '../support/trade.ts'
import { until } from '../support/until.ts'
import { visit } from '../support/visitor.ts'

const minuteMs = 60_000

const stage = moneyStage()
let official: Customer
beforeAll(async () => {
  official = await aliceByAccount(stage)
})

const stateOf = async (paymentId: string) => (await stage.books.payment(paymentId)).state
const refusal = async (answer: Promise<ApiAnswer>) => expectProblem(await answer, 409)
const launchCode = async (customer: ApiClient, paymentId: string) =>
  (await refusal(customer.post(`/payments/${paymentId}/launch`))).code
const startCode = async (customer: ApiClient, orderId: string) =>
  (await refusal(customer.post(`/orders/${orderId}/payments`))).code
const readCode = async (customer: ApiClient, paymentId: string) =>
  (await refusal(customer.get(`/payments/${paymentId}`))).code

/** A client of its own, for a transaction that the test holds open. */
async function connect() {
  const client = new pg.Client({ connectionString: stage.shop.databaseUrl })
  await client.connect()
  return client
}

/** Resolves when a statement of this text waits for a lock. */
const lockWait = (statement: string) =>
  until(
    async () =>
      (
        await stage.books.rows(
          `select from pg_stat_activity where wait_event_type = 'Lock' and query like $1 and pid <> pg_backend_pid()`,
          [`%${statement}%`],
        )
      ).length > 0,
  )

/** An attempt of the mini-program that waits for its close, and one of the official account that takes money. */
async function twoAttempts() {
  const order = await stage.alice.order()
  const first = await stage.alice.pay(order.id)
  const launch = await stage.alice.launch(first.id)
  await stage.weather({ api: 'close' }, { dropBefore: true })
  const second = await official.pay(order.id)
  expect(await stateOf(first.id)).toBe('closing')
  return { order, first, launch, second }
}

test('nothing opens the cashier of a payment that makes way for another one at this very moment', async () => {
  const order = await stage.alice.order()
  const { id } = await stage.alice.pay(order.id)
  const other = await connect()
  await other.query('begin')
  await other.query(
    `update payments set state = 'closing', version = version + 1, next_check_at = expires_at where out_trade_no = $1`,
    [id],
  )
  const launching = stage.alice.post(`/payments/${id}/launch`)
  await lockWait('set launched_at')
  await other.query('commit')
  await other.end()
  expect((await refusal(launching)).code).toBe('payment-closed')
})

describe('an order that is paid', () => {
  test('on a PC in the Alipay tab hands out no QR code of its other attempt, which is closed at WeChat', async () => {
    const desk = await visit(stage.shop, '04')
    const order = await desk.order()
    const alipay = await desk.pay(order.id, { collectBy: '06', way: 'alipay-page' })
    const { url } = await expectOk(desk.post<AlipayLaunch>(`/payments/${alipay.id}/launch`))
    await stage.shop.sandbox.control('/pay', { alipayUrl: url, user: 'alice', outcome: 'cancelled' })
    await stage.weather({ api: 'alipay.trade.close' }, { dropBefore: true })
    const byCode = await desk.pay(order.id, { way: 'native-qr' })
    const { codeUrl } = (await desk.launch(byCode.id)) as NativeQrLaunch
    await stage.clearWeather()
    await stage.shop.sandbox.control('/pay', { alipayUrl: url, user: 'alice', outcome: 'paid' })
    await until(async () => (await desk.result(order.id)).result === 'paid')
    expect(await launchCode(desk, byCode.id)).toBe('order-paid')
    expect(await startCode(desk, order.id)).toBe('order-paid')
    expect(await readCode(desk, byCode.id)).toBe('order-paid')
    await until(async () => (await stateOf(byCode.id)) === 'closed')
    const scanned = await stage.shop.sandbox.control('/pay', { codeUrl, user: 'bob' })
    expect(scanned.status).toBe(422)
  })

  test('by an attempt whose close was lost moves the current one to closing in the same transaction', async () => {
    const { order, launch, second } = await twoAttempts()
    await stage.alice.cashier(launch, 'paid')
    await until(async () => (await official.result(order.id)).result === 'paid')
    const steps = await stage.books.rows<{ event: string; at: string }>(
      `select event, at::text from history where order_id = $1 and event in ('paid', 'closingStarted')
       and (subject = 'order' or subject_no = $2)`,
      [order.id, second.id],
    )
    expect(steps.map(({ event }) => event).toSorted()).toEqual(['closingStarted', 'paid'])
    expect(new Set(steps.map(({ at }) => at)).size).toBe(1)
    expect(await stateOf(second.id)).toBe('closing')
    expect(await launchCode(official, second.id)).toBe('order-paid')
    expect(await startCode(official, order.id)).toBe('order-paid')
    await stage.clearWeather()
    await stage.shop.advance(2 * limits.closeRetryMs)
    await until(async () => (await stateOf(second.id)) === 'closed')
    expect((await stage.books.trades(order.id)).map(({ tradeState }) => tradeState).toSorted()).toEqual([
      'CLOSED',
      'SUCCESS',
    ])
  })

  test('at this very moment hands out nothing: a launch waits for the payment and is refused', async () => {
    const { order, second } = await twoAttempts()
    const other = await connect()
    await other.query('begin')
    // What an earlier version of the server does: the order is paid, and its other attempt stays as it was.
    await other.query(`update orders set state = 'paid', paid_at = now() where order_id = $1`, [order.id])
    const launching = official.post(`/payments/${second.id}/launch`)
    await lockWait('set launched_at')
    await other.query('commit')
    expect((await refusal(launching)).code).toBe('order-paid')
    await other.end()
    await stage.clearWeather()
    await stage.shop.advance(6_000)
    // What is left that way is closed at its next check, long before its expiry.
    await until(async () => (await stateOf(second.id)) === 'closed')
  })

  test('launches that race with the payment of the other attempt are refused, or come before it', async () => {
    for (let round = 0; round < roundCount; round += 1) {
      const { order, first, second } = await twoAttempts()
      const trade = paidTrade(stage.alice, first.id, order.totalFen)
      const settling = settlePayment(stage.shop.server.services, trade, { from: 'query' })
      const answers = await atOnce(() => official.post(`/payments/${second.id}/launch`), 10)
      expect(await settling).toBe('applied')
      for (const answer of answers.filter(({ status }) => status !== 200))
        expect(answer).toMatchObject({ status: 409, body: { code: 'order-paid' } })
      const [row] = await stage.books.rows<{ late: boolean }>(
        `select launched_at > (select at from history where order_id = $1 and subject = 'order' and event = 'paid')
           as late from payments where out_trade_no = $2`,
        [order.id, second.id],
      )
      expect(row!.late).not.toBe(true)
      expect(await launchCode(official, second.id)).toBe('order-paid')
      await stage.clearWeather()
    }
  })

  test('while a prepay of the other attempt is under way closes that attempt once the prepay is known', async () => {
    const { order, first, second } = await twoAttempts()
    await stage.books.rows(
      `update payments set handle_at = handle_at - interval '111 minutes' where out_trade_no = $1`,
      [second.id],
    )
    await stage.clearWeather()
    const settled = async () => {
      const trade = paidTrade(stage.alice, first.id, order.totalFen)
      await settlePayment(stage.shop.server.services, trade, { from: 'query' })
    }
    await stage.weather({ api: 'prepay', times: 1 }, { delayMs: 300 })
    const launching = official.post(`/payments/${second.id}/launch`)
    await settled()
    expect((await refusal(launching)).code).toBe('order-paid')
    await until(async () => (await stateOf(second.id)) === 'closed')
    const trades = await stage.books.trades(order.id)
    expect(trades.find(({ outTradeNo }) => outTradeNo === second.id)).toMatchObject({ tradeState: 'CLOSED' })
  })
})

describe('an order that is closed', () => {
  test('hands out nothing of any attempt and says so', async () => {
    const order = await stage.alice.order()
    const { id } = await stage.alice.pay(order.id)
    await stage.shop.advance(limits.orderLifetimeMs + limits.expiryGraceMs)
    await until(async () => (await stage.alice.result(order.id)).result === 'closed')
    expect(await launchCode(stage.alice, id)).toBe('order-closed')
    expect(await startCode(stage.alice, order.id)).toBe('order-closed')
    expect(await refusal(stage.alice.get(`/payments/${id}`))).toMatchObject({
      code: 'order-closed',
      orderId: order.id,
      closure: 'expired',
    })
  })
})

describe('the last minute before an order closes', () => {
  test('takes no new attempt and launches no old one, and says what to do next', async () => {
    const [begun, waiting] = [await stage.alice.order(), await stage.alice.order()]
    const { id } = await stage.alice.pay(begun.id)
    await stage.shop.advance(limits.orderLifetimeMs - minuteMs - 5_000)
    expect((await stage.alice.launch(id)).package).toContain('prepay_id=')
    expect(await stage.alice.result(begun.id)).toMatchObject({ order: { payable: true } })
    const seen = await expectOk(stage.alice.get<PaymentView>(`/payments/${id}`))
    const leftMs = Date.parse(seen.expiresAt) - Date.parse(seen.serverTime)
    expect(leftMs).toBeGreaterThan(minuteMs)
    expect(leftMs).toBeLessThanOrEqual(minuteMs + 5_000)
    await stage.shop.advance(10_000)
    for (const path of [
      `/payments/${id}/launch`,
      `/orders/${begun.id}/payments`,
      `/orders/${waiting.id}/payments`,
    ]) {
      const { code, closure, detail } = await refusal(stage.alice.post(path))
      expect([code, closure]).toEqual(['order-closed', 'last-minute'])
      expect(detail).toMatch(/不到 1 分钟.*再次下单/)
    }
    expect(await stage.alice.detail(waiting.id)).toMatchObject({ state: 'pending', payable: false })
    expect(await stage.books.trades(waiting.id)).toEqual([])
  })

  test('still takes the money of a cashier that was opened before', async () => {
    const order = await stage.alice.order()
    const { id } = await stage.alice.pay(order.id)
    await stage.shop.advance(limits.orderLifetimeMs - minuteMs - 5_000)
    const launch = await stage.alice.launch(id)
    await stage.shop.advance(minuteMs)
    expect((await stage.alice.cashier(launch, 'paid')).body.result).toBe('ok')
    await until(async () => (await stage.alice.result(order.id)).result === 'paid')
  })
})
