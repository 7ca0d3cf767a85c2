import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { repository } from '../../scripts/data-folder.ts'
import { lockDataFolder } from '../../scripts/demo/clone-lock.ts'
import { freePort } from '../../scripts/free-port.ts'
import { eventually } from '../support/eventually.ts'

/** One demonstration on ports and a data folder of its own. */
type Demonstration = {
  program: ChildProcess
  /** All that it printed so far. */
  printed(): string
  /** Resolves with its exit code, or the name of the signal that ended it. */
  ended: Promise<number | string | null>
}

const started: ChildProcess[] = []
let folder: string
let ports: { server: number; sandbox: number }

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'qiaofu-start-'))
  chmodSync(folder, 0o711)
  ports = { server: await freePort(), sandbox: await freePort() }
})

afterEach(async () => {
  for (const program of started.splice(0)) if (program.exitCode === null) program.kill('SIGTERM')
  await eventually(() => expect(runningParts()).toEqual([]))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** `command` stands for what npm puts between the terminal and us: the program itself, or a shell that waits for it. */
function start(
  env: Record<string, string> = {},
  command = [process.execPath, 'scripts/start.ts'],
): Demonstration {
  const program = spawn(command[0]!, command.slice(1), {
    cwd: repository,
    env: {
      ...process.env,
      DATABASE_URL: '',
      QIAOFU_DATA: folder,
      PORT: String(ports.server),
      SANDBOX_PORT: String(ports.sandbox),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  started.push(program)
  let output = ''
  program.stdout!.on('data', (chunk) => (output += chunk))
  program.stderr!.on('data', (chunk) => (output += chunk))
  const ended = new Promise<number | string | null>((resolve) =>
    program.once('close', (code, signal) => resolve(signal ?? code)),
  )
  return { program, printed: () => output, ended }
}

async function startAndWait(command?: string[]): Promise<Demonstration> {
  const demonstration = start({}, command)
  const isReady = eventually(() => expect(demonstration.printed()).toContain('按 Ctrl-C 停止'))
  await Promise.race([isReady, demonstration.ended])
  expect(demonstration.printed()).toContain('按 Ctrl-C 停止')
  return demonstration
}

/** Command lines of all that runs on our data folder: database, sandbox, server. */
function runningParts(): string[] {
  const lines = existsSync('/proc/self/cmdline')
    ? readdirSync('/proc')
        .filter((name) => /^\d+$/.test(name))
        .map((pid) => commandLineOf(Number(pid)))
    : execFileSync('ps', ['-axo', 'args'], { encoding: 'utf8' }).split('\n')
  return lines.filter((line) => line.includes(`${folder}/`))
}

function commandLineOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
  } catch {
    return ''
  }
}

async function demoKey(): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${ports.sandbox}/_sandbox/merchants`)
  const { merchants } = (await answer.json()) as { merchants: { apiV3Key: string }[] }
  return merchants[0]!.apiV3Key
}

/** Rows that prove that a database is the one of the run before. */
async function databaseIdentity(): Promise<string> {
  const port = readFileSync(join(folder, 'postgres/postmaster.pid'), 'utf8').split('\n')[3]
  const password = readFileSync(join(folder, 'postgres/qiaofu-password'), 'utf8')
  const client = new pg.Client({ connectionString: `postgres://qiaofu:${password}@127.0.0.1:${port}/qiaofu` })
  await client.connect()
  const { rows } = await client.query('SELECT system_identifier::text AS id FROM pg_control_system()')
  await client.end()
  return rows[0].id
}

async function isReady(): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${ports.server}/readyz`).catch(() => undefined)
  return answer?.status === 200
}

describe('npm start', { timeout: 120_000 }, () => {
  test('is up when it says so, and Ctrl-C leaves no process; a second one keeps keys and data', async () => {
    const first = await startAndWait()
    expect(await isReady()).toBe(true)
    expect(first.printed()).toContain(`http://127.0.0.1:${ports.sandbox}/phone/?entry=official`)
    expect(runningParts()).not.toEqual([])
    const before = [await demoKey(), await databaseIdentity()]
    first.program.kill('SIGINT')
    expect(await first.ended).toBe(0)
    expect(runningParts()).toEqual([])

    await startAndWait()
    expect([await demoKey(), await databaseIdentity()]).toEqual(before)
  })

  test('starts again right after kill -9, on the same data and ports', async () => {
    const first = await startAndWait()
    const before = await databaseIdentity()
    first.program.kill('SIGKILL')
    await first.ended
    await startAndWait()
    expect(await databaseIdentity()).toBe(before)
  })

  test.runIf(existsSync('/proc'))(
    'stops everything when npm is killed, though a shell stays between',
    async () => {
      const npm = `const { spawn } = require('node:child_process')
      spawn('sh', ['-c', '${process.execPath} scripts/start.ts; true'], { stdio: 'inherit' })`
      const { program, printed } = await startAndWait([process.execPath, '-e', npm])
      program.kill('SIGKILL')
      await eventually(() => expect(runningParts()).toEqual([]))
      expect(printed()).toContain('启动它的程序已退出')
    },
  )

  test.runIf(existsSync('/proc'))('says which part died and takes the others down', async () => {
    const demonstration = await startAndWait()
    const sandbox = readdirSync('/proc').find((pid) =>
      commandLineOf(Number(pid)).includes('sandbox/main.ts --port ' + ports.sandbox),
    )
    process.kill(Number(sandbox), 'SIGKILL')
    expect(await demonstration.ended).toBe(1)
    expect(demonstration.printed()).toContain('沙箱意外退出')
    expect(runningParts()).toEqual([])
  })
})

describe('npm start says in one sentence what is wrong, and fails:', () => {
  async function expectRefusal(env: Record<string, string>, sentence: RegExp): Promise<void> {
    const { ended, printed } = start(env)
    expect(await ended).toBe(1)
    expect(printed().trim()).toMatch(sentence)
    expect(printed().trim().split('\n')).toHaveLength(1)
  }

  test('a taken port, and how to take another', async () => {
    const holder = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => holder.once('listening', resolve))
    const { port } = holder.address() as AddressInfo
    await expectRefusal(
      { PORT: String(port) },
      new RegExp(`端口 ${port}.*已被占用.*PORT=${port + 100} npm start`),
    )
    await expectRefusal({ SANDBOX_PORT: String(port) }, /沙箱.*已被占用.*SANDBOX_PORT=/)
    holder.close()
  })

  test('a port that is none', () => expectRefusal({ PORT: '70000' }, /PORT 应是 1 到 65535/))

  test('a data folder that cannot be written', () =>
    expectRefusal({ QIAOFU_DATA: '/dev/null/data' }, /数据目录 \/dev\/null\/data 无法写入.*QIAOFU_DATA/))

  test('a demonstration that already runs on the data folder', async () => {
    const lock = await lockDataFolder(folder)
    await expectRefusal({}, new RegExp(`已经在运行.*进程 ${process.pid}`))
    await new Promise((resolve) => lock.close(resolve))
  })
})
