import { mkdtempSync, rmSync, writeFileSync, existsSync, chmodSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startPostgres } from '../../scripts/postgres/start-postgres.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'qiaofu-postgres-'))
  chmodSync(folder, 0o711)
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function ask(url: string, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query({ text: sql, rowMode: 'array' })
  await client.end()
  return rows[0]?.[0]
}

describe('the embedded PostgreSQL', () => {
  test('is one server when two start at once, keeps rows over a restart, and takes no other password', async () => {
    const dataDir = join(folder, 'postgres')
    const [first, second] = await Promise.all([startPostgres(dataDir), startPostgres(dataDir)])
    const url = await first.database('shop')
    expect(await second.database('shop')).toBe(url)
    await ask(url, "CREATE TABLE kept AS SELECT 'yes' AS answer")
    const stranger = new URL(url)
    stranger.password = 'guess'
    await expect(ask(stranger.href, 'SELECT 1')).rejects.toThrow('password authentication failed')
    await first.stop()
    expect(existsSync(join(dataDir, 'postmaster.pid'))).toBe(false)

    const again = await startPostgres(dataDir)
    expect(await ask(await again.database('shop'), 'SELECT answer FROM kept')).toBe('yes')
    expect(await ask(await again.database('shop'), 'SHOW fsync')).toBe('on')
    await again.stop()
  })

  test('stops within seconds even while somebody is connected', async () => {
    const server = await startPostgres(join(folder, 'postgres'))
    const client = new pg.Client({ connectionString: await server.database('shop') })
    await client.connect()
    const cutOff = new Promise((resolve) => client.on('error', resolve))
    await server.stop()
    expect(await cutOff).toBeInstanceOf(Error)
    await client.end().catch(() => undefined)
  })

  test('refuses the data of another major version, and leaves it alone', async () => {
    const dataDir = join(folder, 'postgres')
    mkdirSync(dataDir)
    writeFileSync(join(dataDir, 'PG_VERSION'), '15\n')
    await expect(startPostgres(dataDir)).rejects.toThrow('由 PostgreSQL 15 创建')
  })
})
