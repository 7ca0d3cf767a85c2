// npm run check: all that a machine can find without running the program, fastest first.
import { join } from 'node:path'
import { build } from './build.ts'
import { repository } from './data-folder.ts'
import { runProgram } from './run-program.ts'

const PROGRAMS_AT_ONCE = 2

type Step = {
  title: string
  command: string[]
  before?: () => Promise<void>
  /** It has a figure to tell, also when all is well. */
  tells?: true
}

/** A package's program by its file: what .bin holds is a shell script on Windows. */
function program(path: string): string {
  return join(repository, 'node_modules', path)
}

/** Without project references one compiler run a world; each keeps its progress in node_modules/.cache. */
function types(project: string, compiler = 'typescript/bin/tsc'): Step {
  return {
    title: `types: ${project}`,
    command: [program(compiler), '--noEmit', '--incremental', '-p', project],
  }
}

const folders = ['contract', 'server', 'sandbox', 'h5', 'miniprogram', 'scripts', 'bench', 'test']

const steps: Step[] = [
  { title: 'states page is current', command: ['scripts/states.ts', '--check'] },
  { title: 'migrations', command: ['scripts/lint-migrations.ts'] },
  { title: 'names', command: ['scripts/lint-names.ts'] },
  { title: 'lint and sizes', command: [program('oxlint/bin/oxlint'), '--deny-warnings', '--format=unix'] },
  { title: 'mini-program', command: ['scripts/lint-miniprogram.ts'] },
  {
    title: 'imports',
    command: [
      program('dependency-cruiser/bin/dependency-cruiser.mjs'),
      '--output-type',
      'err-long',
      ...folders,
    ],
  },
  { title: 'formatting', command: [program('prettier/bin/prettier.cjs'), '--check', '--cache', '.'] },
  { title: 'dead code', command: [program('knip/bin/knip.js')] },
  { title: 'H5 first load', command: ['h5/size.ts'], before: build, tells: true },
  types('tsconfig.miniprogram.json'),
  types('sandbox/phone'),
  types('sandbox/desk', 'vue-tsc/bin/vue-tsc.js'),
  types('sandbox'),
  types('h5', 'vue-tsc/bin/vue-tsc.js'),
  types('server'),
  types('test'),
]

/** Runs a step to its end and prints its line, with what it said when it failed or has a figure to tell. */
async function run({ title, command, before, tells }: Step): Promise<boolean> {
  const startedAt = performance.now()
  await before?.()
  const env = { ...process.env, FORCE_COLOR: process.stdout.isTTY ? '1' : '0' }
  const { code, output } = await runProgram(process.execPath, command, { cwd: repository, env })
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${title} (${seconds} s)`)
  if (code !== 0 || tells) console.log(output.replace(/^/gm, '     '))
  return code === 0
}

/** Each of the two runners takes the next step until none is left; resolves with how many failed. */
async function runAll(): Promise<number> {
  const waiting = [...steps]
  let failed = 0
  const runner = async () => {
    for (let step = waiting.shift(); step; step = waiting.shift()) if (!(await run(step))) failed += 1
  }
  await Promise.all(Array.from({ length: PROGRAMS_AT_ONCE }, runner))
  return failed
}

const failed = await runAll()
console.log(
  `\n${steps.length - failed} checks passed, ${failed} failed (${(performance.now() / 1000).toFixed(0)} s)`,
)
process.exitCode = failed > 0 ? 1 : 0
