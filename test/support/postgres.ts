import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'
import type { TestProject } from 'vitest/node'
import { dataFolder, makeDataFolder } from '../../scripts/data-folder.ts'
import { joinTestPostgres, TEST_DATABASE_PREFIX } from './test-postgres.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Connection string of the test server's maintenance database. */
    postgresUrl: string
  }
}

/**
 * Vitest's global setup: one PostgreSQL for the run, on a data directory that only tests use.
 * Two runs of one checkout share it; the last one to end stops it.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = dataFolder()
  makeDataFolder(folder)
  const { url, leave } = await joinTestPostgres(folder)
  project.provide('postgresUrl', url)
  return leave
}

/** A place for one test file's rows. */
export type TestDatabase = {
  /** Connection string; holds the password of the test server. */
  url: string
  /** The schema that unqualified names fall into. */
  schema: string
  /** Ends the sessions that are left and removes all rows. */
  drop(): Promise<void>
}

/**
 * Gives a test file a database of its own. Not only a schema: advisory locks, LISTEN/NOTIFY and the job queue's own
 * schema belong to a database, and through them one file's jobs would be worked by another file's workers.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const maintenanceUrl = inject('postgresUrl')
  const name = `${TEST_DATABASE_PREFIX}${process.pid}_${randomBytes(4).toString('hex')}`
  await run(maintenanceUrl, `CREATE DATABASE ${name}`)
  const url = new URL(maintenanceUrl)
  url.pathname = `/${name}`
  return {
    url: url.href,
    schema: 'public',
    drop: () => run(maintenanceUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  }
}

async function run(connectionString: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString })
  try {
    await client.connect()
    await client.query(statement)
  } finally {
    await client.end()
  }
}
