import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { repository, SetupFault } from '../data-folder.ts'

const READY_TIMEOUT_MS = 60_000
const READY_PROBE_MS = 50
/** Longer than the grace period of end-with-parent.ts: what is still there then hangs. */
const STOP_TIMEOUT_MS = 6_000
const LAST_LINES = 20

/** A program of the demonstration that runs beside us. */
export type Child = {
  title: string
  program: ChildProcess
  /** Resolves when it has ended, for whatever reason. */
  ended: Promise<void>
  /** Resolves when the address answers 200. Throws SetupFault when the program ends before. */
  answers(url: string): Promise<void>
  /** The last lines that it printed. */
  lastWords(): string
  /** Lets it finish what it is doing, then ends it. */
  stop(): Promise<void>
}

/**
 * Starts a TypeScript program in a session of its own, so that Ctrl-C reaches it only through us and in order, and with
 * a channel whose end tells it that we are gone. What it prints goes to a file that starts anew each time.
 */
export function startChild(title: string, args: string[], logFile: string, env: NodeJS.ProcessEnv): Child {
  const log = openSync(logFile, 'w', 0o600)
  const child = spawn(process.execPath, ['--import', './scripts/demo/end-with-parent.ts', ...args], {
    cwd: repository,
    env,
    stdio: ['ignore', log, log, 'ipc'],
    detached: process.platform !== 'win32',
    windowsHide: true,
  })
  closeSync(log)
  let isRunning = true
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  }).then(() => {
    isRunning = false
  })
  const lastWords = () => readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-LAST_LINES).join('\n')

  async function answers(url: string): Promise<void> {
    const deadline = performance.now() + READY_TIMEOUT_MS
    while (isRunning && performance.now() < deadline) {
      const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined)
      await answer?.body?.cancel()
      if (answer?.ok) return
      await pause(READY_PROBE_MS)
    }
    const fault = isRunning ? `没有在 ${READY_TIMEOUT_MS / 1000} 秒内就绪` : '没有启动成功'
    throw new SetupFault(`${lastWords()}\n${title}${fault}：原因见上，全部日志在 ${logFile}。`)
  }

  async function stop(): Promise<void> {
    if (child.connected) child.disconnect()
    const isLate = await Promise.race([ended, pause(STOP_TIMEOUT_MS, true, { ref: false })])
    if (isLate) child.kill('SIGKILL')
    await ended
  }

  return { title, program: child, ended, answers, lastWords, stop }
}
