import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { openReceiver, openSandbox } from '../support/sandbox-client.ts'

const repository = join(import.meta.dirname, '../..')

/** The one program that a README prints. */
function exampleOf(page: string): string {
  const [, program] = /^```js\n([^]*?)^```$/m.exec(readFileSync(join(repository, page), 'utf8')) ?? []
  return program ?? ''
}

test('the program in the README prints what the README says, and its notification arrives', async () => {
  const sandbox = await openSandbox()
  const receiver = await openReceiver()
  const program = exampleOf('README.md')
    .replace('http://127.0.0.1:4010', sandbox.url)
    .replace('http://127.0.0.1:8080/notify', receiver.url)
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: repository,
  })
  expect(stdout).toBe('SUCCESS 12800\n')
  await receiver.arrived(1)
  await receiver.close()
  await sandbox.close()
})

test('both READMEs print the same program', () => {
  expect(exampleOf('README.en.md')).toBe(exampleOf('README.md'))
})
