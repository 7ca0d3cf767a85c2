import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { AnomalyPage, ProductStock } from '../../contract/operator.ts'
import type { Order, Quote } from '../../contract/order.ts'
import type { Problem } from '../../contract/problem.ts'
import type { ProductList } from '../../contract/product.ts'
import { loadCatalogue } from '../../server/catalog/product.ts'
import { limits } from '../../server/config/limits.ts'
import { productStockSchema } from '../../server/http/schemas/operator.ts'
import { settlePayment } from '../../server/payments/settle-payment.ts'
import { newKey, signIn } from '../support/customer.ts'
import { paidOrder } from '../support/operator.ts'
import { moneyStage } from '../support/money-stage.ts'
import { expectProblem } from '../support/problem.ts'
import { orderOverMs, stockOf, type Stock } from '../support/stock.ts'
import { closedTrade, paidTrade } from '../support/trade.ts'
import { until } from '../support/until.ts'

const minuteMs = 60_000

const stage = moneyStage()
let stock: Stock
beforeAll(() => {
  stock = stockOf(stage.books)
})

const product = 'tin-tea'
const place = (productId: string, quantity: number, key = newKey()) =>
  stage.alice.post<Order & Problem>('/orders', { lines: [{ productId, quantity }] }, key)
const closed = (orderId: string) => until(async () => (await stage.alice.detail(orderId)).state === 'closed')

describe('what is limited', () => {
  test('is shown with what is left of it, in the catalogue and in a quote', async () => {
    await stock.leave(product, 7)
    await place(product, 2)
    const { products } = (await stage.alice.get<ProductList>('/products')).body
    expect(products.find(({ id }) => id === product)?.piecesLeft).toBe(5)
    expect(products.find(({ id }) => id === 'tea-puer')?.piecesLeft).toBeNull()
    const lines = [{ productId: product, quantity: 9 }]
    expect((await stage.alice.post<Quote>('/quotes', { lines })).body.lines[0]!.piecesLeft).toBe(5)
  })

  test('is refused with what there is, and the same key places the order when there is enough', async () => {
    await stock.leave(product, 3)
    const key = newKey()
    const short = expectProblem(await place(product, 4, key), 409)
    expect(short).toMatchObject({ code: 'out-of-stock', detail: expect.stringContaining('只剩 3 件') })
    expect(short.errors).toEqual([{ path: 'lines.0.quantity', message: '只剩 3 件' }])
    expect(await stock.left(product)).toBe(3)
    await stock.leave(product, 4)
    const first = await place(product, 4, key)
    expect(first.status).toBe(201)
    expect(expectProblem(await place(product, 1), 409).detail).toContain('已售罄')
    const again = await place(product, 4, key)
    expect([again.status, again.body.id]).toEqual([200, first.body.id])
    expect(await stock.left(product)).toBe(0)
  })

  test('is all or nothing: an order that lacks one product takes nothing of the others', async () => {
    await stock.leave(product, 5)
    await stock.leave('cup-celadon', 0)
    const lines = [product, 'cup-celadon'].map((productId) => ({ productId, quantity: 1 }))
    expectProblem(await stage.alice.post<Problem>('/orders', { lines }, newKey()), 409)
    expect(await stock.left(product)).toBe(5)
  })

  test('is held by so many unpaid orders of one person; who pays one may place the next', async () => {
    const most = limits.unpaidHoldingOrdersCount
    await stock.leave(product, most + 2)
    const bob = await signIn(stage.shop, 'bob')
    const orders: Order[] = []
    while (orders.length < most) orders.push(await bob.order(product, 1))
    const [key, lines] = [newKey(), [{ productId: product, quantity: 1 }]]
    const refused = expectProblem(await bob.post<Problem>('/orders', { lines }, key), 409)
    expect(refused).toMatchObject({
      code: 'too-many-unpaid',
      detail: expect.stringContaining(`${most} 个订单`),
    })
    expect(await stock.left(product)).toBe(2)
    expect(
      (await bob.post('/orders', { lines: [{ productId: 'tea-puer', quantity: 1 }] }, newKey())).status,
    ).toBe(201)
    expect((await place(product, 1)).status).toBe(201)
    const payment = await bob.pay(orders[0]!.id)
    await settlePayment(stage.shop.server.services, paidTrade(bob, payment.id, orders[0]!.totalFen), {
      from: 'query',
    })
    expect((await bob.post('/orders', { lines }, key)).status).toBe(201)
  })

  test('never goes below nothing, whatever is written', async () => {
    await stock.leave(product, 5)
    const order = await stage.alice.order(product, 2)
    const write = (text: string) => stage.books.rows(text)
    await expect(write(`update products set held = stock + 1 where id = '${product}'`)).rejects.toThrow(
      'held_within_stock',
    )
    await expect(write(`update products set held = -1 where id = '${product}'`)).rejects.toThrow('held_check')
    await expect(write(`update order_lines set held = 3 where order_id = '${order.id}'`)).rejects.toThrow(
      'held_within_line',
    )
  })
})

describe('pieces', () => {
  test('come back when the order closes unpaid, and stay with one that is paid', async () => {
    const product = 'cake-osmanthus'
    await stock.leave(product, 5)
    const unpaid = await stage.alice.order(product, 1)
    const { orderId } = await paidOrder(stage.alice, product, 2)
    expect(await stock.left(product)).toBe(2)
    await stage.shop.advance(orderOverMs)
    await closed(unpaid.id)
    expect(await stock.left(product)).toBe(3)
    expect(await stock.held(orderId)).toBe(2)
  })

  test('are taken again by an order that was paid after it had closed', async () => {
    const product = 'pot-zisha'
    await stock.leave(product, 5)
    const order = await paidAfterClosing(product, 2)
    expect(await stock.held(order)).toBe(2)
    expect(await stock.left(product)).toBe(3)
  })

  test('that are gone by then are an operator’s task, and the order stands', async () => {
    const product = 'snack-walnut'
    await stock.leave(product, 5)
    const order = await paidAfterClosing(product, 2, () => stock.leave(product, 1))
    expect(await stock.held(order)).toBe(1)
    expect(await stock.left(product)).toBe(0)
    const { body } = await stage.lin.get<AnomalyPage>('/anomalies')
    const anomaly = body.anomalies.find(({ orderId }) => orderId === order)
    expect(anomaly).toMatchObject({
      kind: 'out-of-stock',
      particulars: { missing: [{ productId: product, pieces: 1 }] },
      actions: ['dismiss'],
    })
    const wish = { action: 'dismiss', note: '已补货' }
    expect((await stage.lin.post(`/anomalies/${anomaly!.id}/actions`, wish)).status).toBe(200)
  })

  test('come back once, when the last part of the money has gone back', async () => {
    const product = 'towel-tea'
    await stock.leave(product, 5)
    const { orderId, totalFen } = await paidOrder(stage.alice, product, 2)
    await stage.lin.refund(orderId, { amountFen: 100 })
    await stage.lin.refundsWhen(orderId, ['succeeded'])
    expect(await stock.left(product)).toBe(3)
    await stage.shop.advance(2 * minuteMs)
    await stage.lin.refund(orderId, { amountFen: totalFen - 100 })
    await stage.lin.refundsWhen(orderId, ['succeeded', 'succeeded'])
    expect(await stock.held(orderId)).toBe(0)
    expect(await stock.left(product)).toBe(5)
  })

  test('stay with an order that was paid twice, when the surplus goes back', async () => {
    const product = 'tray-bamboo'
    await stock.leave(product, 5)
    const { orderId, paymentId } = await paidOrder(stage.alice, product, 2)
    await stage.lin.refund(orderId, { paymentId, amountFen: 1 })
    await stage.lin.refundsWhen(orderId, ['succeeded'])
    // The sweep finds what is left of it, and gives it back a minute after the first refund.
    await stage.books.rows('update payments set kept = false where out_trade_no = $1', [paymentId])
    await stage.shop.advance(2 * minuteMs)
    await stage.lin.refundsWhen(orderId, ['succeeded', 'succeeded'])
    expect(await stock.held(orderId)).toBe(2)
  })

  /** An order whose money WeChat proves only after it has closed. */
  async function paidAfterClosing(
    product: string,
    quantity: number,
    whileClosed = async () => {},
  ): Promise<string> {
    const order = await stage.alice.order(product, quantity)
    const { id } = await stage.alice.pay(order.id)
    await settlePayment(stage.shop.server.services, closedTrade(stage.alice, id), { from: 'close' })
    await stage.shop.advance(orderOverMs)
    await closed(order.id)
    expect(await stock.held(order.id)).toBe(0)
    await whileClosed()
    await settlePayment(stage.shop.server.services, paidTrade(stage.alice, id, order.totalFen), {
      from: 'query',
    })
    expect((await stage.alice.detail(order.id)).state).toBe('paid')
    return order.id
  }
})

describe('an operator', () => {
  const change = (id: string, changeBy: number, key = newKey()) =>
    stage.lin.post<ProductStock & Problem>(`/products/${id}/stock`, { changeBy }, key)

  test('adds what came in and takes what went another way, but nothing that orders hold', async () => {
    await stock.leave('gift-spring', 0)
    expect(productStockSchema.parse((await change('gift-spring', 8)).body)).toEqual({
      productId: 'gift-spring',
      stock: 8,
      held: 0,
      piecesLeft: 8,
    })
    await stage.alice.order('gift-spring', 3)
    const refusal = expectProblem(await change('gift-spring', -6), 409)
    expect(refusal.detail).toContain('订单占用 3 件')
    expect((await change('gift-spring', -5)).body).toMatchObject({ stock: 3, held: 3, piecesLeft: 0 })
    expect(
      await stage.books.rows('select changed_by, change_by, stock from stock_changes order by at'),
    ).toEqual([
      { changed_by: 'Lin', change_by: 8, stock: 8 },
      { changed_by: 'Lin', change_by: -5, stock: 3 },
    ])
  })

  test('adds what came in once, however often the request comes', async () => {
    await stock.leave('gift-spring', 4)
    const key = newKey()
    const answers = await Promise.all(Array.from({ length: 10 }, () => change('gift-spring', 3, key)))
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.piecesLeft}`))).toEqual(
      new Set(['200 7']),
    )
    expect(expectProblem(await change('gift-spring', 2, key), 409).detail).toContain('Idempotency-Key')
    expectProblem(await stage.lin.post<Problem>('/products/gift-spring/stock', { changeBy: 3 }), 400)
    expect(await stock.left('gift-spring')).toBe(7)
  })

  test.each([
    ['tea-nowhere', 1, 404],
    ['tea-puer', 1, 409],
    ['gift-spring', 100_000_000, 409],
    ['gift-spring', 0, 400],
    ['gift-spring', 1.5, 400],
    ['gift-spring', 3_000_000_000, 400],
    ['GIFT', 1, 400],
  ])('is told what is wrong with changing %s by %s', async (id, changeBy, status) => {
    expectProblem(await change(id, changeBy), status)
  })

  test('finds the stock as it was after the catalogue is loaded again, whatever the file says', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'catalogue-'))
    const path = join(folder, 'catalogue.json')
    const one = (id: string, extra: object) => ({
      id,
      name: id,
      summary: '',
      priceFen: 100,
      goodsType: '01',
      picture: '/x.svg',
      ...extra,
    })
    const load = async (...products: object[]) => {
      await writeFile(path, JSON.stringify(products))
      await loadCatalogue(stage.shop.server.services.db, path)
    }
    const stocks = () =>
      stage.books.rows(`select id, stock, held from products where id like 'new-%' order by id`)
    await load(one('new-a', { stock: 3 }), one('new-b', {}))
    await stage.alice.order('new-a', 2)
    await load(one('new-a', { stock: 50 }), one('new-b', { stock: 9 }))
    expect(await stocks()).toEqual([
      { id: 'new-a', stock: 3, held: 2 },
      { id: 'new-b', stock: 9, held: 0 },
    ])
    await expect(load(one('new-a', { stock: -1 }))).rejects.toThrow('stock')
    await loadCatalogue(stage.shop.server.services.db, stage.shop.config.cataloguePath!)
    await rm(folder, { recursive: true })
  })
})
