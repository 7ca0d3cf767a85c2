import { sql } from 'kysely'
import type { Database } from './database.ts'

/** Why PostgreSQL takes no writes, as a sentence for an operator; null when it does. Throws when it does not answer. */
export async function writeFault(db: Database): Promise<string | null> {
  const { rows } = await sql<{ transaction_read_only: string }>`show transaction_read_only`.execute(db)
  return rows[0]?.transaction_read_only === 'on'
    ? 'PostgreSQL is read-only: DATABASE_URL leads to a standby, or a failover is under way.'
    : null
}
