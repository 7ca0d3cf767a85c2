// npm test: every test, or those that are named: `npm test -- test/unit`. The last line counts them.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { repository } from './data-folder.ts'

/** What of vitest's JSON report is read here. https://vitest.dev/guide/reporters.html#json-reporter */
type Report = {
  numPassedTests: number
  numFailedTests: number
  testResults: { status: string; assertionResults: unknown[] }[]
}

const reportFile = join(repository, 'node_modules/.cache/test-report.json')

/** Runs vitest and resolves with its exit code. */
function runVitest(args: string[]): Promise<number> {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`]
  const vitest = join(repository, 'node_modules/vitest/vitest.mjs')
  const child = spawn(process.execPath, [vitest, 'run', ...reporters, ...args], {
    cwd: repository,
    stdio: 'inherit',
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)))
}

/** A file that fails before its first test counts as one failure; so does a run that fails for any other reason. */
function count(exitCode: number): { passed: number; failed: number } {
  if (!existsSync(reportFile)) return { passed: 0, failed: 1 }
  const report = JSON.parse(readFileSync(reportFile, 'utf8')) as Report
  const broken = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.length,
  )
  const failed = report.numFailedTests + broken.length
  return { passed: report.numPassedTests, failed: exitCode === 0 ? failed : Math.max(failed, 1) }
}

rmSync(reportFile, { force: true })
const chosen = process.argv.slice(2)
const exitCode = await runVitest(chosen.length > 0 ? chosen : ['--coverage'])
const { passed, failed } = count(exitCode)
console.log(`\n${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 ? 1 : 0
