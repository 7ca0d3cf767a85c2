// npm test: every test, or those that are named: `npm test -- test/unit`. The last line counts them.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { repository } from './data-folder.ts'

/** What of vitest's JSON report is read here. https://vitest.dev/guide/reporters.html#json-reporter */
type Report = {
  numPassedTests: number
  numFailedTests: number
  testResults: {
    name: string
    status: string
    /** Why a file failed before its first test. */
    message: string
    assertionResults: { status: string; fullName: string; failureMessages: string[] }[]
  }[]
}

const LINES_OF_A_FAILURE = 12
/** Coverage is of the mini-program, which only these tests load here; collecting it slows all others by an eighth. */
const WHOLE_RUN = [['--project=simulate', '--coverage'], ['--project=!simulate']]
let isStopped = false
const reportFile = join(repository, 'node_modules/.cache/test-report.json')

/** Runs vitest, tells what failed, and resolves with how many tests passed and failed. */
async function runVitest(args: string[]): Promise<{ passed: number; failed: number }> {
  rmSync(reportFile, { force: true })
  const exitCode = await startVitest(args)
  const report = readReport()
  for (const failure of report ? failures(report) : []) console.log(`\nFAILED ${failure}`)
  return count(report, exitCode)
}

/** Resolves with its exit code. */
function startVitest(args: string[]): Promise<number> {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`]
  const vitest = join(repository, 'node_modules/vitest/vitest.mjs')
  const child = spawn(process.execPath, [vitest, 'run', ...reporters, ...args], {
    cwd: repository,
    stdio: 'inherit',
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      isStopped = true
      child.kill(signal)
    })
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)))
}

const readReport = (): Report | undefined =>
  existsSync(reportFile) ? (JSON.parse(readFileSync(reportFile, 'utf8')) as Report) : undefined

/** A file that fails before its first test counts as one failure; so does a run that fails for any other reason. */
function count(report: Report | undefined, exitCode: number): { passed: number; failed: number } {
  if (!report) return { passed: 0, failed: 1 }
  const broken = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.length,
  )
  const failed = report.numFailedTests + broken.length
  return { passed: report.numPassedTests, failed: exitCode === 0 ? failed : Math.max(failed, 1) }
}

/** What failed, and the beginning of why: the last thing that is read of a long log. */
function failures({ testResults }: Report): string[] {
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(repository, name)
    const begin = (text: string) => text.split('\n').slice(0, LINES_OF_A_FAILURE).join('\n    ')
    if (status === 'failed' && !assertionResults.length) return [`${file}\n    ${begin(message)}`]
    return assertionResults
      .filter((test) => test.status === 'failed')
      .map((test) => `${file} > ${test.fullName}\n    ${begin(test.failureMessages.join('\n'))}`)
  })
}

const chosen = process.argv.slice(2)
const sum = { passed: 0, failed: 0 }
for (const args of chosen.length > 0 ? [chosen] : WHOLE_RUN) {
  if (isStopped) break
  const { passed, failed } = await runVitest(args)
  sum.passed += passed
  sum.failed += failed
}
console.log(`\n${sum.passed} passed, ${sum.failed} failed`)
process.exitCode = sum.failed > 0 ? 1 : 0
