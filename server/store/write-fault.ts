import { sql } from 'kysely'
import type { Database } from './database.ts'
import { isFromPostgres } from './outage.ts'

const READ_ONLY = '25006'

/**
 * Why PostgreSQL takes no writes, as a sentence for an operator; null when it does. Tried with a statement that deletes
 * nothing: its refusal drops the connection as any other would. Throws when PostgreSQL does not answer.
 */
export async function writeFault(db: Database): Promise<string | null> {
  try {
    await sql`delete from server_keys where false`.execute(db)
    return null
  } catch (error) {
    if (isFromPostgres(error) && error.code === READ_ONLY)
      return 'PostgreSQL is read-only: DATABASE_URL leads to a standby, or a failover is under way.'
    throw error
  }
}
