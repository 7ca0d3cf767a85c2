import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openDatabase, type Database } from '../../server/store/database.ts'
import { createTestDatabase } from '../support/postgres.ts'

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

describe('a line to PostgreSQL that breaks', () => {
  test('in the middle of a transaction undoes it; the server goes on with another', async () => {
    const broken = db.transaction().execute(async (writer) => {
      await sql`insert into written values ('half')`.execute(writer)
      await cut(await connectionOf(writer))
      await sql`insert into written values ('the other half')`.execute(writer)
    })
    await expect(broken).rejects.toThrow(/connection|terminat/)
    expect((await sql`select text from written`.execute(db)).rows).toEqual([])
    expect(uncaught).toEqual([])
  })

  test('while a query waits on it fails that query alone', async () => {
    const waits = db.connection().execute(async (one) => {
      const pid = await connectionOf(one)
      const query = sql`select pg_sleep(600)`.execute(one)
      await Promise.all([cut(pid), expect(query).rejects.toThrow(/connection|terminat/)])
    })
    await waits
    expect((await sql`select 1 as one`.execute(db)).rows).toEqual([{ one: 1 }])
    expect(uncaught).toEqual([])
  })
})
