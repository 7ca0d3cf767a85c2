import { sql } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { limits } from '../../server/config/limits.ts'
import { openDatabase, snapshot, transact, type Database } from '../../server/store/database.ts'
import { migrate } from '../../server/store/migrate.ts'
import { signIn } from '../support/customer.ts'
import { openPgbouncer, type Pgbouncer } from '../support/pgbouncer.ts'
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts'
import { openShop, type Shop } from '../support/shop.ts'
import { until } from '../support/until.ts'

let database: TestDatabase
let pooler: Pgbouncer
/** Beside the pooler. */
let psql: pg.Client
let shop: Shop
/** Through the pooler, as the server. */
let db: Database

beforeAll(async () => {
  database = await createTestDatabase()
  pooler = await openPgbouncer(database.url)
  psql = new pg.Client({ connectionString: database.url })
  await psql.connect()
  shop = await openShop({ database: { url: pooler.url, drop: async () => {} } })
  db = shop.server.services.db
})
afterAll(async () => {
  await shop?.close()
  await psql?.end()
  await pooler?.close()
  await database?.drop()
})

const limitsHere = (one: Database) =>
  sql<{ pid: number }>`select pg_backend_pid() as pid, current_setting('lock_timeout') as lock,
    current_setting('statement_timeout') as statement,
    current_setting('idle_in_transaction_session_timeout') as pause`.execute(one)
const set = {
  lock: `${limits.lockWaitMs / 1_000}s`,
  statement: `${limits.statementMs / 1_000}s`,
  pause: `${limits.transactionPauseMs / 1_000}s`,
}

test('a payment is taken behind PgBouncer in transaction mode', async () => {
  const alice = await signIn(shop, 'alice')
  const order = await alice.order()
  const payment = await alice.pay(order.id)
  await alice.cashier(await alice.launch(payment.id), 'paid')
  await until(async () => (await alice.check(payment.id)).state === 'paid')
  expect((await alice.detail(order.id)).state).toBe('paid')
})

test('every statement has its limits, whichever connection of the pooler does it, and leaves none behind', async () => {
  const asked = Array.from({ length: 30 }, (_, i) =>
    i % 3 === 0 ? limitsHere(db) : i % 3 === 1 ? transact(db, limitsHere) : snapshot(db, limitsHere),
  )
  const seen = (await Promise.all(asked)).map(({ rows }) => rows[0]!)
  for (const { pid, ...here } of seen) expect({ pid, ...here }).toEqual({ pid, ...set })
  expect(new Set(seen.map(({ pid }) => pid)).size).toBeGreaterThan(1)
  // Another program behind the same pooler finds the connections as PostgreSQL opened them.
  const other = new pg.Client({ connectionString: pooler.url })
  await other.connect()
  for (let i = 0; i < 10; i += 1)
    expect((await other.query('show lock_timeout')).rows).toEqual([{ lock_timeout: '0' }])
  await other.end()
})

test('a single statement that waits for a row behind the pooler is ended in time', async () => {
  await psql.query('begin')
  await psql.query('lock table products in access exclusive mode')
  const startedAt = performance.now()
  await expect(sql`update products set held = held`.execute(db)).rejects.toMatchObject({ code: '55P03' })
  expect(performance.now() - startedAt).toBeLessThan(limits.databaseAnswerMs)
  await psql.query('rollback')
})

test('two servers that start at once behind the pooler take turns with the migrations', async () => {
  const both = [openDatabase(pooler.url, { isPatient: true }), openDatabase(pooler.url, { isPatient: true })]
  await Promise.all(both.map(migrate))
  const { rows } = await psql.query('select name from kysely_migration')
  expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length)
  await Promise.all(both.map((one) => one.destroy()))
})
