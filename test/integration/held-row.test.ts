import pg from 'pg'
import { expect, test } from 'vitest'
import { limits } from '../../server/config/limits.ts'
import { sweep } from '../../server/jobs/sweep.ts'
import { expectProblem } from '../support/problem.ts'
import { moneyStage } from '../support/money-stage.ts'
import { until } from '../support/until.ts'

const overMs = limits.orderLifetimeMs + limits.expiryGraceMs

const stage = moneyStage({ server: { isHandWound: true } })

test('an order whose row somebody else holds is waited for a few seconds, and then it alone is left', async () => {
  const { alice, shop } = stage
  const { id: heldId } = await alice.order()
  const { id: otherId } = await alice.order()
  const psql = new pg.Client({ connectionString: shop.databaseUrl })
  await psql.connect()
  await psql.query('begin')
  await psql.query('select from orders where order_id = $1 for update', [heldId])

  await shop.advance(overMs)
  const taps = Array.from({ length: limits.databaseConnectionCount }, () =>
    alice.post(`/orders/${heldId}/payments`),
  )
  // Every connection waits by now, and whoever comes next for one of them: while the row is held somebody gets through.
  await until(async () => (await alice.get('/orders')).status === 200)
  for (const answer of await Promise.all(taps)) expectProblem(answer, 503)
  await sweep(shop.server.services)
  expect((await alice.detail(otherId)).state).toBe('closed')
  expect((await alice.detail(heldId)).state).toBe('pending')

  await psql.query('rollback')
  await psql.end()
  await sweep(shop.server.services)
  expect((await alice.detail(heldId)).state).toBe('closed')
})
