import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSandbox } from '../support/sandbox-client.ts'
import type { SandboxClient } from '../support/sandbox-client.ts'

const deskDir = join(mkdtempSync(join(tmpdir(), 'desk-')), 'desk')

let sandbox: SandboxClient
beforeAll(async () => {
  sandbox = await openSandbox({ deskDir })
})
afterAll(() => sandbox.close())

test('before it is built the page says how, and where everything else is', async () => {
  const { status, text } = await sandbox.get('/')
  expect(status).toBe(200)
  expect(text).toContain('npm run build')
  expect(text).toContain('/_sandbox/merchants')
})

test('an address that leads nowhere shows people the way, and tells programs', async () => {
  const visited = await sandbox.get('/pay', { accept: 'text/html,*/*;q=0.8' })
  expect(visited.status).toBe(404)
  expect(visited.text).toContain('这里没有东西')
  for (const way of ['/', '/phone/', '/_sandbox/merchants'])
    expect(visited.text).toContain(`<a href="${way}">`)
  const asked = await sandbox.get('/pay')
  expect(asked.status).toBe(404)
  expect(JSON.parse(asked.text).message).toMatch(/GET \/pay: .*\/v3\/.*\/_sandbox\/.*docs\/sandbox\.md/)
})

test('built while the sandbox runs it is there at the next visit, and nobody may frame it', async () => {
  mkdirSync(deskDir)
  writeFileSync(join(deskDir, 'index.html'), 'the desk')
  writeFileSync(join(deskDir, 'desk.js'), 'its program')
  const { status, text, headers } = await sandbox.get('/')
  expect([status, text]).toEqual([200, 'the desk'])
  expect(headers.get('content-security-policy')).toBe("frame-ancestors 'none'")
  expect((await sandbox.get('/_desk/desk.js')).text).toBe('its program')
})
