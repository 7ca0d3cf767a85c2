import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { repository } from '../scripts/data-folder.ts'

const TIMEOUT_MS = 600_000

/** Seconds from `npm start` in that checkout to a 200 of /readyz; then it is stopped again. */
async function secondsToReady(checkout: string, env: NodeJS.ProcessEnv): Promise<number> {
  const startedAt = performance.now()
  const npm = spawn('npm', ['start'], {
    cwd: checkout,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
    detached: process.platform !== 'win32',
  })
  let output = ''
  npm.stdout.on('data', (chunk) => (output += chunk))
  npm.stderr.on('data', (chunk) => (output += chunk))
  const ended = new Promise((resolve) => npm.once('close', resolve))
  try {
    while (npm.exitCode === null && performance.now() - startedAt < TIMEOUT_MS) {
      const answer = await fetch(`http://127.0.0.1:${env.PORT}/readyz`).catch(() => undefined)
      await answer?.body?.cancel()
      if (answer?.ok) return (performance.now() - startedAt) / 1000
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    throw new Error(`npm start in ${checkout} did not get ready:\n${output}`)
  } finally {
    if (npm.pid && npm.exitCode === null)
      process.kill(process.platform === 'win32' ? npm.pid : -npm.pid, 'SIGINT')
    await ended
  }
}

/** Measures a first start on an empty data folder, a second one on the kept data, and if asked a fresh clone. */
export async function measureReadiness(
  ports: { server: number; sandbox: number },
  withClone: boolean,
): Promise<Record<string, number>> {
  const folder = mkdtempSync(join(tmpdir(), 'qiaofu-bench-ready-'))
  chmodSync(folder, 0o711)
  const env = {
    ...process.env,
    QIAOFU_DATA: join(folder, 'kept'),
    PORT: String(ports.server),
    SANDBOX_PORT: String(ports.sandbox),
    DATABASE_URL: '',
  }
  try {
    const seconds: Record<string, number> = {
      'first start, installed': await secondsToReady(repository, env),
      'second start': await secondsToReady(repository, env),
    }
    if (withClone) {
      const clone = join(folder, 'clone')
      execFileSync('git', ['clone', '--quiet', repository, clone])
      seconds['fresh clone'] = await secondsToReady(clone, { ...env, QIAOFU_DATA: join(folder, 'fresh') })
    }
    return seconds
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
