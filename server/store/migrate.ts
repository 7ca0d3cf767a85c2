import { readdir, readFile } from 'node:fs/promises'
import { sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import type { Database } from './database.ts'

const directory = new URL('./migrations/', import.meta.url)

/**
 * Brings the tables up to date. Each migration is one SQL file; several servers may start at once. One
 * with a lower number may come later: two changes that were made side by side each bring their own.
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
  const { error } = await new Migrator({ db, provider, allowUnorderedMigrations: true }).migrateToLatest()
  if (error) throw error
}

const runText = async (db: Database, text: string) => {
  await sql.raw(text).execute(db)
}
