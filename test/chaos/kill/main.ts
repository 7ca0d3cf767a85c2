// npm run chaos:kill: two server processes on one PostgreSQL, killed with SIGKILL at named moments while people pay.
// Options: `-- --seed 1 --payments 2000 --kills 100`. Fails as well when a failpoint was not reached.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readOptions } from '../../../scripts/command-line.ts'
import { startPostgres } from '../../../scripts/postgres/start-postgres.ts'
import { runKillCampaign, type KillFigures } from './campaign.ts'
import { failpoints } from './failpoints.ts'

/** The share of people who may lose patience with servers that die all the time. */
const MOST_GIVEN_UP = 0.01

const { whole } = readOptions('npm run chaos:kill -- [--seed 1] [--payments 2000] [--kills 100]', {
  seed: { type: 'string', default: '1' },
  payments: { type: 'string', default: '2000' },
  kills: { type: 'string', default: '100' },
})
const [seed, journeys, kills] = [whole('seed'), whole('payments', 1), whole('kills', 1)]

const folder = mkdtempSync(join(tmpdir(), 'qiaofu-kill-'))
chmodSync(folder, 0o711)
const postgres = await startPostgres(join(folder, 'postgres'))
const startedAt = performance.now()
try {
  console.log(`seed ${seed}: ${journeys} journeys, ${kills} kills`)
  const databaseUrl = await postgres.database('qiaofu')
  const figures = await runKillCampaign({ seed, journeys, kills, folder, databaseUrl })
  print(figures)
  const { judgement, executioner, ownDeaths, givenUp } = figures
  const tooManyGaveUp = givenUp.length > figures.journeys * MOST_GIVEN_UP
  if (!judgement.isClean || executioner.owed().size > 0 || ownDeaths.length > 0 || tooManyGaveUp)
    process.exitCode = 1
} finally {
  await postgres.stop()
  rmSync(folder, { recursive: true, force: true })
}

function print(figures: KillFigures): void {
  const { judgement, journeys: begun, executioner, startsMs, ownDeaths, givenUp, lost } = figures
  for (const failpoint of failpoints) {
    const owed = executioner.owed().get(failpoint)
    const missing = owed ? `: ${owed} more were wanted, ask for more payments` : ''
    console.log(`${String(executioner.killed.get(failpoint) ?? 0).padStart(5)}  ${failpoint}${missing}`)
  }
  for (const words of ownDeaths) console.log(`a server ended although nobody killed it:\n${words}`)
  const words = [...lost].map(([word, count]) => `${count} ${word}`).join(', ') || 'none'
  console.log(`requests whose server was gone: ${words}; journeys given up: ${givenUp.length}`)
  for (const why of new Set(givenUp)) console.log(`       ${why.slice(0, 200)}`)
  console.log(judgement.lines.join('\n'))
  const seconds = (ms: number) => (ms / 1000).toFixed(1)
  const starts = startsMs.toSorted((a, b) => a - b)
  const [usual, slowest] = [starts[Math.floor(starts.length / 2)]!, starts.at(-1)!]
  console.log(
    `${begun} journeys, ${executioner.killCount()} kills, ${executioner.cutCount()} cut lines, ${starts.length} starts (usually ready in ${seconds(usual)} s, at worst ${seconds(slowest)} s) in ${seconds(performance.now() - startedAt)} s`,
  )
}
