import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import * as fs from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { SetupFault } from '../data-folder.ts'
import { freePort } from '../free-port.ts'
import { canReach, findOwner, type Owner } from './owner.ts'
import { runProgram } from '../run-program.ts'
import { findPrograms, spawnAs } from './programs.ts'

const USER = 'qiaofu'
const PASSWORD_FILE = 'qiaofu-password'
const MAJOR = '18'
/** After kill -9 a dying server holds its shared memory and lock for a while, and recovery replays its log. */
const START_TIMEOUT_MS = 30_000
const RETRY_MS = 100
/** A fast shutdown waits for no client; what is left after this is cut off and recovered at the next start. */
const FAST_STOP_S = 5

/** A running embedded PostgreSQL on a free loopback port. */
export type Postgres = {
  /** The connection string of a database, made if it is not there yet. Holds the password. */
  database(name: string): Promise<string>
  /** Resolves when the server ends. Never for an adopted one, which is nobody's child. */
  ended: Promise<void>
  /** Ends every session and the server, within seconds. */
  stop(): Promise<void>
}

type Place = { cwd: string; owner: Owner | undefined; programs: string }

/**
 * Starts PostgreSQL on a data directory, making it first if there is none, or adopts the server that already runs on it.
 * Its pid file is never deleted: PostgreSQL alone knows whether the server it names is dead. Throws SetupFault.
 */
export async function startPostgres(dataDir: string): Promise<Postgres> {
  const owner = findOwner()
  const place = { cwd: dataDir, owner, programs: findPrograms(owner) }
  await makeCluster(place)
  const { port, child } = await runServer(place)
  const stop = () => stopServer(place)
  const ended = new Promise<void>((resolve) => child?.once('exit', () => resolve()))
  return { database: (name) => makeDatabase(place, port, name), ended, stop }
}

/** initdb works in a folder beside and is moved into place whole: a killed run leaves no half-made cluster. */
async function makeCluster({ cwd: dataDir, owner, programs }: Place): Promise<void> {
  if (fs.existsSync(join(dataDir, 'PG_VERSION'))) return refuseOtherMajor(dataDir)
  fs.mkdirSync(dirname(dataDir), { recursive: true })
  const unfinished = fs.mkdtempSync(`${dataDir}.unfinished-`)
  const passwordFile = `${unfinished}.password`
  fs.writeFileSync(passwordFile, randomBytes(24).toString('hex'), { mode: 0o600 })
  if (owner) for (const path of [unfinished, passwordFile]) fs.chownSync(path, owner.uid, owner.gid)
  if (!canReach(owner, dirname(dataDir)))
    throw new SetupFault(
      `用户 ${owner?.name} 进不了数据目录 ${dirname(dataDir)}：请用环境变量 QIAOFU_DATA 指定一个各级目录都可进入的位置。`,
    )
  const cluster = ['-D', unfinished, '-U', USER, '--encoding=UTF8', '--no-instructions']
  const locale = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C']
  const access = ['--auth=scram-sha-256', `--pwfile=${passwordFile}`]
  const args = [...cluster, ...locale, ...access]
  const { code, output } = await runProgram(
    join(programs, 'initdb'),
    args,
    spawnAs({ cwd: unfinished, owner }),
  )
  if (code !== 0) throw new SetupFault(`${output}\nPostgreSQL 的数据目录没有建成（initdb 退出码 ${code}）。`)
  fs.renameSync(passwordFile, join(unfinished, PASSWORD_FILE))
  try {
    fs.renameSync(unfinished, dataDir)
  } catch (error) {
    fs.rmSync(unfinished, { recursive: true, force: true })
    if (!fs.existsSync(join(dataDir, 'PG_VERSION'))) throw error
  }
}

function refuseOtherMajor(dataDir: string): void {
  const major = fs.readFileSync(join(dataDir, 'PG_VERSION'), 'utf8').trim()
  if (major !== MAJOR)
    throw new SetupFault(
      `${dataDir} 由 PostgreSQL ${major} 创建，而这里是 ${MAJOR}：请移走它，或用环境变量 QIAOFU_DATA 换一个目录。`,
    )
}

/** Tries to connect to the server that the pid file names, and to start one, in turns, until one of them works. */
async function runServer(place: Place): Promise<{ port: number; child?: ChildProcess }> {
  const deadline = performance.now() + START_TIMEOUT_MS
  const logFile = `${place.cwd}.log`
  let child: ChildProcess | undefined
  while (performance.now() < deadline) {
    const port = portOfPidFile(place.cwd)
    if (port && (await answers(place.cwd, port))) return { port, child: isAlive(child) ? child : undefined }
    if (!isAlive(child)) child = await spawnServer(place, logFile)
    await pause(RETRY_MS)
  }
  child?.kill('SIGQUIT')
  throw new SetupFault(`PostgreSQL 没有在 ${START_TIMEOUT_MS / 1000} 秒内就绪，原因见 ${logFile}。`)
}

/** The server outlives a run that leaves it to others, so it must not keep that run's event loop alive. */
async function spawnServer(place: Place, logFile: string): Promise<ChildProcess> {
  const settings = { port: await freePort(), listen_addresses: '127.0.0.1', unix_socket_directories: '' }
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const log = fs.openSync(logFile, 'a', 0o600)
  const child = spawn(join(place.programs, 'postgres'), ['-D', place.cwd, ...args], {
    ...spawnAs(place),
    stdio: ['ignore', log, log],
  })
  fs.closeSync(log)
  child.once('error', () => undefined)
  child.unref()
  return child
}

function isAlive(child: ChildProcess | undefined): boolean {
  return child?.pid !== undefined && child.exitCode === null && child.signalCode === null
}

/** Line 4 of postmaster.pid is the port. https://www.postgresql.org/docs/18/storage-file-layout.html */
function portOfPidFile(dataDir: string): number | undefined {
  try {
    return Number(fs.readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n')[3]) || undefined
  } catch {
    return undefined
  }
}

/** A port number outlives its server in a stale file: the password and the directory prove that this one is ours. */
async function answers(dataDir: string, port: number): Promise<boolean> {
  try {
    const { rows } = await ask<{ same: boolean }>(
      addressOf(dataDir, port, 'postgres'),
      "SELECT current_setting('data_directory') = $1 AS same",
      [dataDir],
    )
    return rows[0]?.same === true
  } catch {
    return false
  }
}

async function makeDatabase({ cwd: dataDir }: Place, port: number, name: string): Promise<string> {
  const maintenance = addressOf(dataDir, port, 'postgres')
  const { rowCount } = await ask(maintenance, 'SELECT 1 FROM pg_database WHERE datname = $1', [name])
  if (!rowCount) await ask(maintenance, `CREATE DATABASE ${pg.escapeIdentifier(name)}`)
  return addressOf(dataDir, port, name)
}

function addressOf(dataDir: string, port: number, database: string): string {
  const password = fs.readFileSync(join(dataDir, PASSWORD_FILE), 'utf8')
  return `postgres://${USER}:${password}@127.0.0.1:${port}/${database}`
}

async function ask<Row extends pg.QueryResultRow>(connectionString: string, sql: string, values?: unknown[]) {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 2_000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return await client.query<Row>(sql, values)
  } finally {
    await client.end().catch(() => undefined)
  }
}

async function stopServer(place: Place): Promise<void> {
  const dataDir = place.cwd
  for (const mode of ['fast', 'immediate']) {
    const args = ['stop', '-D', dataDir, '-m', mode, '-w', '-t', String(FAST_STOP_S)]
    const { code } = await runProgram(join(place.programs, 'pg_ctl'), args, spawnAs(place))
    if (code === 0 || portOfPidFile(dataDir) === undefined) return
  }
}
