import pg from 'pg'
import { expect, test } from 'vitest'
import { moneyStage } from '../support/money-stage.ts'
import { expectProblem } from '../support/problem.ts'
import { until } from '../support/until.ts'

const stage = moneyStage()

test('nothing opens the cashier of a payment that makes way for another one at this very moment', async () => {
  const order = await stage.alice.order()
  const { id } = await stage.alice.pay(order.id)
  const other = new pg.Client({ connectionString: stage.shop.databaseUrl })
  await other.connect()
  await other.query('begin')
  await other.query(
    `update payments set state = 'closing', version = version + 1, next_check_at = expires_at where out_trade_no = $1`,
    [id],
  )
  const launching = stage.alice.post(`/payments/${id}/launch`)
  await until(async () => {
    const waiting = `select from pg_stat_activity where wait_event_type = 'Lock' and query like '%set launched_at%'`
    return (await stage.books.rows(waiting)).length > 0
  })
  await other.query('commit')
  await other.end()
  expect(expectProblem(await launching, 409).code).toBe('payment-closed')
})
