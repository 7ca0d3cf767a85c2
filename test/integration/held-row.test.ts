import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { limits } from '../../server/config/limits.ts'
import { sweep } from '../../server/jobs/sweep.ts'
import { signIn } from '../support/customer.ts'
import { moneyStage } from '../support/money-stage.ts'
import { expectProblem } from '../support/problem.ts'
import { until } from '../support/until.ts'

const overMs = limits.orderLifetimeMs + limits.expiryGraceMs

const stage = moneyStage({ server: { isHandWound: true } })
/** Another session, such as one forgotten in psql. */
let psql: pg.Client

beforeEach(async () => {
  psql = new pg.Client({ connectionString: stage.shop.databaseUrl })
  await psql.connect()
  await psql.query('begin')
})
afterEach(() => psql.end())

const holdOrder = (id: string) => psql.query('select from orders where order_id = $1 for update', [id])

/** Resolves when so many of the server's connections wait for a lock. */
const waiting = (count: number) =>
  until(async () => {
    // Inside a transaction it would show the same picture for ever.
    await psql.query('select pg_stat_clear_snapshot()')
    const { rows } = await psql.query(
      `select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    )
    return rows.length >= count
  })

test('an order whose row another session holds is waited for a few seconds, and only requests for it fail', async () => {
  const { alice, shop } = stage
  const { id: heldId } = await alice.order()
  const { id: otherId } = await alice.order()
  await holdOrder(heldId)

  await shop.advance(overMs)
  for (const answer of await Promise.all(
    Array.from({ length: limits.writesAtOnce }, () => alice.post(`/orders/${heldId}/payments`)),
  )) {
    expectProblem(answer, 503)
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
  }
  await sweep(shop.server.services)
  expect((await alice.detail(otherId)).state).toBe('closed')
  expect((await alice.detail(heldId)).state).toBe('pending')

  await psql.query('rollback')
  await sweep(shop.server.services)
  expect((await alice.detail(heldId)).state).toBe('closed')
})

test('thirty taps on an order whose row is held leave the connections to everybody else', async () => {
  const { alice, shop } = stage
  const { id } = await alice.order()
  await holdOrder(id)
  let answered = 0
  const taps = Array.from({ length: 30 }, () =>
    alice.post(`/orders/${id}/payments`).then((answer) => {
      answered += 1
      return answer
    }),
  )
  await waiting(limits.writesAtOnce)
  const bob = await signIn(shop, 'bob')
  const order = await bob.order()
  expect(answered).toBe(0)
  expect((await bob.pay(order.id)).orderId).toBe(order.id)
  await psql.query('rollback')
  const statuses = (await Promise.all(taps)).map(({ status }) => status)
  expect(statuses).toEqual(statuses.map(() => 200))
})

test('taps of others on an order that is not theirs take no turn away from its customer or an operator', async () => {
  const { alice, shop, lin } = stage
  const { id } = await alice.order()
  const mallory = await signIn(shop, await shop.sandbox.addUser('mallory'))
  await holdOrder(id)
  let refused = 0
  const taps = Array.from({ length: limits.writesWaitingCount + 20 }, () =>
    mallory.post(`/orders/${id}/payments`).then((answer) => {
      if (answer.status === 503) refused += 1
      return answer
    }),
  )
  // The queue is full: all that are left wait.
  await until(() => Promise.resolve(refused >= 20 - limits.writesAtOnce))
  const reason = '老顾客优惠'
  const late = Promise.all([
    alice.post(`/orders/${id}/payments`),
    lin.post(`/orders/${id}/price`, { totalFen: 1, reason }),
  ])
  // Answered after both have arrived.
  await lin.get(`/orders/${id}`)
  await psql.query('rollback')
  // Each had its turn. A start refuses a new price that comes in its middle, and the other way round.
  const statuses = (await late).map(({ status }) => status)
  expect(statuses).not.toContain(503)
  expect(statuses).toContain(200)
  await Promise.all(taps)
})
