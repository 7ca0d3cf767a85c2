// npm run chaos: seeded campaigns of faults on a virtual clock, each judged by the checker, a program of its own.
// Options: `-- --seed 1 --payments 500 --lose-notifications`. Every seed is printed and brings the same faults again.
import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { startPostgres } from '../../scripts/postgres/start-postgres.ts'

/** Journeys a campaign has at most: more only make each step of its clock longer. */
const MOST_A_CAMPAIGN = 500
/** More side by side would ask PostgreSQL for more connections than it has. */
const MOST_AT_ONCE = 4

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    payments: { type: 'string', default: '500' },
    'lose-notifications': { type: 'boolean', default: false },
  },
})
const [seed, payments] = [Number(values.seed), Number(values.payments)]
if (!Number.isInteger(seed) || !Number.isInteger(payments) || payments < 1)
  throw new Error('--seed and --payments take whole numbers, payments at least 1')

const folder = mkdtempSync(join(tmpdir(), 'qiaofu-chaos-'))
chmodSync(folder, 0o711)
const postgres = await startPostgres(join(folder, 'postgres'))
const startedAt = performance.now()
try {
  const campaigns = Array.from({ length: Math.ceil(payments / MOST_A_CAMPAIGN) }, (_, i) => ({
    seed: seed + i,
    journeys: Math.min(MOST_A_CAMPAIGN, payments - i * MOST_A_CAMPAIGN),
  }))
  const count = campaigns.length
  const failed: number[] = []
  const work = async () => {
    for (let next = campaigns.shift(); next; next = campaigns.shift())
      if ((await runOne(next)) !== 0) failed.push(next.seed)
  }
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), MOST_AT_ONCE) }, work))
  const seconds = (performance.now() - startedAt) / 1000
  console.log(
    `${payments} journeys in ${count} campaigns, ${seconds.toFixed(0)} s; campaigns with differences or faults: ${failed.length}`,
  )
  for (const one of failed) console.log(`again: npm run chaos -- --seed ${one}`)
  if (failed.length > 0) process.exitCode = 1
} finally {
  await postgres.stop()
  rmSync(folder, { recursive: true, force: true })
}

/** Resolves with its exit code. What it prints comes in one piece. */
async function runOne(campaign: { seed: number; journeys: number }): Promise<number> {
  const program = fileURLToPath(new URL('./one.ts', import.meta.url))
  const args = ['--seed', String(campaign.seed), '--journeys', String(campaign.journeys)]
  if (values['lose-notifications']) args.push('--lose-notifications')
  args.push('--database', await postgres.database(`chaos_${campaign.seed}`))
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part))
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  console.log(text.trimEnd())
  return code ?? 1
}
