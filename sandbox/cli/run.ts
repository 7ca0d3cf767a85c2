import { playScenario } from '../play/play-scenario.ts'
import { readScenario, ScenarioFault } from '../play/read-scenario.ts'
import type { Scenario } from '../play/scenario.ts'
import { anySandbox } from './find-sandbox.ts'

/** What `run` is told. */
export interface RunOptions {
  files: readonly string[]
  sandbox: string | undefined
  server: string | undefined
  token: string | undefined
}

/** Plays scenario files one after another; all are read before the first is played. Resolves with the exit code. */
export async function run({ files, sandbox: given, server, token }: RunOptions): Promise<number> {
  const scenarios = files.flatMap((path) => readOrComplain(path) ?? [])
  if (scenarios.length < files.length) return 1
  const sandbox = await anySandbox(given)
  let failed = 0
  try {
    for (const scenario of scenarios) {
      if (!(await play(scenario, { sandbox: sandbox.url, server, token }))) failed += 1
    }
  } finally {
    await sandbox.close()
  }
  process.stdout.write(`${scenarios.length - failed} of ${scenarios.length} went as written\n`)
  return failed === 0 ? 0 : 1
}

function readOrComplain(path: string): Scenario | undefined {
  try {
    return readScenario(path)
  } catch (error) {
    if (!(error instanceof ScenarioFault)) throw error
    process.stderr.write(`${error.message}\n`)
    return undefined
  }
}

async function play(scenario: Scenario, stage: Parameters<typeof playScenario>[1]): Promise<boolean> {
  const startedAt = performance.now()
  try {
    await playScenario(scenario, stage)
    process.stdout.write(
      `ok    ${scenario.title} (${((performance.now() - startedAt) / 1000).toFixed(1)} s)\n`,
    )
    return true
  } catch (error) {
    if (!(error instanceof ScenarioFault)) throw error
    process.stdout.write(`FAIL  ${scenario.title}\n      ${error.message.replaceAll('\n', '\n      ')}\n`)
    return false
  }
}
