import { readdir, readFile } from 'node:fs/promises'
import { sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import type { Database } from './database.ts'

const directory = new URL('./migrations/', import.meta.url)

/** Somebody held a lock for longer than we wait: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const LOCK_NOT_AVAILABLE = '55P03'
/** A minute of waiting, four seconds at a time, so that nobody queues for long behind us. */
const MOST_TRIES = 15

/**
 * Brings the tables up to date. Each migration is one SQL file; several servers may start at once, and wait for the one
 * that was first. One with a lower number may come later: two changes that were made side by side each bring their own.
 */
export async function migrate(db: Database): Promise<void> {
  const provider = {
    async getMigrations() {
      const files = (await readdir(directory)).filter((name) => name.endsWith('.sql')).toSorted()
      const texts = await Promise.all(files.map((name) => readFile(new URL(name, directory), 'utf8')))
      return Object.fromEntries(
        files.map((name, i) => [
          name.replace(/\.sql$/, ''),
          { up: (on: Database) => runText(on, texts[i]!) },
        ]),
      )
    },
  }
  const migrator = new Migrator({ db, provider, allowUnorderedMigrations: true })
  for (let tries = 1; ; tries += 1)
    try {
      const { error } = await migrator.migrateToLatest()
      if (error) throw error
      return
    } catch (error) {
      if ((error as { code?: unknown }).code !== LOCK_NOT_AVAILABLE || tries === MOST_TRIES) throw error
    }
}

const runText = async (db: Database, text: string) => {
  await sql.raw(text).execute(db)
}
