import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { repository } from '../../scripts/data-folder.ts'

/** What reaches a customer's phone or browser as text. */
const shipped = ['dist/h5', 'miniprogram'].flatMap((folder) =>
  readdirSync(join(repository, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(js|ts|json|html|css|wxml|wxss|svg)$/.test(path))
    .map((path) => join(folder, path)),
)

/** An appsecret or APIv3 key, a private key, or the name that the configuration has for one. */
const secret = /\b[0-9a-f]{32}\b|PRIVATE KEY|app_?secret|apiV3Key|whsec_/i

test('no file that is shipped to customers holds a secret or its name', () => {
  expect(shipped.length).toBeGreaterThan(50)
  const found = shipped.filter((path) => secret.test(readFileSync(join(repository, path), 'utf8')))
  expect(found).toEqual([])
})

test.each([
  "const secret = '0123456789abcdef0123456789abcdef'",
  '-----BEGIN PRIVATE KEY-----',
  'const appSecret = load()',
])('a file with %s would be found', (text) => {
  expect(secret.test(text)).toBe(true)
})
