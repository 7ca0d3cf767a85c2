import { join } from 'node:path'
import pg from 'pg'
import { startPostgres } from '../../scripts/postgres/start-postgres.ts'

/** Databases of tests are named so. */
export const TEST_DATABASE_PREFIX = 'qiaofu_test_'
/** Held shared by every run that uses the server: the run that gets it alone is the last one, and stops the server. */
const IN_USE_LOCK = 20_261_121

/** A run's part in the server of a data folder. */
export interface TestPostgres {
  /** Connection string of its maintenance database. */
  url: string
  /** Ends this part, and the server with the last one. */
  leave(): Promise<void>
}

/**
 * Starts the PostgreSQL of tests in a data folder, or joins the one that runs there. Runs of one folder share it.
 * A server that another run is just stopping may answer and be gone a moment later: then it is started anew.
 */
export async function joinTestPostgres(dataFolder: string): Promise<TestPostgres> {
  for (let attempt = 1; ; attempt += 1) {
    const postgres = await startPostgres(join(dataFolder, 'test-postgres'))
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
      return { url, leave: () => leave(session, () => postgres.stop()) }
    } catch (error) {
      await session.end().catch(() => undefined)
      if (attempt === 5) throw error
    }
  }
}

async function leave(session: pg.Client, stop: () => Promise<void>): Promise<void> {
  await session.query('SELECT pg_advisory_unlock_shared($1)', [IN_USE_LOCK])
  const isLast = await getsLockAlone(session)
  if (isLast) await stop()
  await session.end().catch(() => undefined)
}

async function getsLockAlone(session: pg.Client): Promise<boolean> {
  const { rows } = await session.query('SELECT pg_try_advisory_lock($1) AS alone', [IN_USE_LOCK])
  return rows[0].alone
}

/** Databases of runs that were killed before they could drop them. */
async function dropLeftovers(session: pg.Client): Promise<void> {
  const { rows } = await session.query('SELECT datname FROM pg_database WHERE starts_with(datname, $1)', [
    TEST_DATABASE_PREFIX,
  ])
  for (const { datname } of rows) await session.query(`DROP DATABASE ${datname} WITH (FORCE)`)
}
