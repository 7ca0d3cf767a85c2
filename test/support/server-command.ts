import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** `node server/main.ts` as a process of its own. */
export interface ServerCommand {
  program: ChildProcess
  /** All it printed so far. */
  out: () => string
  err: () => string
  /** Resolves with its address when it says that it is ready. Rejects with what it said instead. */
  ready: Promise<string>
  /** Resolves with its exit code, or the name of the signal that ended it. */
  ended: Promise<number | string | null>
}

/** Starts the command with nothing of our environment but what `env` says. */
export function startServerCommand(flags: string[], env: Record<string, string>): ServerCommand {
  const program = spawn(process.execPath, ['server/main.ts', ...flags], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [out, err] = ['', '']
  program.stderr.on('data', (chunk) => (err += chunk))
  const ended = new Promise<number | string | null>((resolve) =>
    program.once('close', (code, signal) => resolve(signal ?? code)),
  )
  const ready = new Promise<string>((resolve, reject) => {
    program.stdout.on('data', (chunk) => {
      out += chunk
      const url = /"url":"([^"]+)".*"msg":"ready"/.exec(out)?.[1]
      if (url) resolve(url)
    })
    void ended.then(() => reject(new Error(`the server ended: ${err}`)))
  })
  // A command that is meant to fail is nobody's unhandled rejection.
  ready.catch(() => undefined)
  return { program, out: () => out, err: () => err, ready, ended }
}
