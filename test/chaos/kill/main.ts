// npm run chaos:kill: two server processes on one PostgreSQL, killed with SIGKILL at named moments while people pay.
// Options: `-- --seed 1 --payments 2000 --kills 100`.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startPostgres } from '../../../scripts/postgres/start-postgres.ts'
import { runKillCampaign } from './campaign.ts'
import { failpoints } from './failpoints.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    payments: { type: 'string', default: '2000' },
    kills: { type: 'string', default: '100' },
  },
})
const [seed, journeys, kills] = [Number(values.seed), Number(values.payments), Number(values.kills)]
if (![seed, journeys, kills].every(Number.isInteger) || journeys < 1 || kills < 1)
  throw new Error('--seed, --payments and --kills take whole numbers, the last two at least 1')

const folder = mkdtempSync(join(tmpdir(), 'qiaofu-kill-'))
chmodSync(folder, 0o711)
const postgres = await startPostgres(join(folder, 'postgres'))
const startedAt = performance.now()
try {
  console.log(`seed ${seed}: ${journeys} journeys, ${kills} kills`)
  const databaseUrl = await postgres.database('qiaofu')
  const { judgement, killed, cuts } = await runKillCampaign({ seed, journeys, kills, folder, databaseUrl })
  for (const failpoint of failpoints)
    console.log(`${String(killed.get(failpoint) ?? 0).padStart(5)}  ${failpoint}`)
  const killCount = [...killed.values()].reduce((sum, count) => sum + count, 0)
  console.log(judgement.lines.join('\n'))
  const seconds = (performance.now() - startedAt) / 1000
  console.log(`${killCount} kills and ${cuts} cut lines in ${seconds.toFixed(0)} s`)
  if (!judgement.isClean) process.exitCode = 1
} finally {
  await postgres.stop()
  rmSync(folder, { recursive: true, force: true })
}
