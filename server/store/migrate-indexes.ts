import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Database } from './database.ts'

/** Index and table of each statement of a file that builds indexes: the only form that such a file may hold. */
const INDEX_STATEMENT = /^create (?:unique )?index concurrently (\w+)\s+on (\w+)\s/

/** How long another server's build of the same index is looked at again after. */
const LOOK_AGAIN_MS = 1_000

/** The statements of a file that builds indexes, with the index that each one makes. Throws for any other statement. */
export function indexStatements(text: string): { index: string; statement: string }[] {
  const statements = text
    .replaceAll(/^--.*$/gm, '')
    .split(';')
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
  return statements.map((statement) => {
    const index = INDEX_STATEMENT.exec(statement)?.[1]
    if (!index) throw new Error(`not "create index concurrently NAME on TABLE …": ${statement}`)
    return { index, statement }
  })
}

/** The same text for tables that are still empty: it runs inside a transaction and blocks only its own. */
export const withoutConcurrently = (text: string): string =>
  text.replaceAll(/^(create (?:unique )?index) concurrently /gm, '$1 ')

/**
 * Builds each index that is not there yet, without keeping any table from being written. What a server that died in the
 * middle left is invalid, and built anew; what another server is building just now is waited for.
 */
export async function buildIndexes(db: Database, text: string): Promise<void> {
  for (const { index, statement } of indexStatements(text)) {
    while (await isBeingBuilt(db, index)) await pause(LOOK_AGAIN_MS)
    const found = await stateOf(db, index)
    if (found === 'valid') continue
    if (found === 'invalid') await sql`drop index concurrently if exists ${sql.id(index)}`.execute(db)
    await sql.raw(statement).execute(db)
  }
}

async function stateOf(db: Database, index: string): Promise<'valid' | 'invalid' | 'absent'> {
  const { rows } = await sql<{ valid: boolean }>`
    select indisvalid as valid from pg_index where indexrelid = to_regclass(${index})`.execute(db)
  return rows[0] ? (rows[0].valid ? 'valid' : 'invalid') : 'absent'
}

async function isBeingBuilt(db: Database, index: string): Promise<boolean> {
  const { rows } = await sql`
    select from pg_stat_progress_create_index where index_relid = to_regclass(${index})`.execute(db)
  return rows.length > 0
}
