import { Kysely, PostgresDialect, type Transaction } from 'kysely'
import pg from 'pg'
import { limits } from '../config/limits.ts'
import { createPulse, type Pulse } from './pulse.ts'
import type { Tables } from './tables.ts'

export type Database = Kysely<Tables>
/** A function that takes a Writer must be called inside a transaction. */
export type Writer = Transaction<Tables>

const int8 = 20

// Money is a number: exact up to 2^53 fen, and a larger one is refused instead of rounded.
const types = new pg.TypeOverrides()
types.setTypeParser(int8, (text: string) => {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError('a bigint column holds more than a number can')
  return value
})

/** Opens the store at a PostgreSQL address; `pulse` is told of every query. `destroy()` closes it. */
export function openDatabase(url: string, pulse: Pulse = createPulse()): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: limits.databaseConnectionCount,
    connectionTimeoutMillis: limits.databaseConnectMs,
    types,
    // Said on the line and not while it opens: poolers between refuse parameters that they do not know.
    onConnect: async (client) => {
      await client.query(
        `set idle_in_transaction_session_timeout = ${limits.transactionPauseMs}; set lock_timeout = ${limits.lockWaitMs}`,
      )
    },
  })
  // A connection that breaks is an event that ends the process where nobody listens. An idle one is replaced at the next
  // query; one in the middle of a transaction also fails the query that waits on it, and the pool throws it away.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  return new Kysely<Tables>({
    dialect: new PostgresDialect({ pool }),
    log: (event) => {
      if (event.level === 'query' || event.error instanceof pg.DatabaseError) pulse.answered()
    },
  })
}

/** PostgreSQL ended this transaction so that others get on: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const DEADLOCK = '40P01'
const MOST_TRIES = 3

/**
 * Everything in it is written, or nothing. Done again when it and others waited for each other in a circle, so it may do
 * nothing but read and write through its writer.
 */
export async function transact<T>(db: Database, work: (writer: Writer) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1)
    try {
      return await db.transaction().execute(work)
    } catch (error) {
      if ((error as { code?: unknown }).code !== DEADLOCK || tries === MOST_TRIES) throw error
    }
}

/** Reads several things as they were at one moment: a step that is taken meanwhile shows in all of them or in none. */
export const snapshot = <Read>(db: Database, read: (moment: Database) => Promise<Read>): Promise<Read> =>
  db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(read)
