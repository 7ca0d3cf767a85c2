import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { limits } from '../../server/config/limits.ts'
import { openDatabase, snapshot, transact, type Database } from '../../server/store/database.ts'
import { isOutage } from '../../server/store/outage.ts'
import { createTestDatabase } from '../support/postgres.ts'
import { until } from '../support/until.ts'

let database: Awaited<ReturnType<typeof createTestDatabase>>
let db: Database
/** What would have ended a server: errors that nobody took. */
let uncaught: unknown[]
const note = (error: unknown) => void uncaught.push(error)
beforeAll(async () => {
  database = await createTestDatabase()
  db = openDatabase(database.url)
  await sql`create table written (text text)`.execute(db)
})
beforeEach(() => {
  uncaught = []
  process.on('uncaughtException', note)
})
afterEach(() => void process.off('uncaughtException', note))
afterAll(async () => {
  await db.destroy()
  await database.drop()
})

const connectionOf = async (on: Database) =>
  (await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(on)).rows[0]!.pid
const cut = (pid: number) => sql`select pg_terminate_backend(${pid}, 5000)`.execute(db)

/** What was written, by any line: before its end is read a dead one may be handed out again, to whoever comes that moment. */
const written = () =>
  until(() =>
    sql`select text from written`.execute(db).then(
      ({ rows }) => rows,
      () => null,
    ),
  )

describe('a line to PostgreSQL that breaks', () => {
  test('in the middle of a transaction undoes it; the server goes on with another', async () => {
    const broken = db.transaction().execute(async (writer) => {
      await sql`insert into written values ('half')`.execute(writer)
      await cut(await connectionOf(writer))
      await sql`insert into written values ('the other half')`.execute(writer)
    })
    await expect(broken).rejects.toSatisfy(isOutage)
    expect(await written()).toEqual([])
    expect(uncaught).toEqual([])
  })

  test('silently, because a server’s host is gone, frees within seconds what its transaction held', async () => {
    const limitsOf = (one: Database) =>
      sql`select current_setting('lock_timeout') as lock, current_setting('statement_timeout') as statement,
        current_setting('idle_in_transaction_session_timeout') as pause`.execute(one)
    const seconds = (ms: number) => `${ms / 1_000}s`
    const set = {
      lock: seconds(limits.lockWaitMs),
      statement: seconds(limits.statementMs),
      pause: seconds(limits.transactionPauseMs),
    }
    expect((await limitsOf(db)).rows).toEqual([set])
    expect((await db.transaction().execute(limitsOf)).rows).toEqual([set])
    expect((await snapshot(db, limitsOf)).rows).toEqual([set])
  })

  test('while a query waits on it fails that query; the server goes on with another', async () => {
    const waits = db.connection().execute(async (one) => {
      const pid = await connectionOf(one)
      const query = sql`select pg_sleep(600)`.execute(one)
      await Promise.all([cut(pid), expect(query).rejects.toSatisfy(isOutage)])
    })
    await waits
    expect(await written()).toEqual([])
    expect(uncaught).toEqual([])
  })
})

describe('transactions that wait for each other in a circle', () => {
  beforeAll(async () => {
    await sql`create table circle (name text primary key, count int not null)`.execute(db)
    await sql`insert into circle values ('left', 0), ('right', 0)`.execute(db)
  })

  test('are all done: PostgreSQL ends one of them, and that one is done again', async () => {
    const both = gate(2)
    let begun = 0
    const add = (...names: string[]) =>
      transact(db, async (writer) => {
        begun += 1
        for (const name of names) {
          await sql`update circle set count = count + 1 where name = ${name}`.execute(writer)
          await both()
        }
      })
    await Promise.all([add('left', 'right'), add('right', 'left')])
    expect((await sql`select name, count from circle order by name`.execute(db)).rows).toEqual([
      { name: 'left', count: 2 },
      { name: 'right', count: 2 },
    ])
    expect(begun).toBe(3)
  })

  test('are not done again for any other reason', async () => {
    let begun = 0
    const broken = transact(db, async (writer) => {
      begun += 1
      await sql`insert into circle values ('left', 0)`.execute(writer)
    })
    await expect(broken).rejects.toThrow('circle_pkey')
    expect(begun).toBe(1)
  })
})

/** Nobody passes before so many have come; afterwards everybody does. */
function gate(count: number): () => Promise<void> {
  let come = 0
  const { promise, resolve } = Promise.withResolvers<void>()
  return () => {
    if ((come += 1) === count) resolve()
    return promise
  }
}
