// npm run fuzz:sandbox -- --requests 100000 --seed N: bad requests at every address of the sandbox, half of them signed.
// Each gets WeChat's own error or a clear 4xx. Exit code 1: some did not. The seed that is printed repeats the campaign.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readOptions } from '../../scripts/command-line.ts'
import { openStage } from '../support/sandbox-rules/rule.ts'
import { runCampaign } from './campaign.ts'

const SHOWN_FAULTS = 20

const { whole } = readOptions('npm run fuzz:sandbox -- [--requests 100000] [--seed N]', {
  requests: { type: 'string', default: '100000' },
  seed: { type: 'string', default: String(Date.now() % 1_000_000) },
})
const [requests, seed] = [whole('requests', 1), whole('seed')]

const phoneDir = mkdtempSync(join(tmpdir(), 'sandbox-phone-'))
// A phone that is built: without one its page says 503, and rightly so.
writeFileSync(join(phoneDir, 'index.html'), '<!doctype html><title>phone</title>')
const stage = await openStage({ phoneDir, deskDir: phoneDir })
console.log(`seed ${seed}`)
const startedAt = performance.now()
const { statuses, faults } = await runCampaign(stage, { requests, seed })
await stage.close()
rmSync(phoneDir, { recursive: true })

for (const fault of faults.slice(0, SHOWN_FAULTS)) console.log(fault)
const seen = [...statuses].toSorted(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`)
const seconds = ((performance.now() - startedAt) / 1000).toFixed(0)
console.log(`${requests} requests in ${seconds} s; ${seen.join(', ')}`)
console.log(`${faults.length} faults`)
process.exitCode = faults.length > 0 ? 1 : 0
