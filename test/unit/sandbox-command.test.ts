import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'

const MAIN = join(import.meta.dirname, '../../sandbox/main.ts')
const children = new Set<ChildProcess>()
afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
  children.clear()
})

interface Run {
  child: ChildProcess
  /** All that was said so far. */
  output(): string
  /** Resolves with the exit code. */
  exited: Promise<number | null>
  /** Resolves when the table of addresses has been printed. */
  ready: Promise<void>
}

function run(...args: string[]): Run {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  children.add(child)
  let text = ''
  const exited = new Promise<number | null>((resolve) => child.on('close', resolve))
  const ready = new Promise<void>((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      text += chunk.toString()
      if (text.includes('in memory') || text.includes('data  ')) resolve()
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    void exited.then(() => reject(new Error(`it ended: ${text}`)))
  })
  ready.catch(() => {})
  return { child, output: () => text, exited, ready }
}

describe('the command', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    'prints its addresses, serves, and stops on %s though a client holds a connection',
    async (signal) => {
      const sandbox = run('--port', '0', '--local-notify')
      await sandbox.ready
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(sandbox.output())![0]
      expect((await fetch(`${url}/_sandbox/clock`)).status).toBe(200)
      for (const part of ['/v3/', '/sns/', '/_sandbox/merchants']) expect(sandbox.output()).toContain(part)
      sandbox.child.kill(signal)
      expect(await sandbox.exited).toBe(0)
    },
  )

  test('warns what it exposes before it listens beyond this machine', async () => {
    // An address kept for documentation: no machine has it, so nothing is opened here.
    const sandbox = run('--port', '0', '--host', '192.0.2.1')
    expect(await sandbox.exited).toBe(1)
    expect(sandbox.output()).toMatch(
      /^Warning: listening on 192\.0\.2\.1\. Whoever reaches this port can read the demo keys/,
    )
    expect(sandbox.output()).toMatch(/\nThis machine has no address "192\.0\.2\.1": see --host\.\n$/)
  })

  test('a taken port is one sentence and a failure', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as AddressInfo
    const sandbox = run('--port', String(port))
    expect(await sandbox.exited).toBe(1)
    expect(sandbox.output()).toBe(
      `Port ${port} is taken: stop what listens there, or choose another with --port.\n`,
    )
    other.close()
  })

  test('a data directory that cannot be one is one sentence and a failure', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'sandbox-command-'))
    const file = join(dir, 'file')
    writeFileSync(file, '')
    const sandbox = run('--port', '0', '--data', file)
    expect(await sandbox.exited).toBe(1)
    expect(sandbox.output()).toBe(
      `The data directory "${file}" cannot be written: choose another with --data.\n`,
    )
    rmSync(dir, { recursive: true })
  })

  test.each([
    [['--port', 'many'], /^--port must be a number from 0 to 65535, not "many"\.\n$/],
    [['--port', '70000'], /^--port must be a number/],
    [['--h5', 'shop'], /^--h5 must be an http or https address/],
    [['--operator-token-file', 'token'], /^--operator-token-file is for the server of --h5/],
    [['--colour', 'red'], /Unknown option '--colour'.*--help/s],
    [['--server', 'http://127.0.0.1:3000'], /^--server is nothing for start/],
    [['play'], /^There is no "play": there are run, trigger, listen/],
    [['run'], /^run plays files/],
    [['listen', 'here'], /^listen takes no "here"/],
    [['listen', '--port', '1'], /^--port is nothing for listen/],
    [['trigger', 'transaction.success'], /^trigger takes one event and --to URL/],
    [['trigger', 'transaction.success', '--to', 'there'], /^--to must be an http or https address/],
    [['trigger', 'order.paid', '--to', 'http://127.0.0.1:9'], /^trigger knows no "order.paid": there are /],
  ])('%j is refused with a sentence', async (args, sentence) => {
    const sandbox = run(...args)
    expect(await sandbox.exited).toBe(2)
    expect(sandbox.output()).toMatch(sentence)
  })

  test('--help shows every command and what --host exposes', async () => {
    const sandbox = run('--help')
    expect(await sandbox.exited).toBe(0)
    for (const word of ['run FILE', 'trigger EVENT', 'listen', 'can read the demo keys'])
      expect(sandbox.output()).toContain(word)
  })

  test('is ready, keys and all, for a few times what its own --help costs the processor', async () => {
    const tells = 'process.on("exit", () => console.log(`cpu ${process.resourceUsage().userCPUTime} us`))'
    /** Of a command that ends by itself, or that is stopped once it serves. */
    const costOf = async (...args: string[]) => {
      const child = spawn(process.execPath, ['--import', `data:text/javascript,${tells}`, MAIN, ...args], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      children.add(child)
      let text = ''
      child.stdout.on('data', (chunk: Buffer) => {
        text += chunk.toString()
        if (args[0] === '--port' && text.includes('in memory')) child.kill('SIGTERM')
      })
      await new Promise((resolve) => child.on('close', resolve))
      return Number(/cpu (\d+) us/.exec(text)![1])
    }
    const help = await costOf('--help')
    expect(await costOf('--port', '0', '--local-notify')).toBeLessThan(6 * help)
  })
})
