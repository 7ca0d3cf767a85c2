// npm run chaos: seeded campaigns of faults on a virtual clock, each judged by the checker, a program of its own.
// `-- --seed 1 --payments 10000` shares so many journeys between campaigns; `-- --seeds 20 --payments 500` runs so many
// campaigns of that size and prints one line; `--lose-notifications` loses every one of them and looks at the times.
// Every seed is printed and brings the same history again.
import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { readOptions } from '../../scripts/command-line.ts'
import { startPostgres, type Postgres } from '../../scripts/postgres/start-postgres.ts'
import type { Outcome } from './one.ts'

/** Journeys a campaign has: fewer pay the start of a server too often, more hold too much in memory. */
const FEWEST_A_CAMPAIGN = 500
const MOST_A_CAMPAIGN = 2_500
/** More side by side would ask PostgreSQL for more connections than it has. */
const MOST_AT_ONCE = Math.min(availableParallelism(), 4)

interface Planned {
  seed: number
  journeys: number
}

const { values, whole } = readOptions(
  'npm run chaos -- [--seed 1] [--payments 500] [--seeds 20] [--lose-notifications]',
  {
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string' },
    payments: { type: 'string', default: '500' },
    'lose-notifications': { type: 'boolean', default: false },
  },
)
const [seed, payments] = [whole('seed'), whole('payments', 1)]
const seeds = values.seeds === undefined ? null : whole('seeds', 1)

const folder = mkdtempSync(join(tmpdir(), 'qiaofu-chaos-'))
chmodSync(folder, 0o711)
const postgres = await startPostgres(join(folder, 'postgres'))
const startedAt = performance.now()
try {
  await forgetSafety(postgres)
  const planned = seeds === null ? share() : campaignsOf(seeds, () => payments)
  const outcomes = await runAll(planned)
  summarise(planned, outcomes)
} finally {
  await postgres.stop()
  rmSync(folder, { recursive: true, force: true })
}

/** Nothing here outlives the run, so nothing has to reach a disk. */
async function forgetSafety(server: Postgres): Promise<void> {
  const client = new pg.Client({ connectionString: await server.database('postgres') })
  await client.connect()
  for (const setting of ['fsync', 'synchronous_commit', 'full_page_writes', 'autovacuum'])
    await client.query(`alter system set ${setting} = off`)
  await client.query('select pg_reload_conf()')
  await client.end()
}

function campaignsOf(count: number, journeysOf: (index: number) => number): Planned[] {
  return Array.from({ length: count }, (_, index) => ({ seed: seed + index, journeys: journeysOf(index) }))
}

/** As few campaigns as may be, but one for every core when there are journeys enough. */
function share(): Planned[] {
  const wanted = Math.min(MOST_AT_ONCE, Math.floor(payments / FEWEST_A_CAMPAIGN))
  const count = Math.max(1, wanted, Math.ceil(payments / MOST_A_CAMPAIGN))
  return campaignsOf(count, (index) => Math.floor((payments + index) / count))
}

async function runAll(planned: Planned[]): Promise<Map<Planned, Outcome>> {
  const outcomes = new Map<Planned, Outcome>()
  const left = [...planned]
  const work = async () => {
    for (let next = left.shift(); next; next = left.shift()) {
      const outcome = await runOne(next)
      outcomes.set(next, outcome)
      if (values.seeds === undefined || !outcome.isGood) console.log(outcome.lines.join('\n'))
    }
  }
  await Promise.all(Array.from({ length: MOST_AT_ONCE }, work))
  return outcomes
}

/** Resolves with what it tells at its end, or with why it told nothing. */
async function runOne({ seed, journeys }: Planned): Promise<Outcome> {
  const program = fileURLToPath(new URL('./one.ts', import.meta.url))
  const args = ['--seed', String(seed), '--journeys', String(journeys)]
  if (values['lose-notifications']) args.push('--lose-notifications')
  args.push('--database', await postgres.database(`chaos_${seed}`))
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  let told: Outcome | undefined
  child.once('message', (outcome) => void (told = outcome as Outcome))
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return told ?? { isGood: false, lines: [`seed ${seed} ended with ${code} and told nothing`], kinds: [] }
}

function summarise(planned: Planned[], outcomes: Map<Planned, Outcome>): void {
  const kinds = new Map<string, number>()
  for (const outcome of outcomes.values())
    for (const [kind, times] of outcome.kinds) kinds.set(kind, (kinds.get(kind) ?? 0) + times)
  const failed = planned.filter((one) => !outcomes.get(one)!.isGood)
  const journeys = planned.reduce((sum, one) => sum + one.journeys, 0)
  const seconds = (performance.now() - startedAt) / 1000
  const last = planned.at(-1)!.seed
  const drawn = [...kinds].filter(([, times]) => times > 0).map(([kind, times]) => `${kind} ${times}`)
  if (values.seeds === undefined) console.log(`drawn: ${drawn.join(', ')}`)
  console.log(
    `seeds ${seed}${last === seed ? '' : ` to ${last}`}: ${journeys} journeys in ${planned.length} campaigns, ${seconds.toFixed(0)} s; campaigns with differences or faults: ${failed.length}`,
  )
  const mode = values['lose-notifications'] ? ' --lose-notifications' : ''
  for (const one of failed)
    console.log(`again: npm run chaos -- --seeds 1 --seed ${one.seed} --payments ${one.journeys}${mode}`)
  if (failed.length > 0) process.exitCode = 1
}
