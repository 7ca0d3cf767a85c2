// npm run stops: two servers behind a keep-alive balancer that asks /readyz each second, stopped in turns while people pay;
// before that the version before is replaced by this one, and after it PostgreSQL is silent, read-only and away.
// Options: `-- --stops 20 --old REV`, `--old none` for no upgrade. Fails when a request failed by a stop or an upgrade.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readOptions } from '../../scripts/command-line.ts'
import { startPostgres } from '../../scripts/postgres/start-postgres.ts'
import { oldFolder, runStopCampaign } from './campaign.ts'
import { BASELINE, unpackVersion } from './old-version.ts'

const { values, whole } = readOptions('npm run stops -- [--stops 20] [--old REV|none] [--no-outages]', {
  stops: { type: 'string', default: '20' },
  old: { type: 'string', default: BASELINE },
  'no-outages': { type: 'boolean', default: false },
})
const stops = whole('stops')

const folder = mkdtempSync(join(tmpdir(), 'qiaofu-stops-'))
chmodSync(folder, 0o711)
const startedAt = performance.now()
try {
  const oldVersion = values.old === 'none' ? null : unpackVersion(values.old, oldFolder(folder))
  if (oldVersion) console.log(`the version before: ${values.old}`)
  const postgres = await startPostgres(join(folder, 'postgres'))
  try {
    const databaseUrl = await postgres.database('qiaofu')
    const outages = !values['no-outages']
    const tell = (line: string) => console.log(line)
    const outcome = await runStopCampaign({ stops, oldVersion, outages, folder, databaseUrl, tell })
    console.log(outcome.judgement.lines.join('\n'))
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(0)
    console.log(`${outcome.failedCount} requests failed by a stop or an upgrade, in ${seconds} s`)
    if (outcome.failedCount > 0 || outcome.lateCount > 0 || !outcome.judgement.isClean) process.exitCode = 1
  } finally {
    await postgres.stop()
  }
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
