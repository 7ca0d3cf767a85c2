import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const checker = fileURLToPath(new URL('./checker/main.ts', import.meta.url))

/** What the checker printed; `isClean` when it found nothing. */
export interface Judgement {
  isClean: boolean
  lines: string[]
}

/**
 * Runs the checker as the program it is. `heard`: a file of what a subscriber heard. `clocksDifferMs`: how far the business
 * clocks of two servers are apart. Throws when it could not do its work.
 */
export async function judge(
  database: string,
  sandbox: string,
  mchid: string,
  { heard, clocksDifferMs }: { heard?: string; clocksDifferMs?: number } = {},
): Promise<Judgement> {
  const args = ['--database', database, '--sandbox', sandbox, '--mchid', mchid]
  if (heard !== undefined) args.push('--heard', heard)
  if (clocksDifferMs !== undefined) args.push('--clocks-differ-ms', String(clocksDifferMs))
  const child = spawn(process.execPath, [checker, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part))
  const code = await new Promise((resolve) => child.once('close', resolve))
  const lines = text.trim().split('\n')
  if (!lines.at(-1)?.includes('differences'))
    throw new Error(`the checker ended with ${String(code)}: ${text}`)
  return { isClean: code === 0, lines }
}
