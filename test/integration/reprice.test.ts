import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { OperatorOrder } from '../../contract/operator.ts'
import type { Problem } from '../../contract/problem.ts'
import { operatorOrderSchema } from '../../server/http/schemas/operator.ts'
import { openBooks, type Books } from '../support/books.ts'
import { signIn, type Customer } from '../support/customer.ts'
import { operatorOf, paidOrder, type Operator } from '../support/operator.ts'
import { expectProblem } from '../support/problem.ts'
import { openShop, type Shop } from '../support/shop.ts'
import { orderOverMs } from '../support/stock.ts'
import { until } from '../support/until.ts'

let shop: Shop
let books: Books
let alice: Customer
let lin: Operator
beforeAll(async () => {
  shop = await openShop()
  books = await openBooks(shop)
  alice = await signIn(shop, 'alice')
  lin = operatorOf(shop)
})
afterEach(() => shop.sandbox.control('/rules', undefined, 'DELETE'))
afterAll(async () => {
  await books.close()
  await shop.close()
})

const reprice = (orderId: string, totalFen: number, reason = '老顾客') =>
  lin.post<OperatorOrder & Problem>(`/orders/${orderId}/price`, { totalFen, reason })

describe('a new price', () => {
  test('of an order that nobody has begun to pay is what it costs from then on, and says who and why', async () => {
    const order = await alice.order()
    const { status, body } = await reprice(order.id, 9_900)
    expect(status).toBe(200)
    expect(operatorOrderSchema.parse(body).order.totalFen).toBe(9_900)
    expect(body.timeline.at(-1)).toMatchObject({
      event: 'repriced',
      fromState: 'pending',
      toState: 'pending',
      evidence: { by: 'Lin', reason: '老顾客', fromFen: order.totalFen, toFen: 9_900 },
    })
    expect((await alice.pay(order.id)).amountFen).toBe(9_900)
  })

  test('closes the attempt at the old one at WeChat first; the next is another number, and both keep their amounts', async () => {
    const order = await alice.order()
    const old = await alice.pay(order.id)
    const launch = await alice.launch(old.id)
    expect((await reprice(order.id, 9_900)).status).toBe(200)
    expect((await alice.cashier(launch, 'paid')).body).not.toMatchObject({ result: 'paid' })
    const next = await alice.pay(order.id)
    expect(next.id).not.toBe(old.id)
    expect((await lin.order(order.id)).payments).toMatchObject([
      { id: next.id, amountFen: 9_900, state: 'pending' },
      { id: old.id, amountFen: order.totalFen, state: 'closed' },
    ])
    await alice.cashier(await alice.launch(next.id), 'paid')
    await until(async () => (await alice.result(order.id)).result === 'paid')
    expect(await books.events(order.id)).toEqual(['placed', 'repriced', 'paid'])
  })

  test('is refused when the attempt turns out to be paid, and the order stands as paid', async () => {
    await shop.sandbox.control('/rules', { match: { api: 'notify' }, effect: { lose: true } })
    const order = await alice.order()
    const payment = await alice.pay(order.id)
    await alice.cashier(await alice.launch(payment.id), 'paid')
    expect(expectProblem(await reprice(order.id, 9_900), 409).code).toBe('order-paid')
    expect(await alice.detail(order.id)).toMatchObject({ state: 'paid', totalFen: order.totalFen })
  })

  test('leaves money that still comes at the old one to go back by itself, and the order to be paid', async () => {
    await shop.sandbox.control('/rules', { match: { api: 'close' }, effect: { error: 'SYSTEM_ERROR' } })
    const order = await alice.order()
    const old = await alice.pay(order.id)
    const launch = await alice.launch(old.id)
    expect((await reprice(order.id, 9_900)).status).toBe(200)
    await alice.cashier(launch, 'paid')
    await lin.refundsWhen(order.id, ['succeeded'])
    const { order: known, payments, refunds } = await lin.order(order.id)
    expect(known).toMatchObject({ state: 'pending', paying: false, totalFen: 9_900 })
    expect(payments).toMatchObject([{ id: old.id, state: 'paid', kept: false }])
    expect(refunds).toMatchObject([{ origin: 'surplus', amountFen: order.totalFen }])
    expect((await alice.result(order.id)).result).toBe('unpaid')
    await shop.advance(orderOverMs)
    await until(async () => (await alice.detail(order.id)).state === 'closed')
  })

  test('makes the old amount in a message about the new number a mismatch that fulfils nothing', async () => {
    const order = await alice.order()
    await reprice(order.id, 9_900)
    const old = { total: order.totalFen, payer_total: order.totalFen, currency: 'CNY', payer_currency: 'CNY' }
    for (const api of ['notify', 'query'])
      await shop.sandbox.control('/rules', { match: { api }, effect: { alter: { amount: old } } })
    const payment = await alice.pay(order.id)
    await alice.cashier(await alice.launch(payment.id), 'paid')
    await until(
      async () =>
        (
          await books.rows(`select kind from anomalies where kind = 'mismatch' and out_trade_no = $1`, [
            payment.id,
          ])
        ).length > 0,
    )
    expect((await alice.detail(order.id)).state).toBe('pending')
  })

  test('is for unpaid orders, another amount than today’s, and with a reason', async () => {
    const open = await alice.order()
    expectProblem(await reprice(open.id, open.totalFen), 409)
    expectProblem(await reprice(open.id, 0), 400)
    expectProblem(await reprice(open.id, 100_000_001), 400)
    expectProblem(await reprice(open.id, 100, ' '), 400)
    expectProblem(await reprice('0000000000000', 100), 404)
    const { orderId } = await paidOrder(alice)
    expect(expectProblem(await reprice(orderId, 100), 409).code).toBe('order-paid')
    await shop.advance(orderOverMs)
    expect(expectProblem(await reprice(open.id, 100), 409).code).toBe('order-closed')
  })
})
