import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { freePort } from '../../scripts/free-port.ts'
import { findOwner } from '../../scripts/postgres/owner.ts'
import { until } from './until.ts'

/** A PgBouncer in transaction mode before a PostgreSQL. */
export interface Pgbouncer {
  /** The connection string that goes through it. */
  url: string
  close(): Promise<void>
}

/** Connections to PostgreSQL: fewer than clients, so that they are shared. */
const serverConnectionCount = 3

/** Starts it on a free port of the loopback address; it refuses to run as root. Throws where it is not installed. */
export async function openPgbouncer(databaseUrl: string): Promise<Pgbouncer> {
  const target = new URL(databaseUrl)
  const owner = findOwner()
  const folder = mkdtempSync(join(tmpdir(), 'pgbouncer-'))
  const port = await freePort()
  const users = join(folder, 'users.txt')
  const config = join(folder, 'pgbouncer.ini')
  writeFileSync(users, `"${target.username}" "${decodeURIComponent(target.password)}"\n`)
  writeFileSync(
    config,
    [
      '[databases]',
      `* = host=${target.hostname} port=${target.port}`,
      '[pgbouncer]',
      `listen_addr = 127.0.0.1`,
      `listen_port = ${port}`,
      'unix_socket_dir =',
      'auth_type = scram-sha-256',
      `auth_file = ${users}`,
      'pool_mode = transaction',
      `default_pool_size = ${serverConnectionCount}`,
    ].join('\n'),
  )
  if (owner) for (const path of [folder, users, config]) chownSync(path, owner.uid, owner.gid)
  chmodSync(folder, 0o700)
  const program = spawn('pgbouncer', [config], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` },
    ...(owner && { uid: owner.uid, gid: owner.gid }),
  })
  let said = ''
  program.stderr.on('data', (chunk) => (said += chunk))
  const failed = new Promise<never>((_, reject) => {
    program.once('error', () => reject(new Error('pgbouncer is missing: apt-get install pgbouncer')))
    program.once('exit', () => reject(new Error(`pgbouncer ended: ${said}`)))
  })
  failed.catch(() => {})
  const url = new URL(databaseUrl)
  url.hostname = '127.0.0.1'
  url.port = String(port)
  await Promise.race([failed, until(() => answers(url.href))])
  return {
    url: url.href,
    async close() {
      const ended = once(program, 'exit')
      program.kill('SIGKILL')
      await ended
      rmSync(folder, { recursive: true })
    },
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => undefined)
  }
}
