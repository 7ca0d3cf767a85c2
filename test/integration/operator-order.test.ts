import pg from 'pg'
import { expect, test } from 'vitest'
import { moneyStage } from '../support/money-stage.ts'
import { until } from '../support/until.ts'

const stage = moneyStage()

test('an operator sees an order as it was at one moment, never half of what happens meanwhile', async () => {
  const order = await stage.alice.order()
  await stage.alice.pay(order.id)
  const other = new pg.Client({ connectionString: stage.shop.databaseUrl })
  await other.connect()
  await other.query('begin')
  await other.query('lock table payments in access exclusive mode')
  const reading = stage.lin.order(order.id)
  await until(async () => {
    const waiting = `select from pg_stat_activity where wait_event_type = 'Lock' and query like 'select * from "payments" where "order_id"%'`
    return (await stage.books.rows(waiting)).length > 0
  })
  await other.query('update orders set total_fen = 1 where order_id = $1', [order.id])
  await other.query('update payments set amount_fen = 1 where order_id = $1', [order.id])
  await other.query('commit')
  await other.end()
  const seen = await reading
  expect(seen.payments.map(({ amountFen }) => amountFen)).toEqual([seen.order.totalFen])
})
