import pg from 'pg'

/** PostgreSQL cannot be reached, or the connection ended before the answer: whether a commit took place is unknown. */
export class DatabaseOutage extends Error {
  constructor(cause: unknown) {
    super((cause as Error).message, { cause })
    this.name = 'DatabaseOutage'
  }
}

/** An error that PostgreSQL, or the pooler before it, answered itself. */
export const isFromPostgres = (error: unknown): error is pg.DatabaseError => error instanceof pg.DatabaseError

/**
 * PostgreSQL cannot do its work now, so the same request may succeed later: no connection, no memory or disk (53), an
 * operator's intervention or a time-out (57), an I/O error (58), read-only, a lock that was waited for in vain, a transaction
 * that was ended for others' sake. https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const outageCodes = /^(08|53|57|58)|^(25006|25P03|25P04|55P03|40001|40P01)$/

/** Codes after which the connection itself is of no use: it is ending, or leads to a standby. */
const uselessCodes = /^(08|57P)|^(25006|25P03|25P04)$/

/** Whether a thrown value means that PostgreSQL is out, and not that a statement is wrong. */
export const isOutage = (error: unknown): boolean =>
  error instanceof DatabaseOutage || (isFromPostgres(error) && outageCodes.test(error.code ?? ''))

/** Whether a connection that answered this should be dropped. */
export const isConnectionUseless = (error: unknown): boolean =>
  isFromPostgres(error) && uselessCodes.test(error.code ?? '')
