import { describe, expect, test } from 'vitest'
import type { OperatorOrder } from '../../contract/operator.ts'
import type { Problem } from '../../contract/problem.ts'
import { operatorOrderSchema } from '../../server/http/schemas/operator.ts'
import { paidOrder } from '../support/operator.ts'
import { moneyStage } from '../support/money-stage.ts'
import { expectProblem } from '../support/problem.ts'
import { orderOverMs } from '../support/stock.ts'
import { until } from '../support/until.ts'

const stage = moneyStage()

const reprice = (orderId: string, totalFen: number, reason = '老顾客') =>
  stage.lin.post<OperatorOrder & Problem>(`/orders/${orderId}/price`, { totalFen, reason })

describe('a new price', () => {
  test('of an order that nobody has begun to pay is what it costs from then on, and says who and why', async () => {
    const order = await stage.alice.order()
    const { status, body } = await reprice(order.id, 9_900)
    expect(status).toBe(200)
    expect(operatorOrderSchema.parse(body).order.totalFen).toBe(9_900)
    expect(body.timeline.at(-1)).toMatchObject({
      event: 'repriced',
      fromState: 'pending',
      toState: 'pending',
      evidence: { by: 'Lin', reason: '老顾客', fromFen: order.totalFen, toFen: 9_900 },
    })
    expect((await stage.alice.pay(order.id)).amountFen).toBe(9_900)
    expect((await stage.alice.detail(order.id)).priceChanges).toEqual([
      { at: expect.any(String), fromFen: order.totalFen, toFen: 9_900 },
    ])
  })

  test('closes the attempt at the old one at WeChat first; the next is another number, and both keep their amounts', async () => {
    const order = await stage.alice.order()
    const old = await stage.alice.pay(order.id)
    const launch = await stage.alice.launch(old.id)
    expect((await reprice(order.id, 9_900)).status).toBe(200)
    expect((await stage.alice.cashier(launch, 'paid')).body).not.toMatchObject({ result: 'paid' })
    const next = await stage.alice.pay(order.id)
    expect(next.id).not.toBe(old.id)
    expect((await stage.lin.order(order.id)).payments).toMatchObject([
      { id: next.id, amountFen: 9_900, state: 'pending' },
      { id: old.id, amountFen: order.totalFen, state: 'closed' },
    ])
    await stage.alice.cashier(await stage.alice.launch(next.id), 'paid')
    await until(async () => (await stage.alice.result(order.id)).result === 'paid')
    expect(await stage.books.events(order.id)).toEqual(['placed', 'repriced', 'paid'])
  })

  test('is refused when the attempt turns out to be paid, and the order stands as paid', async () => {
    await stage.weather({ api: 'notify' }, { lose: true })
    const order = await stage.alice.order()
    const payment = await stage.alice.pay(order.id)
    await stage.alice.cashier(await stage.alice.launch(payment.id), 'paid')
    expect(expectProblem(await reprice(order.id, 9_900), 409).code).toBe('order-paid')
    expect(await stage.alice.detail(order.id)).toMatchObject({ state: 'paid', totalFen: order.totalFen })
  })

  test('leaves money that still comes at the old one to go back by itself, and the order to be paid', async () => {
    await stage.weather({ api: 'close' }, { error: 'SYSTEM_ERROR' })
    const order = await stage.alice.order()
    const old = await stage.alice.pay(order.id)
    const launch = await stage.alice.launch(old.id)
    expect((await reprice(order.id, 9_900)).status).toBe(200)
    await stage.alice.cashier(launch, 'paid')
    await stage.lin.refundsWhen(order.id, ['succeeded'])
    const { order: known, payments, refunds } = await stage.lin.order(order.id)
    expect(known).toMatchObject({ state: 'pending', paying: false, totalFen: 9_900 })
    expect(payments).toMatchObject([{ id: old.id, state: 'paid', kept: false }])
    // It stands on the customer's bill: nobody has paid twice.
    const reason = expect.stringContaining('改价')
    expect(refunds).toMatchObject([{ origin: 'surplus', amountFen: order.totalFen, reason }])
    expect((await stage.alice.result(order.id)).result).toBe('unpaid')
    await stage.shop.advance(orderOverMs)
    await until(async () => (await stage.alice.detail(order.id)).state === 'closed')
  })

  test('makes the old amount in a message about the new number a mismatch that fulfils nothing', async () => {
    const order = await stage.alice.order()
    await reprice(order.id, 9_900)
    const old = { total: order.totalFen, payer_total: order.totalFen, currency: 'CNY', payer_currency: 'CNY' }
    for (const api of ['notify', 'query']) await stage.weather({ api }, { alter: { amount: old } })
    const payment = await stage.alice.pay(order.id)
    await stage.alice.cashier(await stage.alice.launch(payment.id), 'paid')
    await until(
      async () =>
        (
          await stage.books.rows(`select kind from anomalies where kind = 'mismatch' and out_trade_no = $1`, [
            payment.id,
          ])
        ).length > 0,
    )
    expect((await stage.alice.detail(order.id)).state).toBe('pending')
  })

  test('is for unpaid orders, another amount than today’s, and with a reason', async () => {
    const open = await stage.alice.order()
    expectProblem(await reprice(open.id, open.totalFen), 409)
    expectProblem(await reprice(open.id, 0), 400)
    expectProblem(await reprice(open.id, 100_000_001), 400)
    expectProblem(await reprice(open.id, 100, ' '), 400)
    expectProblem(await reprice('0000000000000', 100), 404)
    const { orderId } = await paidOrder(stage.alice)
    expect(expectProblem(await reprice(orderId, 100), 409).code).toBe('order-paid')
    await stage.shop.advance(orderOverMs)
    expect(expectProblem(await reprice(open.id, 100), 409).code).toBe('order-closed')
  })
})
