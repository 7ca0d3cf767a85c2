import { beforeAll, describe, expect, test } from 'vitest'
import type { Order } from '../../contract/order.ts'
import type { Problem } from '../../contract/problem.ts'
import type { ProductList } from '../../contract/product.ts'
import { limits } from '../../server/config/limits.ts'
import { newKey, signIn, statusesOf, type ApiAnswer, type ApiClient } from '../support/customer.ts'
import { whileHeld } from '../support/held-lock.ts'
import { moneyStage } from '../support/money-stage.ts'
import { paidOrder } from '../support/operator.ts'
import { expectProblem } from '../support/problem.ts'
import { atOnce, CROWD } from '../support/rounds.ts'
import { stockOf, type Stock } from '../support/stock.ts'
import { visit } from '../support/visitor.ts'

const stage = moneyStage({ behindProxy: true })
let stock: Stock
beforeAll(() => {
  stock = stockOf(stage.books)
})

const place = (who: ApiClient, productId: string, quantity = 1, key = newKey()): Promise<ApiAnswer<Order>> =>
  who.post<Order>('/orders', { lines: [{ productId, quantity }] }, key)
const count = (answers: ApiAnswer[], status: number) =>
  statusesOf(answers).filter((one) => one === status).length
const known = async (name: string) => signIn(stage.shop, await stage.shop.sandbox.addUser(name))
const browsers = (network: string, howMany: number) =>
  Promise.all(Array.from({ length: howMany }, (_, i) => visit(stage.shop, '03', `${network}.${i + 1}`)))
/** A refusal of what is unpaid: it says so, and when to come again. */
const isTooMuch = (answer: ApiAnswer, code = 'too-many-unpaid') => {
  expect(expectProblem(answer as ApiAnswer<Problem>, 409).code).toBe(code)
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
}

describe('browsers that nobody signed in at', () => {
  test('hold a fifth of what is left from one network, and everybody else buys the rest', async () => {
    await stock.leave('cup-celadon', 1_000)
    const crowd = await browsers('198.51.100', 20)
    const answers = await atOnce((i) => place(crowd[i % crowd.length]!, 'cup-celadon', 20))
    expect(count(answers, 201)).toBe(10)
    for (const answer of answers.filter(({ status }) => status !== 201)) isTooMuch(answer)
    expect(await stock.left('cup-celadon')).toBe(800)
    const [elsewhere] = await browsers('192.0.2', 1)
    expect((await place(elsewhere!, 'cup-celadon', 20)).status).toBe(201)
    expect((await place(stage.alice, 'cup-celadon', 20)).status).toBe(201)
  })

  test('hold no more of it by addresses of one IPv6 network, and may buy ten where little is left', async () => {
    await stock.leave('tin-tea', 20)
    const addresses = Array.from({ length: 12 }, (_, i) => `2001:db8:7:7::${i + 1}`)
    const answers: ApiAnswer[] = []
    for (const address of addresses)
      answers.push(await place(await visit(stage.shop, '04', address), 'tin-tea'))
    expect(count(answers, 201)).toBe(10)
    expect(await stock.left('tin-tea')).toBe(10)
  })

  test('hold two fifths of it from one IPv6 site, however many of its networks they use', async () => {
    await stock.leave('cup-celadon', 1_000)
    for (let network = 1; network <= 6; network += 1) {
      const browser = await visit(stage.shop, '03', `2001:db8:48:${network}::1`)
      for (const quantity of [99, 60]) await place(browser, 'cup-celadon', quantity)
    }
    expect(await stock.left('cup-celadon')).toBeGreaterThanOrEqual(600)
    isTooMuch(await place(await visit(stage.shop, '03', '2001:db8:48:9::1'), 'cup-celadon', 99))
    const elsewhere = await visit(stage.shop, '03', '2001:db8:49::1')
    expect((await place(elsewhere, 'cup-celadon', 99)).status).toBe(201)
  })

  test('hold so many pieces each, of whatever they are', async () => {
    await stage.books.rows(`update products set stock = held + 10000 where stock is not null`)
    const [one] = await browsers('198.51.101', 1)
    const answers = [await place(one!, 'cup-celadon', 99), await place(one!, 'tin-tea', 99)]
    expect(statusesOf(answers)).toEqual([201, 201])
    isTooMuch(await place(one!, 'tin-tea', 3))
    expect((await place(one!, 'tin-tea', 2)).status).toBe(201)
  })

  test('have so many unpaid orders from one network, though each order is a new account’s', async () => {
    const [one] = await browsers('198.51.102', 1)
    const { id } = (await place(one!, 'tea-puer')).body
    // As if the others of the network had ordered; placing them takes longer than the rule needs.
    await stage.books.rows(
      `insert into orders select (jsonb_populate_record(o, jsonb_build_object('order_id', lpad(n::text, 13, '0')))).*
       from orders o, generate_series(2, $2::int) n where o.order_id = $1`,
      [id, limits.unpaidOrdersOfNetworkCount - 1],
    )
    await stage.books.rows(
      `update orders set account_id = $1 where placed_from = '198.51.102.0/24' and order_id like '0000%'`,
      [(await stage.books.rows<{ id: string }>('select id from accounts limit 1'))[0]!.id],
    )
    expect((await place((await browsers('198.51.102', 2))[1]!, 'tea-puer')).status).toBe(201)
    isTooMuch(await place((await browsers('198.51.102', 3))[2]!, 'tea-puer'))
    const [elsewhere] = await browsers('198.51.103', 1)
    expect((await place(elsewhere!, 'tea-puer')).status).toBe(201)
    await stage.books.rows(`delete from orders where order_id like '0000%'`)
  })
})

describe('an account', () => {
  test('has so many unpaid orders, however many it places at once; a repeat of one is answered', async () => {
    const carol = await known('carol')
    await stock.leave('tin-tea', 1_000)
    const keys = Array.from({ length: limits.unpaidOrdersCount }, () => newKey())
    for (const key of keys) expect((await place(carol, 'tea-puer', 1, key)).status).toBe(201)
    const answers = await atOnce(() => place(carol, 'tea-puer'))
    expect(count(answers, 409)).toBe(CROWD)
    isTooMuch(answers[0]!)
    isTooMuch(await place(carol, 'tin-tea'))
    expect((await place(carol, 'tea-puer', 1, keys[0])).status).toBe(200)
    const rows = await stage.books.rows('select from orders where account_id = $1', [
      await accountOf(carol.openid),
    ])
    expect(rows).toHaveLength(limits.unpaidOrdersCount)
  })

  test('passes the cap by no more than the statements that run at once', async () => {
    const ivan = await known('ivan')
    const answers = await atOnce(() => place(ivan, 'tea-puer'), 100)
    expect(count(answers, 201)).toBeGreaterThanOrEqual(limits.unpaidOrdersCount)
    expect(count(answers, 201)).toBeLessThanOrEqual(limits.unpaidOrdersCount + limits.databaseConnectionCount)
  })

  test('starts so many attempts to pay, in all its unpaid orders together', async () => {
    const dave = await known('dave')
    const order = await dave.order('tea-puer')
    await stage.books.rows('update orders set payment_count = $2 where order_id = $1', [
      (await dave.order('tea-puer')).id,
      limits.attemptsOfAccountCount,
    ])
    isTooMuch(await dave.post(`/orders/${order.id}/payments`))
    expect(await stage.books.trades(order.id)).toEqual([])
  })
})

describe('orders that were cancelled', () => {
  const attemptsOf = (orderId: string, count: number) =>
    stage.books.rows('update orders set payment_count = $2 where order_id = $1', [orderId, count])

  test('keep counting their attempts to pay for as long as an order lives', async () => {
    const judy = await known('judy')
    const cancelled = await judy.order('tea-puer')
    await attemptsOf(cancelled.id, limits.attemptsOfAccountCount)
    expect((await judy.post(`/orders/${cancelled.id}/cancel`)).status).toBe(200)
    const order = await judy.order('tea-puer')
    isTooMuch(await judy.post(`/orders/${order.id}/payments`))
    expect(await stage.books.trades(order.id)).toEqual([])
    await stage.books.rows(
      `update orders set created_at = created_at - $2 * interval '1 millisecond' where order_id = $1`,
      [cancelled.id, limits.orderLifetimeMs + limits.expiryGraceMs],
    )
    expect((await judy.post(`/orders/${order.id}/payments`)).status).toBe(200)
  })

  test('of the browsers of a network too', async () => {
    const [one, other] = await browsers('198.51.104', 2)
    for (const count of [limits.attemptsOfNetworkCount / 2, limits.attemptsOfNetworkCount / 2]) {
      const cancelled = await one!.order('tea-puer')
      await attemptsOf(cancelled.id, count)
      expect((await one!.post(`/orders/${cancelled.id}/cancel`)).status).toBe(200)
    }
    const order = await other!.order('tea-puer')
    isTooMuch(await other!.post(`/orders/${order.id}/payments`))
    const [elsewhere] = await browsers('198.51.105', 1)
    expect(
      (await elsewhere!.post(`/orders/${(await elsewhere!.order('tea-puer')).id}/payments`)).status,
    ).toBe(200)
  })
})

const accountOf = async (openid: string) =>
  (
    await stage.books.rows<{ account_id: string }>('select account_id from identities where openid = $1', [
      openid,
    ])
  )[0]!.account_id

describe('a purchase limit', () => {
  test('of a product holds for one account, of fifty orders at once, unpaid and paid together', async () => {
    await stage.books.rows(`update products set purchase_limit = 3, stock = null where id = 'gift-spring'`)
    const { products } = (await stage.alice.get<ProductList>('/products')).body
    expect(products.find(({ id }) => id === 'gift-spring')).toMatchObject({
      piecesLeft: null,
      purchaseLimit: 3,
    })
    const erin = await known('erin')
    await paidOrder(erin, 'gift-spring', 1)
    const answers = await atOnce(() => place(erin, 'gift-spring'))
    expect(count(answers, 201)).toBe(2)
    const refused = answers.find(({ status }) => status === 409) as ApiAnswer<unknown> as ApiAnswer<Problem>
    expect(refused.body).toMatchObject({
      code: 'purchase-limit',
      detail: expect.stringContaining('限购 3 件'),
      errors: [{ path: 'lines.0.quantity', message: '每人限购 3 件（含已下单的）' }],
    })
    expect((await place(await known('frank'), 'gift-spring', 3)).status).toBe(201)
    expect((await place(await known('grace'), 'gift-spring', 4)).body).toMatchObject({
      code: 'purchase-limit',
    })
  })

  test('is counted by one order of an account after the other, however long the first one takes', async () => {
    await stage.books.rows(
      `update products set purchase_limit = 1, stock = held + 10 where id = 'gift-spring'`,
    )
    const judy = await known('judy')
    const answers = await whileHeld(
      stage.shop.databaseUrl,
      { statement: `select from products where id = $1 for update`, values: ['gift-spring'], waiters: 2 },
      () => atOnce(() => place(judy, 'gift-spring'), 2),
    )
    expect(statusesOf(answers)).toEqual([201, 409])
    await stage.books.rows(`update products set purchase_limit = 3, stock = null where id = 'gift-spring'`)
  })

  test('counts no order that was closed, and none whose money went back', async () => {
    const heidi = await known('heidi')
    const { orderId } = await paidOrder(heidi, 'gift-spring', 3)
    expect((await place(heidi, 'gift-spring')).status).toBe(409)
    await stage.lin.refund(orderId)
    await stage.lin.refundsWhen(orderId, ['succeeded'])
    const { id } = await heidi.order('gift-spring', 3)
    await stage.books.rows(`update orders set state = 'closed', closed_at = now() where order_id = $1`, [id])
    expect((await place(heidi, 'gift-spring', 3)).status).toBe(201)
  })
})
