import { appendFileSync, chownSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { runProgram } from '../../scripts/run-program.ts'
import { dataFolder, makeDataFolder } from '../../scripts/data-folder.ts'
import { findOwner } from '../../scripts/postgres/owner.ts'
import { startPostgres } from '../../scripts/postgres/start-postgres.ts'
import { until } from './until.ts'

/** A primary and its synchronous standby: what the primary has acknowledged, the standby has on its disk. */
export interface PostgresPair {
  /** Names both hosts, the primary first. */
  url: string
  /** Ends the primary without a goodbye, as a power cut would. */
  killPrimary(): void
  /** Makes the standby the primary; it waits for no other. */
  promote(): Promise<void>
  close(): Promise<void>
}

const DATABASE = 'qiaofu'

/** Starts both on free ports of the loopback address. */
export async function openPostgresPair(): Promise<PostgresPair> {
  makeDataFolder(dataFolder())
  const folder = mkdtempSync(join(dataFolder(), 'pair-'))
  const owner = findOwner()
  if (owner) chownSync(folder, owner.uid, owner.gid)
  const [primaryFolder, standbyFolder] = [join(folder, 'primary'), join(folder, 'standby')]
  const first = await startPostgres(primaryFolder)
  await first.database(DATABASE)
  await first.stop()
  // A copy of a cluster that is stopped is a base backup.
  await runProgram('cp', ['-a', primaryFolder, standbyFolder], {})
  appendFileSync(join(primaryFolder, 'postgresql.auto.conf'), `synchronous_standby_names = 'standby'\n`)
  const primary = await startPostgres(primaryFolder)
  const primaryUrl = new URL(await primary.database(DATABASE))
  const { port, username, password } = primaryUrl
  const conninfo = `host=127.0.0.1 port=${port} user=${username} password=${password} application_name=standby`
  appendFileSync(join(standbyFolder, 'postgresql.auto.conf'), `primary_conninfo = '${conninfo}'\n`)
  writeFileSync(join(standbyFolder, 'standby.signal'), '', { mode: 0o644 })
  const standby = await startPostgres(standbyFolder)
  const standbyUrl = new URL(await standby.database(DATABASE))
  await until(
    async () =>
      (await ask(primaryUrl, 'select from pg_stat_replication where sync_state = $1', ['sync'])) > 0,
  )
  return {
    url: `${primaryUrl.href.replace(primaryUrl.host, `${primaryUrl.host},${standbyUrl.host}`)}?target_session_attrs=read-write`,
    killPrimary() {
      const [pid] = readFileSync(join(primaryFolder, 'postmaster.pid'), 'utf8').split('\n')
      process.kill(Number(pid), 'SIGQUIT')
    },
    promote: async () => void (await ask(standbyUrl, 'select pg_promote()')),
    async close() {
      await Promise.all([primary.stop(), standby.stop()])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** How many rows a statement answers. */
async function ask(url: URL, text: string, values: unknown[] = []): Promise<number> {
  const client = new pg.Client({ connectionString: url.href })
  await client.connect()
  try {
    return (await client.query(text, values)).rowCount ?? 0
  } finally {
    await client.end()
  }
}
