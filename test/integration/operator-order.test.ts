import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBooks, type Books } from '../support/books.ts'
import { signIn } from '../support/customer.ts'
import { operatorOf } from '../support/operator.ts'
import { openShop, type Shop } from '../support/shop.ts'
import { until } from '../support/until.ts'

let shop: Shop
let books: Books
beforeAll(async () => {
  shop = await openShop()
  books = await openBooks(shop)
})
afterAll(async () => {
  await books.close()
  await shop.close()
})

test('an operator sees an order as it was at one moment, never half of what happens meanwhile', async () => {
  const alice = await signIn(shop, 'alice')
  const order = await alice.order()
  await alice.pay(order.id)
  const other = new pg.Client({ connectionString: shop.databaseUrl })
  await other.connect()
  await other.query('begin')
  await other.query('lock table payments in access exclusive mode')
  const reading = operatorOf(shop).order(order.id)
  await until(async () => {
    const waiting = `select from pg_stat_activity where wait_event_type = 'Lock' and query like 'select * from "payments" where "order_id"%'`
    return (await books.rows(waiting)).length > 0
  })
  await other.query('update orders set total_fen = 1 where order_id = $1', [order.id])
  await other.query('update payments set amount_fen = 1 where order_id = $1', [order.id])
  await other.query('commit')
  await other.end()
  const seen = await reading
  expect(seen.payments.map(({ amountFen }) => amountFen)).toEqual([seen.order.totalFen])
})
