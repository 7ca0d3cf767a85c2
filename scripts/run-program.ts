import { spawn, type SpawnOptionsWithoutStdio } from 'node:child_process'

/** How a program ended (null: by a signal), and all that it printed. */
export type Outcome = { code: number | null; output: string }

/** Runs a program to its end. It does not outlive us. Rejects when it cannot be started. */
export function runProgram(
  program: string,
  args: string[],
  options: SpawnOptionsWithoutStdio,
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    const end = () => void child.kill()
    process.once('exit', end)
    let output = ''
    child.stdout.on('data', (chunk) => (output += chunk))
    child.stderr.on('data', (chunk) => (output += chunk))
    child.once('error', reject)
    child.once('close', (code) => {
      process.off('exit', end)
      resolve({ code, output: output.trim() })
    })
  })
}
