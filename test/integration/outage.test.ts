import { sql } from 'kysely'
import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { allRoutes, operatorRoutes } from '../../server/http/routes/all-routes.ts'
import { openDatabase, type Database } from '../../server/store/database.ts'
import { migrate } from '../../server/store/migrate.ts'
import { DatabaseOutage } from '../../server/store/outage.ts'
import { callApi, newKey, signIn, type ApiAnswer, type Customer } from '../support/customer.ts'
import { openPostgresLine, type PostgresLine } from '../support/postgres-line.ts'
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts'
import { expectProblem } from '../support/problem.ts'
import { openShop, type Shop } from '../support/shop.ts'
import { until } from '../support/until.ts'

/** How soon service has to go on after PostgreSQL is back. */
const RECOVERY_MS = 5_000

let database: TestDatabase
/** Beside the line that the tests break. */
let beside: Database
let line: PostgresLine
let shop: Shop
let alice: Customer

beforeAll(async () => {
  database = await createTestDatabase()
  beside = openDatabase(database.url)
  line = await openPostgresLine(database.url)
  shop = await openShop({ database: { url: line.url, drop: async () => {} }, server: { isHandWound: true } })
  alice = await signIn(shop, 'alice')
})
afterEach(async () => {
  line.resume()
  await until(async () => (await alice.get('/products')).status === 200)
})
afterAll(async () => {
  await shop.close()
  await line.close()
  await beside.destroy()
  await database.drop()
})

const readiness = () => callApi<{ status: string; faults?: object[] }>(shop, 'GET', '/readyz')

function expectUnavailable(answer: ApiAnswer, asked = ''): void {
  expect({ asked, status: answer.status }).toEqual({ asked, status: 503 })
  expectProblem(answer, 503)
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
}

/** Milliseconds until an order can be placed and read again. */
async function recoveryMs(): Promise<number> {
  const startedAt = performance.now()
  const lines = [{ productId: 'tea-longjing', quantity: 1 }]
  await until(async () => (await alice.post('/orders', { lines }, newKey())).status === 201)
  return performance.now() - startedAt
}

test('PostgreSQL that goes silent is waited for a few seconds, and service goes on when it answers again', async () => {
  // Idle connections in the pool, which no query has found dead yet.
  await Promise.all(Array.from({ length: 10 }, () => alice.get('/orders')))
  line.silence()
  const startedAt = performance.now()
  const asked = Array.from({ length: 20 }, () => alice.get('/orders'))
  const ready = await readiness()
  expect(performance.now() - startedAt).toBeLessThan(3_000)
  expect(ready).toMatchObject({ status: 503, body: { faults: [{ check: 'database' }] } })
  expect(Number(ready.headers.get('retry-after'))).toBeGreaterThan(0)
  for (const answer of await Promise.all(asked)) expectUnavailable(answer)
  expect(performance.now() - startedAt).toBeLessThan(7_000)
  line.resume()
  expect(await recoveryMs()).toBeLessThan(RECOVERY_MS)
  expect((await readiness()).status).toBe(200)
}, 30_000)

test('migrations end soon when PostgreSQL goes silent in the middle of them, and a long statement of theirs does not', async () => {
  const { url, drop } = await createTestDatabase()
  let answers = 0
  const breaking: PostgresLine = await openPostgresLine(url, () => ({
    sending: () => false,
    hearing() {
      answers += 1
      if (answers === 8) breaking.silence()
      return false
    },
  }))
  const db = openDatabase(breaking.url, { isPatient: true })
  const long = openDatabase(database.url, { isPatient: true })
  const startedAt = performance.now()
  await Promise.all([
    expect(migrate(db)).rejects.toBeInstanceOf(DatabaseOutage),
    sql`select pg_sleep(6)`.execute(long),
  ])
  expect(performance.now() - startedAt).toBeLessThan(15_000)
  await Promise.all([db.destroy(), long.destroy()])
  await breaking.close()
  await drop()
}, 30_000)

const ACCOUNT = 'A'.repeat(16)
/** What each route needs to get as far as the database, where its path and an empty body do not do. */
const asks: Record<string, { entry?: string; body?: object }> = {
  'post /api/02/quotes': { body: { lines: [{ productId: 'tea-puer', quantity: 1 }] } },
  'post /api/02/address-picks': {
    body: {
      pick: 'ab'.repeat(16),
      address: { name: '陈小明', phone: '13800138000', region: '广东省', detail: '新港中路 397 号' },
    },
  },
  'post /api/02/web-sessions': { body: { ticket: 'x' } },
  'post /api/02/browser-sessions': { entry: '03' },
  'get /api/02/oauth/start': { entry: '01' },
  'post /api/operator/orders/:orderId/refund-approvals': { body: { reason: '漏发' } },
  'post /api/operator/refund-approvals/:approvalId/decision': { body: { approved: true } },
  'post /api/operator/orders/:orderId/price': { body: { totalFen: 1, reason: '改价' } },
  'post /api/operator/products/:productId/stock': { body: { changeBy: 1 } },
  'post /api/operator/refund-requests/:requestId/decision': { body: { approved: true } },
  'post /api/operator/orders/:orderId/payments/:paymentId/found-refunds': {
    body: { outRefundNo: 'staff-1' },
  },
  'post /api/operator/accounts/:accountId/split': { body: { partId: ACCOUNT, reason: '合错了' } },
  'post /api/operator/anomalies/:anomalyId/actions': { body: { action: 'settle-again' } },
}
/** Two ask WeChat before the database, and a status link is read before its order. */
const others = ['post /api/02/sessions', 'get /api/02/oauth/callback', 'get /api/02/orders/:orderId/status']

const everyRoute = [
  ...allRoutes.map(({ method, path }) => `${method} /api/02${path}`),
  ...operatorRoutes.map(({ method, path }) => `${method} /api/operator${path}`),
  'get /api/books',
].filter((name) => !others.includes(name))

async function ask(name: string): Promise<ApiAnswer> {
  const [method, path] = name.split(' ') as [string, string]
  const { entry = '02', body = {} } = asks[name] ?? {}
  const orderId = 'A'.repeat(13)
  const address = path
    .replace('/api/02', `/api/${entry}`)
    .replace(':orderId', orderId)
    .replace(':paymentId', `021002611301200${orderId}0001`)
    .replace(':productId', 'tea-puer')
    .replace(':accountId', ACCOUNT)
    .replace(':pick', 'ab'.repeat(16))
    .replace(/:\w+/, randomUUID())
  const who = path.startsWith('/api/02')
    ? alice.credentials
    : { authorization: `Bearer ${shop.operatorToken}` }
  const headers = { ...who, ...newKey() }
  return callApi(shop, method.toUpperCase(), address, method === 'get' ? { headers } : { headers, body })
}

test('PostgreSQL that refuses connections is answered with 503 and Retry-After by every route', async () => {
  line.refuse()
  for (const name of everyRoute) expectUnavailable(await ask(name), name)
  expect(await readiness()).toMatchObject({ status: 503, body: { faults: [{ check: 'database' }] } })
  expect((await callApi(shop, 'GET', '/livez')).status).toBe(200)
})

test('a visit that WeChat sends back during an outage gets a page with a sentence', async () => {
  line.refuse()
  const answer = await callApi(shop, 'GET', '/api/01/oauth/start?to=/', { headers: { accept: 'text/html' } })
  expect(answer.status).toBe(503)
  expect(answer.headers.get('retry-after')).toBe('5')
  expect(answer.body).toContain('系统暂时繁忙，请稍后再试')
})

test('PostgreSQL that is read-only takes no writes, is not ready, and is left as soon as it takes them', async () => {
  const name = sql.id(new URL(database.url).pathname.slice(1))
  const endOthers = sql`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()`
  await sql`alter database ${name} set default_transaction_read_only = on`.execute(beside)
  await beside.connection().execute((one) => endOthers.execute(one))
  await until(async () => (await readiness()).status === 503)
  expect((await readiness()).body).toEqual({
    status: 'unavailable',
    faults: [{ check: 'database', detail: expect.stringContaining('read-only') }],
  })
  expect((await alice.get('/orders')).status).toBe(200)
  expectUnavailable(await ask('post /api/02/web-view-tickets'))
  // Ten connections that are read-only for good, as those to a host that was demoted.
  await Promise.all(Array.from({ length: 10 }, () => alice.get('/orders')))
  await sql`set default_transaction_read_only = off`.execute(beside)
  await beside.transaction().execute(async (writer) => {
    await sql`set transaction read write`.execute(writer)
    await sql`alter database ${name} reset default_transaction_read_only`.execute(writer)
  })
  await until(async () => (await readiness()).status === 200)
  const answers = await Promise.all(Array.from({ length: 10 }, () => alice.post('/web-view-tickets')))
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201))
})

test('a full disk and a lock that is waited for in vain are outages, a wrong statement is not', async () => {
  const raise = async (code: string) => {
    await sql`create or replace function fail() returns trigger language plpgsql as ${sql.lit(
      `begin raise exception 'no' using errcode = '${code}'; end`,
    )}`.execute(beside)
    return ask('post /api/02/web-view-tickets')
  }
  await raise('53100')
  await sql`create trigger fail before insert on web_view_tickets execute function fail()`.execute(beside)
  try {
    for (const code of ['53100', '53200', '53300', '55P03', '57014', '58030', '40P01'])
      expectUnavailable(await raise(code), code)
    expectProblem(await raise('22012'), 500)
  } finally {
    await sql`drop trigger fail on web_view_tickets`.execute(beside)
  }
})
