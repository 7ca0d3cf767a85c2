// npm run removals: takes out one rule after the other in copies of the repository and runs the tests that guard it.
// Prints the first test that turned red. A rule whose removal no test notices ends the run with exit code 1.
// -- --only WORDS takes the rules whose sentence or file contains the words.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readOptions } from '../../scripts/command-line.ts'
import { repository } from '../../scripts/data-folder.ts'
import { joinTestPostgres } from '../support/test-postgres.ts'
import { accountRemovals } from './account-removals.ts'
import { operationRemovals } from './operation.ts'
import type { Removal } from './removal.ts'
import { removals as moneyRemovals } from './removals.ts'

const removals = [...moneyRemovals, ...accountRemovals, ...operationRemovals]

/** What of vitest's JSON report is read here. https://vitest.dev/guide/reporters.html#json-reporter */
interface Report {
  testResults: {
    name: string
    status: string
    message: string
    assertionResults: { status: string; title: string }[]
  }[]
}

/** Copies that are worked on side by side. A run of one test file uses little more than one core. */
const COPY_COUNT = 2

const { only } = readOptions('npm run removals -- [--only WORDS]', { only: { type: 'string' } }).values
const chosen = removals.filter(({ rule, file }) => only === undefined || `${rule} ${file}`.includes(only))
if (chosen.length === 0) {
  console.error(`No rule or file contains “${only}”.`)
  process.exit(2)
}

const startedAt = performance.now()
const waiting = [...chosen]
const unnoticed = (await Promise.all(Array.from({ length: COPY_COUNT }, workInACopy))).flat()
const seconds = ((performance.now() - startedAt) / 1000).toFixed(0)
console.log(`${chosen.length} rules taken out, ${unnoticed.length} unnoticed, in ${seconds} s`)
if (unnoticed.length > 0) process.exitCode = 1

/** Takes rules out until none is left. Resolves with those that no test noticed. */
async function workInACopy(): Promise<string[]> {
  const copy = mkdtempSync(join(tmpdir(), 'qiaofu-removals-'))
  chmodSync(copy, 0o711)
  try {
    copyRepository(copy)
    mkdirSync(dataFolderOf(copy), { mode: 0o711 })
    return await workOn(copy)
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
}

async function workOn(copy: string): Promise<string[]> {
  const green: string[] = []
  // It stays while the runs of this copy come and go.
  const postgres = await joinTestPostgres(dataFolderOf(copy))
  try {
    for (let removal = waiting.shift(); removal; removal = waiting.shift()) {
      const red = await redWithout(copy, removal)
      tell(removal, red)
      if (red.length === 0) green.push(removal.rule)
    }
    return green
  } finally {
    await postgres.leave()
  }
}

function tell({ rule, file }: Removal, red: string[]): void {
  const verdict = red.length === 0 ? 'GREEN' : 'red'
  console.log(
    [`${verdict.padEnd(5)}  without "${rule}" (${file})`, ...red.map((line) => `         ${line}`)].join(
      '\n',
    ),
  )
}

function dataFolderOf(copy: string): string {
  return join(copy, 'data')
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

/** Titles of the tests that fail without the rule, up to the first file that has one. */
async function redWithout(
  copy: string,
  { file, states, without, tests, titled }: Removal,
): Promise<string[]> {
  const path = join(copy, file)
  const text = readFileSync(path, 'utf8')
  if (text.split(states).length !== 2)
    throw new Error(
      `${file} does not state “${states}” exactly once any more: change the row in test/removals`,
    )
  writeFileSync(
    path,
    text.replace(states, () => without),
  )
  try {
    return await runTests(copy, tests, titled)
  } finally {
    writeFileSync(path, text)
  }
}

async function runTests(
  copy: string,
  tests: readonly string[],
  titled: string | undefined,
): Promise<string[]> {
  const report = join(copy, 'report.json')
  rmSync(report, { force: true })
  const vitest = join(copy, 'node_modules/vitest/vitest.mjs')
  // The first red test is enough.
  const args = ['run', '--bail=1', '--reporter=json', `--outputFile.json=${report}`, ...tests]
  if (titled !== undefined) args.push('--testNamePattern', titled)
  // One try each: a test that turns red shall be red.
  const env = { ...process.env, QIAOFU_DATA: dataFolderOf(copy), CI: '' }
  await once(spawn(process.execPath, [vitest, ...args], { cwd: copy, env, stdio: 'ignore' }), 'exit')
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report
  return testResults.flatMap((file) =>
    file.assertionResults.filter((test) => test.status === 'failed').map((test) => test.title),
  )
}
