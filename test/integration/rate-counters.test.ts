import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase, transact, type Database } from '../../server/store/database.ts'
import { migrate } from '../../server/store/migrate.ts'
import { forgetRateCounters } from '../../server/store/prune.ts'
import { countAttempt } from '../../server/store/rate-counters.ts'
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts'
import { atOnce } from '../support/rounds.ts'

let database: TestDatabase
/** Two servers of one shop. */
let servers: [Database, Database]
beforeAll(async () => {
  database = await createTestDatabase()
  servers = [openDatabase(database.url), openDatabase(database.url)]
  await migrate(servers[0])
})
afterAll(async () => {
  await Promise.all(servers.map((db) => db.destroy()))
  await database.drop()
})

const attempt = (db: Database, subject: string, purpose = 'test') =>
  countAttempt(db, { purpose, subject, windowMs: 60_000, limit: 5 })
const endAllWindows = () =>
  servers[0]
    .updateTable('rate_counters')
    .set({ ends_at: new Date(0) })
    .execute()

test('fifty attempts at once at two servers: the limit is allowed, and the others are told how long to wait', async () => {
  const verdicts = await atOnce((i) => attempt(servers[i % 2]!, 'crowd'))
  const waits = (allowed: boolean) =>
    verdicts.filter((verdict) => verdict.allowed === allowed).map(({ retryAfterMs }) => retryAfterMs)
  expect(waits(true)).toEqual([0, 0, 0, 0, 0])
  for (const ms of waits(false)) expect(ms).toSatisfy((wait: number) => wait > 0 && wait <= 60_000)
})

test('each purpose and each subject is counted by itself', async () => {
  for (let n = 0; n < 5; n += 1) await attempt(servers[0], 'alice')
  expect(await attempt(servers[1], 'alice')).toMatchObject({ allowed: false })
  expect(await attempt(servers[1], 'bob')).toMatchObject({ allowed: true })
  expect(await attempt(servers[1], 'alice', 'other-test')).toMatchObject({ allowed: true })
})

test('a window that is over begins anew, and refused attempts do not prolong it', async () => {
  for (let n = 0; n < 5; n += 1) await attempt(servers[0], 'carol')
  const before = await servers[0].selectFrom('rate_counters').selectAll().execute()
  expect(await attempt(servers[0], 'carol')).toMatchObject({ allowed: false })
  expect(await servers[0].selectFrom('rate_counters').selectAll().execute()).toEqual(before)
  await endAllWindows()
  expect(await attempt(servers[0], 'carol')).toMatchObject({ allowed: true })
})

test('what is over is forgotten, and the table holds no address in the clear', async () => {
  await attempt(servers[0], '203.0.113.0/24')
  const rows = await servers[0].selectFrom('rate_counters').selectAll().execute()
  expect(JSON.stringify(rows)).not.toContain('203.0.113')
  await endAllWindows()
  await attempt(servers[0], 'dave')
  await transact(servers[0], (writer) => forgetRateCounters(writer, new Date()))
  expect(await servers[0].selectFrom('rate_counters').selectAll().execute()).toHaveLength(1)
})
