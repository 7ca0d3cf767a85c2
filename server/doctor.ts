// npm run doctor: asks each provider one harmless question and tells which keys, secrets and numbers do not belong together.
import { parseArgs } from 'node:util'
import { environment } from './config/env.ts'
import { loadConfig } from './config/load-config.ts'
import { examine } from './examine.ts'
import { createLog } from './shared/log.ts'

try {
  const { values } = parseArgs({ options: { config: { type: 'string' } } })
  const path = values.config ?? environment.configPath
  if (!path) throw new Error('Name the configuration: --config FILE, or QIAOFU_CONFIG.')
  const findings = await examine(loadConfig(path, { production: false }), createLog('silent'))
  for (const { subject, fault } of findings)
    console.log(fault ? `FAIL ${subject}: ${fault}` : `ok   ${subject}`)
  if (findings.some(({ fault }) => fault !== null)) process.exitCode = 1
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 1
}
