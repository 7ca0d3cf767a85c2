import pg from 'pg'
import { until } from './until.ts'

/**
 * Holds locks in a transaction of another session while `act` runs into them, so that a race always comes in this order:
 * `statement` is run and left open, `act` starts, `meanwhile` runs once so many statements (`waiters`) wait for a lock,
 * then the transaction ends. Resolves to what `act` resolved to.
 */
export async function whileHeld<Result>(
  databaseUrl: string,
  lock: { statement: string; values: unknown[]; waiters: number },
  act: () => Promise<Result>,
  meanwhile: () => Promise<unknown> = () => Promise.resolve(),
): Promise<Result> {
  const holder = new pg.Client({ connectionString: databaseUrl })
  const watcher = new pg.Client({ connectionString: databaseUrl })
  await Promise.all([holder.connect(), watcher.connect()])
  try {
    await holder.query('begin')
    await holder.query(lock.statement, lock.values)
    const acting = act()
    await until(async () => {
      const { rows } = await watcher.query(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      )
      return rows.length >= lock.waiters
    })
    await meanwhile()
    await holder.query('commit')
    return await acting
  } finally {
    await Promise.all([holder.end(), watcher.end()])
  }
}
