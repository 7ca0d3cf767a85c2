import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import pg from 'pg'
import { inject } from 'vitest'
import type { TestProject } from 'vitest/node'
import { dataFolder, makeDataFolder } from '../../scripts/data-folder.ts'
import { startPostgres } from '../../scripts/postgres/start-postgres.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Connection string of the test server's maintenance database. */
    postgresUrl: string
  }
}

const PREFIX = 'qiaofu_test_'
/** Held shared by every run that uses the server: whoever gets it alone is the last one, and stops the server. */
const IN_USE_LOCK = 20_261_121

/**
 * Vitest's global setup: one PostgreSQL for the run, on a data directory that only tests use.
 * Two runs of one checkout share it; the last one to end stops it.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = dataFolder()
  makeDataFolder(folder)
  const { postgres, url, session } = await joinServer(join(folder, 'test-postgres'))
  project.provide('postgresUrl', url)
  return async () => {
    await session.query('SELECT pg_advisory_unlock_shared($1)', [IN_USE_LOCK])
    const isLast = await getsLockAlone(session)
    if (isLast) await postgres.stop()
    await session.end().catch(() => undefined)
  }
}

/** The server that another run is just stopping may answer and be gone a moment later: then it is started anew. */
async function joinServer(dataDir: string) {
  for (let attempt = 1; ; attempt += 1) {
    const postgres = await startPostgres(dataDir)
    const url = await postgres.database('postgres')
    const session = new pg.Client({ connectionString: url })
    session.on('error', () => undefined)
    try {
      await session.connect()
      if (await getsLockAlone(session)) {
        await dropLeftovers(session)
        await session.query('SELECT pg_advisory_unlock($1)', [IN_USE_LOCK])
      }
      await session.query('SELECT pg_advisory_lock_shared($1)', [IN_USE_LOCK])
      return { postgres, url, session }
    } catch (error) {
      await session.end().catch(() => undefined)
      if (attempt === 5) throw error
    }
  }
}

async function getsLockAlone(session: pg.Client): Promise<boolean> {
  const { rows } = await session.query('SELECT pg_try_advisory_lock($1) AS alone', [IN_USE_LOCK])
  return rows[0].alone
}

/** Databases of runs that were killed before they could drop them. */
async function dropLeftovers(session: pg.Client): Promise<void> {
  const { rows } = await session.query('SELECT datname FROM pg_database WHERE starts_with(datname, $1)', [
    PREFIX,
  ])
  for (const { datname } of rows) await session.query(`DROP DATABASE ${datname} WITH (FORCE)`)
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
  const name = `${PREFIX}${process.pid}_${randomBytes(4).toString('hex')}`
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
