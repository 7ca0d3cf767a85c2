import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openSandbox } from '../support/sandbox-client.ts'
import type { SandboxClient } from '../support/sandbox-client.ts'

const deskDir = join(mkdtempSync(join(tmpdir(), 'desk-')), 'desk')

let sandbox: SandboxClient
beforeAll(async () => {
  sandbox = await openSandbox({ deskDir })
})
afterAll(() => sandbox.close())

it('before it is built the page says how, and where everything else is', async () => {
  const { status, text } = await sandbox.get('/')
  expect(status).toBe(200)
  expect(text).toContain('npm run build')
  expect(text).toContain('/_sandbox/merchants')
})

it('built while the sandbox runs it is there at the next visit, and nobody may frame it', async () => {
  mkdirSync(deskDir)
  writeFileSync(join(deskDir, 'index.html'), 'the desk')
  writeFileSync(join(deskDir, 'desk.js'), 'its program')
  const { status, text, headers } = await sandbox.get('/')
  expect([status, text]).toEqual([200, 'the desk'])
  expect(headers.get('content-security-policy')).toBe("frame-ancestors 'none'")
  expect((await sandbox.get('/_desk/desk.js')).text).toBe('its program')
})
