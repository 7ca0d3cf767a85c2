import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { repository } from '../../scripts/data-folder.ts'

/** Runs one of the repository's programs to its end. */
const run = (program: string, ...options: string[]) =>
  spawnSync(process.execPath, [program, ...options], { cwd: repository, encoding: 'utf8' })

test.each([
  'bench/main.ts',
  'bench/sandbox.ts',
  'test/chaos/main.ts',
  'test/chaos/kill/main.ts',
  'test/fuzz/main.ts',
  'test/model/main.ts',
])('%s names an option that it does not know, shows its usage, and does nothing', (program) => {
  const { status, stdout, stderr } = run(program, '--sed', '7')
  expect(stderr).toMatch(/^Unknown option '--sed'.*\nUsage: (npm run|node) [^\n]*--\w+[^\n]*\n$/s)
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
})

test('a number out of its bounds is refused with the bounds', () => {
  const { status, stderr } = run('bench/main.ts', '--orders', '1e9')
  expect(stderr).toMatch(/^--orders takes a whole number from 1 to 100000, not "1e9"\.\nUsage: /)
  expect(status).toBe(2)
})

test('help is printed and nothing is done', () => {
  const { status, stdout } = run('test/model/main.ts', '--help')
  expect(stdout).toMatch(/^Usage: npm run model -- [^\n]+\n$/)
  expect(status).toBe(0)
})
