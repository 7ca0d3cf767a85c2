import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { limits } from '../../server/config/limits.ts'
import { openDatabase } from '../../server/store/database.ts'
import { migrate } from '../../server/store/migrate.ts'
import { createTestDatabase } from '../support/postgres.ts'
import { until } from '../support/until.ts'

let database: Awaited<ReturnType<typeof createTestDatabase>>
let other: pg.Client

beforeAll(async () => {
  database = await createTestDatabase()
  other = new pg.Client({ connectionString: database.url })
  await other.connect()
})

afterAll(async () => {
  await other.end()
  await database.drop()
})

/** The statements that wait for a lock, and for how long. */
const waitingMs = async (): Promise<number[]> => {
  // Inside a transaction it would show the same picture for ever.
  await other.query('select pg_stat_clear_snapshot()')
  const { rows } = await other.query<{ ms: number }>(
    `select extract(epoch from clock_timestamp() - query_start)::float8 * 1000 as ms
     from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  )
  return rows.map(({ ms }) => ms)
}

const applied = async () => (await other.query('select * from kysely_migration order by name')).rows

test('a server that starts while another changes the tables for long waits and starts as well', async () => {
  const db = openDatabase(database.url)
  await migrate(db)
  await db.destroy()
  const before = await applied()
  const late = openDatabase(database.url)
  await other.query('begin')
  await other.query('lock table kysely_migration in access exclusive mode')
  // One wait that came near its end, and then another one.
  const waits = async () => {
    await until(async () => (await waitingMs()).some((ms) => ms > limits.lockWaitMs / 2))
    await until(async () => (await waitingMs()).some((ms) => ms < limits.lockWaitMs / 2))
    await other.query('commit')
  }
  await Promise.all([migrate(late), waits()])
  expect(await applied()).toEqual(before)
  await late.destroy()
})

test('an older version starts beside a newer one, whose migrations it leaves alone', async () => {
  const db = openDatabase(database.url)
  await migrate(db)
  await other.query(
    `insert into kysely_migration values ('9999-of-a-newer-version', '2030-01-01T00:00:00.000Z')`,
  )
  await migrate(db)
  expect((await applied()).at(-1)).toMatchObject({ name: '9999-of-a-newer-version' })
  await db.destroy()
})

test('an index that a killed server left half built is built anew by the next start', async () => {
  const db = openDatabase(database.url)
  await migrate(db)
  await other.query(
    `update pg_index set indisvalid = false where indexrelid = 'orders_by_account_and_state'::regclass`,
  )
  await other.query(`delete from kysely_migration where name = '0020-rounds'`)
  await Promise.all([migrate(db), migrate(db)])
  const { rows } = await other.query(
    `select indisvalid as valid from pg_index where indexrelid = 'orders_by_account_and_state'::regclass`,
  )
  expect(rows).toEqual([{ valid: true }])
  await db.destroy()
})
