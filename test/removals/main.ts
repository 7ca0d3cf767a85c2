// npm run removals: takes out one rule after the other in a copy of the repository and runs the tests that guard it.
// Prints which tests turned red. A rule whose removal nobody notices ends the run with exit code 1.
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { repository } from '../../scripts/data-folder.ts'
import { accountRemovals } from './account-removals.ts'
import type { Removal } from './removal.ts'
import { removals as moneyRemovals } from './removals.ts'

const removals = [...moneyRemovals, ...accountRemovals]

/** What of vitest's JSON report is read here. https://vitest.dev/guide/reporters.html#json-reporter */
interface Report {
  testResults: {
    name: string
    status: string
    message: string
    assertionResults: { status: string; title: string }[]
  }[]
}

const MOST_NAMED = 3
const startedAt = performance.now()

const copy = mkdtempSync(join(tmpdir(), 'qiaofu-removals-'))
chmodSync(copy, 0o711)
try {
  copyRepository(copy)
  let unnoticed = 0
  for (const removal of removals) {
    const red = redWithout(removal)
    console.log(
      `${red.length === 0 ? 'GREEN' : 'red'.padEnd(5)}  without "${removal.rule}" (${removal.file})`,
    )
    for (const title of red.slice(0, MOST_NAMED)) console.log(`         ${title}`)
    if (red.length > MOST_NAMED) console.log(`         and ${red.length - MOST_NAMED} more`)
    if (red.length === 0) unnoticed += 1
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0)
  console.log(`${removals.length} rules taken out, ${unnoticed} unnoticed, in ${seconds} s`)
  if (unnoticed > 0) process.exitCode = 1
} finally {
  rmSync(copy, { recursive: true, force: true })
}

/** Every file that git knows or would take, as it lies in the work tree. */
function copyRepository(to: string): void {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: repository,
    encoding: 'utf8',
  })
  for (const file of listed.split('\0').filter(Boolean)) cpSync(join(repository, file), join(to, file))
  symlinkSync(join(repository, 'node_modules'), join(to, 'node_modules'))
}

/** Titles of the tests that fail without the rule. */
function redWithout({ file, states, without, tests, titled }: Removal): string[] {
  const path = join(copy, file)
  const text = readFileSync(path, 'utf8')
  if (text.split(states).length !== 2)
    throw new Error(`${file} does not state the rule exactly once any more: change test/removals/removals.ts`)
  writeFileSync(
    path,
    text.replace(states, () => without),
  )
  try {
    return runTests(tests, titled)
  } finally {
    writeFileSync(path, text)
  }
}

function runTests(tests: readonly string[], titled: string | undefined): string[] {
  const report = join(copy, 'report.json')
  rmSync(report, { force: true })
  const vitest = join(copy, 'node_modules/vitest/vitest.mjs')
  const args = ['run', '--reporter=json', `--outputFile.json=${report}`, ...tests]
  if (titled !== undefined) args.push('--testNamePattern', titled)
  // One try each: a test that turns red shall be red.
  const env = { ...process.env, QIAOFU_DATA: join(copy, 'data'), CI: '' }
  spawnSync(process.execPath, [vitest, ...args], { cwd: copy, env, stdio: 'ignore' })
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report
  return testResults.flatMap((file) =>
    file.assertionResults.filter((test) => test.status === 'failed').map((test) => test.title),
  )
}
