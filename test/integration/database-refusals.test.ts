import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openConfigFolder, type ConfigFolder } from '../support/config-folder.ts'
import { startServerCommand } from '../support/server-command.ts'

let folder: ConfigFolder
beforeAll(() => {
  folder = openConfigFolder()
})
afterAll(() => folder.remove())

/** What a start says that cannot reach its database. */
async function refusalOf(databaseUrl: string): Promise<string> {
  const command = startServerCommand(['--config', folder.write()], { DATABASE_URL: databaseUrl })
  expect(await command.ended).toBe(1)
  expect(command.err()).not.toMatch(/ {4}at |secret/)
  return command.err()
}

test('a start says what is wrong with the options of its database’s address', async () => {
  const said = await refusalOf(
    'postgres://qiaofu:secret@127.0.0.1:1/shop?sslmode=verify-full&sslrootcert=/no/such.pem',
  )
  expect(said).toMatch(/^PostgreSQL does not answer at DATABASE_URL\..*ENOENT.*\/no\/such\.pem/)
})

test('a start says that PostgreSQL has no connection left, and does not blame the address', async () => {
  // An ErrorResponse: https://www.postgresql.org/docs/current/protocol-error-fields.html
  const fields = Buffer.from('SFATAL\0VFATAL\0C53300\0Msorry, too many clients already\0\0')
  const head = Buffer.alloc(5)
  head.write('E')
  head.writeInt32BE(fields.length + 4, 1)
  const full = createServer((socket) =>
    socket.on('error', () => {}).once('data', () => socket.end(Buffer.concat([head, fields]))),
  ).listen(0, '127.0.0.1')
  await once(full, 'listening')
  const { port } = full.address() as AddressInfo
  expect(await refusalOf(`postgres://qiaofu:secret@127.0.0.1:${port}/shop`)).toBe(
    'PostgreSQL takes no connection now: sorry, too many clients already. Start again once it does.\n',
  )
  full.close()
})
