import { beforeAll, describe, expect, test } from 'vitest'
import type { Order } from '../../contract/order.ts'
import { limits } from '../../server/config/limits.ts'
import { closeOrders } from '../../server/orders/close-orders.ts'
import { settlePayment } from '../../server/payments/settle-payment.ts'
import { newKey, signIn, statusesOf, type ApiAnswer, type Customer } from '../support/customer.ts'
import { moneyStage } from '../support/money-stage.ts'
import { makeRoom } from '../support/room.ts'
import { atOnce, CROWD, roundCount } from '../support/rounds.ts'
import { orderOverMs, stockOf, type Stock } from '../support/stock.ts'
import { closedTrade, paidTrade } from '../support/trade.ts'

const stage = moneyStage()
let stock: Stock
/** The orders of one person are placed one after another: a race for pieces is between several. */
let people: Customer[]
beforeAll(async () => {
  stock = stockOf(stage.books)
  const newcomer = async (_: unknown, i: number) =>
    signIn(stage.shop, await stage.shop.sandbox.addUser(`person-${i}`))
  people = await Promise.all(Array.from({ length: 10 }, newcomer))
})

const deps = () => stage.shop.server.services
/** The server's parts at another moment than the shop's, so that no sweep of its own takes part. */
const later = (ms: number) => {
  const at = new Date(deps().clock.now().getTime() + ms)
  return { ...deps(), clock: { now: () => at } }
}
/** Ends every order that is open, so that the next sweep has one to look at. */
async function closeAll(): Promise<void> {
  while ((await closeOrders(later(orderOverMs))) > 0);
}
const place = (who: Customer, ...productIds: string[]): Promise<ApiAnswer<Order>> =>
  who.post<Order>('/orders', { lines: productIds.map((productId) => ({ productId, quantity: 1 })) }, newKey())
const someone = (i: number) => people[i % people.length]!

describe('fifty at the same moment', () => {
  test('orders for ten pieces: ten are placed, and nothing is sold that is not there', async () => {
    for (let round = 0; round < roundCount; round += 1) {
      await makeRoom(stage.books)
      await closeAll()
      await stock.leave('cup-celadon', 10)
      const answers = await atOnce((i) => place(someone(i), 'cup-celadon'))
      expect(statusesOf(answers)).toEqual([...Array(10).fill(201), ...Array(CROWD - 10).fill(409)])
      expect(await stock.left('cup-celadon')).toBe(0)
    }
  })

  test('two products wanted in opposite order: nobody waits in a circle, and both are counted', async () => {
    const [tea, cup] = ['tea-jasmine', 'cup-celadon']
    for (let round = 0; round < roundCount; round += 1) {
      await makeRoom(stage.books)
      await closeAll()
      await Promise.all([stock.leave(tea, 20), stock.leave(cup, 20)])
      const answers = await atOnce((i) => (i % 2 ? place(someone(i), tea, cup) : place(someone(i), cup, tea)))
      expect(statusesOf(answers)).toEqual([...Array(20).fill(201), ...Array(CROWD - 20).fill(409)])
      expect(await Promise.all([stock.left(tea), stock.left(cup)])).toEqual([0, 0])
    }
  })

  test('orders of one person hold pieces up to the limit, whatever they are of', async () => {
    const products = ['tea-jasmine', 'cup-celadon', 'tin-tea']
    const most = limits.unpaidHoldingOrdersCount
    for (let round = 0; round < roundCount; round += 1) {
      await makeRoom(stage.books)
      await closeAll()
      await Promise.all(products.map((id) => stock.leave(id, CROWD)))
      const answers = await atOnce((i) => place(stage.alice, products[i % products.length]!))
      expect(statusesOf(answers)).toEqual([...Array(most).fill(201), ...Array(CROWD - most).fill(409)])
    }
  })

  test('sweeps that close one order give its pieces back once', async () => {
    await closeAll()
    for (let round = 0; round < roundCount; round += 1) {
      await makeRoom(stage.books)
      await stock.leave('tin-tea', 5)
      const order = await stage.alice.order('tin-tea', 3)
      expect(await stock.left('tin-tea')).toBe(2)
      await atOnce(() => closeOrders(later(orderOverMs)))
      expect((await stage.alice.detail(order.id)).state).toBe('closed')
      expect(await stock.left('tin-tea')).toBe(5)
    }
  })

  test('an order that closes while its money comes late holds its pieces if it is paid', async () => {
    await closeAll()
    for (let round = 0; round < roundCount; round += 1) {
      await makeRoom(stage.books)
      await stock.leave('tin-tea', 5)
      const order = await stage.alice.order('tin-tea', 3)
      const payment = await stage.alice.pay(order.id)
      await settlePayment(deps(), closedTrade(stage.alice, payment.id), { from: 'close' })
      await atOnce<unknown>((i) =>
        i % 2
          ? settlePayment(deps(), paidTrade(stage.alice, payment.id, order.totalFen), { from: 'query' })
          : closeOrders(later(orderOverMs)),
      )
      expect((await stage.alice.detail(order.id)).state).toBe('paid')
      expect(await stock.held(order.id)).toBe(3)
      expect(await stock.left('tin-tea')).toBe(2)
    }
  })

  test('a new price while the old one is being paid: the order costs what its kept payment paid', async () => {
    for (let round = 0; round < roundCount; round += 1) {
      await makeRoom(stage.books)
      const order = await stage.alice.order()
      const payment = await stage.alice.pay(order.id)
      const totalFen = order.totalFen - 100
      const settled = atOnce(() =>
        settlePayment(deps(), paidTrade(stage.alice, payment.id, order.totalFen), { from: 'query' }),
      )
      const priced = await stage.lin.post(`/orders/${order.id}/price`, { totalFen, reason: '老顾客' })
      await settled
      const { payments } = await stage.lin.order(order.id)
      const known = await stage.alice.detail(order.id)
      const isCheaper = priced.status === 200
      expect([200, 409]).toContain(priced.status)
      expect(known).toMatchObject({
        state: isCheaper ? 'pending' : 'paid',
        totalFen: isCheaper ? totalFen : order.totalFen,
      })
      expect(payments).toMatchObject([{ state: 'paid', kept: !isCheaper, amountFen: order.totalFen }])
    }
  })

  test('a new price against taps on 去支付: no open payment asks for the old one', async () => {
    for (let round = 0; round < roundCount; round += 1) {
      await makeRoom(stage.books)
      const order = await stage.alice.order()
      const totalFen = order.totalFen - 100
      const taps = atOnce(() => stage.alice.post(`/orders/${order.id}/payments`))
      const priced = await stage.lin.post(`/orders/${order.id}/price`, { totalFen, reason: '老顾客' })
      expect((await taps).filter(({ status }) => status >= 500)).toEqual([])
      const rows = await stage.books.rows<{ amount_fen: string }>(
        `select amount_fen from payments where order_id = $1 and state in ('created', 'pending')`,
        [order.id],
      )
      const { totalFen: costsFen } = await stage.alice.detail(order.id)
      expect(costsFen).toBe(priced.status === 200 ? totalFen : order.totalFen)
      for (const row of rows) expect(Number(row.amount_fen)).toBe(costsFen)
    }
  })
})
