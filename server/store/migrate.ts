import { readdir, readFile } from 'node:fs/promises'
import { sql } from 'kysely'
import { transact, type Database, type Writer } from './database.ts'
import { buildIndexes, withoutConcurrently } from './migrate-indexes.ts'

/** One SQL file. */
export interface Migration {
  /** The file's name without its ending, e.g. "0001-orders-and-payments". Recorded once it has run. */
  name: string
  text: string
}

const directory = new URL('./migrations/', import.meta.url)

/**
 * A lock was held for longer than we wait; two servers built one index: one of them is ended, or finds it there by now.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const WORTH_ANOTHER_TRY = new Set(['55P03', '40P01', '42P07'])
/** A minute of waiting, three seconds at a time: a waiting ALTER TABLE makes every later statement on the table wait too. */
const MOST_TRIES = 20
/** Kysely's Migrator, which ran the migrations of earlier versions, takes the same lock. */
const MIGRATION_LOCK = sql.lit(3853314791062309107n)

/** True for a file that builds indexes while others write, which PostgreSQL does outside a transaction only. */
export const buildsIndexesAlone = (text: string): boolean => text.startsWith('-- outside a transaction\n')

/** The migrations of this version, in the order of their names. */
export async function readMigrations(): Promise<Migration[]> {
  const files = (await readdir(directory)).filter((name) => name.endsWith('.sql')).toSorted()
  return Promise.all(
    files.map(async (file) => ({
      name: file.replace(/\.sql$/, ''),
      text: await readFile(new URL(file, directory), 'utf8'),
    })),
  )
}

/**
 * Brings the tables up to date while other servers, older ones too, go on serving. Each migration is a transaction of its
 * own that records itself, so that locks are held for one file at a time; several servers may start at once. A lower
 * number may come later, and a migration that only a newer version knows is left alone: an older version may start beside
 * it. Throws 55P03 when a lock could not be had within a minute.
 */
export async function migrate(db: Database): Promise<void> {
  const migrations = await readMigrations()
  const wasEmpty = await retried(() => transact(db, (writer) => fillEmptyDatabase(writer, migrations)))
  if (wasEmpty) return
  for (const migration of migrations)
    if (buildsIndexesAlone(migration.text)) await retried(() => buildOnce(db, migration))
    else await retried(() => transact(db, (writer) => runOnce(writer, migration)))
}

/** Runs everything in one transaction where nothing has run before; false: something has. */
async function fillEmptyDatabase(writer: Writer, migrations: Migration[]): Promise<boolean> {
  await takeMigrationLock(writer)
  await sql`
    create table if not exists kysely_migration (name varchar(255) primary key, timestamp varchar(255) not null)`.execute(
    writer,
  )
  const { rows } = await sql`select from kysely_migration limit 1`.execute(writer)
  if (rows.length > 0) return false
  for (const { name, text } of migrations) {
    await sql.raw(withoutConcurrently(text)).execute(writer)
    await record(writer, name)
  }
  return true
}

async function runOnce(writer: Writer, { name, text }: Migration): Promise<void> {
  if (await hasRun(writer, name)) return
  await takeMigrationLock(writer)
  if (await hasRun(writer, name)) return
  await sql.raw(text).execute(writer)
  await record(writer, name)
}

async function buildOnce(db: Database, { name, text }: Migration): Promise<void> {
  if (await hasRun(db, name)) return
  await buildIndexes(db, text)
  await record(db, name)
}

/** Held until the transaction ends, so that it works behind a pooler too. */
const takeMigrationLock = (writer: Writer) =>
  sql`select pg_advisory_xact_lock(${MIGRATION_LOCK})`.execute(writer)

async function hasRun(db: Database, name: string): Promise<boolean> {
  const { rows } = await sql`select from kysely_migration where name = ${name}`.execute(db)
  return rows.length === 1
}

async function record(db: Database, name: string): Promise<void> {
  const at = new Date().toISOString()
  await sql`
    insert into kysely_migration (name, timestamp) values (${name}, ${at}) on conflict do nothing`.execute(db)
}

async function retried<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1)
    try {
      return await work()
    } catch (error) {
      if (!WORTH_ANOTHER_TRY.has((error as { code: string }).code) || tries === MOST_TRIES) throw error
    }
}
