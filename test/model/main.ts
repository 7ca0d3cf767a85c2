// npm run model: what customers, operators, WeChat and time may do, in any order, against a model of the money.
// Options: `-- --runs 200 --seed 1 --minutes 30`. A counterexample is shrunk and prints `--path` and `--replay`, which bring it again.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readOptions } from '../../scripts/command-line.ts'
import { startPostgres } from '../../scripts/postgres/start-postgres.ts'
import { runCampaign, untoldStories } from './campaign.ts'

const TELL_EVERY = 20

const { values, whole } = readOptions(
  'npm run model -- [--runs 200] [--seed 1] [--minutes 30] [--path PATH --replay PATH]',
  {
    runs: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '30' },
    path: { type: 'string' },
    replay: { type: 'string' },
  },
)
const [runs, seed, minutes] = [whole('runs', 1), whole('seed'), whole('minutes', 1)]

const folder = mkdtempSync(join(tmpdir(), 'qiaofu-model-'))
chmodSync(folder, 0o711)
const postgres = await startPostgres(join(folder, 'postgres'))
const startedAt = performance.now()
let databases = 0
try {
  const figures = await runCampaign({
    seed,
    runs,
    withinMs: minutes * 60_000,
    ...(values.path !== undefined && { path: values.path }),
    ...(values.replay !== undefined && { replayPath: values.replay }),
    passed: (count) => void (count % TELL_EVERY === 0 && console.log(`${count} of ${runs} runs`)),
    database: async () => ({
      url: await postgres.database(`model_${(databases += 1)}`),
      drop: async () => {},
    }),
  })
  for (const [name, count] of figures) console.log(`${String(count).padStart(12)}  ${name}`)
  const seconds = (performance.now() - startedAt) / 1000
  console.log(`seed ${seed}: ${figures.get('runs')} runs in ${seconds.toFixed(0)} s, no counterexample`)
  const untold = untoldStories(figures)
  if (untold.length > 0) {
    console.error(`never happened: ${untold.join('; ')}`)
    process.exitCode = 1
  }
} catch (error) {
  const { message, cause } = error as Error
  console.error(`${message}\n\n${String(cause)}`)
  const [path, replay] = [/path: "([^"]+)"/.exec(message)?.[1], /replayPath="([^"]+)"/.exec(message)?.[1]]
  console.error(`again: npm run model -- --seed ${seed} --path ${path} --replay ${replay}`)
  process.exitCode = 1
} finally {
  await postgres.stop()
  rmSync(folder, { recursive: true, force: true })
}
