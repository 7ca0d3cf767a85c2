import { Kysely, PostgresDialect, type Transaction } from 'kysely'
import pg from 'pg'
import { hostUrls } from '../config/database-url.ts'
import { limits } from '../config/limits.ts'
import { openConnections, type Patience } from './connections.ts'
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

/** Statements of a request or a sweep. */
const ordinary: Patience = {
  lockMs: limits.lockWaitMs,
  statementMs: limits.statementMs,
  answerMs: limits.databaseAnswerMs,
}

/** Statements that may rewrite or scan a table: migrations. They queue no longer for a lock than others. */
const patient: Patience = {
  lockMs: limits.lockWaitMs,
  statementMs: limits.longStatementMs,
  answerMs: limits.databaseAnswerMs,
  asksAgain: true,
}

/**
 * Opens the store at a PostgreSQL address, which may name several hosts. `pulse` is told of every query; `isPatient` lets
 * statements take an hour. `destroy()` closes it. Throws ConfigFault for an address that it cannot read.
 */
export function openDatabase(
  url: string,
  { pulse = createPulse(), isPatient = false }: { pulse?: Pulse; isPatient?: boolean } = {},
): Database {
  const pool = openConnections({
    urls: hostUrls(url),
    count: limits.databaseConnectionCount,
    patience: isPatient ? patient : ordinary,
    pulse,
    types,
  })
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
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
