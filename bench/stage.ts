import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { startChild, type Child } from '../scripts/demo/child.ts'
import { writeDemoConfig } from '../scripts/demo/demo-config.ts'
import { freePort } from '../scripts/free-port.ts'
import { startPostgres } from '../scripts/postgres/start-postgres.ts'
import type { Usage } from './report-usage.ts'

/** Database, sandbox and server, each a process of its own, all of them gone after close(). */
export type Stage = {
  server: string
  sandbox: string
  /** appid of the mini-program. */
  appid: string
  /** What the server has used since it began. */
  usage(): Promise<Usage>
  /** Numbers of the orders that are paid, read past the server so that looking costs it nothing. */
  paidOrders(): Promise<string[]>
  close(): Promise<void>
}

/** Sets everything up on free ports and in a temporary folder. */
export async function openStage(): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'qiaofu-bench-'))
  chmodSync(folder, 0o711)
  const postgres = await startPostgres(join(folder, 'postgres'))
  const children: Child[] = []
  const close = async () => {
    for (const child of children.reverse()) await child.stop()
    await pool.end().catch(() => undefined)
    await postgres.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  const pool = new pg.Pool({ connectionString: await postgres.database('qiaofu'), max: 1 })
  pool.on('error', () => undefined)
  try {
    const server = `http://127.0.0.1:${await freePort()}`
    const sandbox = `http://127.0.0.1:${await freePort()}`
    const flags = ['--port', new URL(sandbox).port, '--local-notify', '--h5', server]
    const weChat = startChild('沙箱', ['sandbox/main.ts', ...flags], join(folder, 'sandbox.log'), process.env)
    children.push(weChat)
    await weChat.answers(`${sandbox}/_sandbox/merchants`)
    const config = await writeDemoConfig(folder, { server, sandbox })
    const env = { ...process.env, DATABASE_URL: await postgres.database('qiaofu'), QIAOFU_BENCH: '1' }
    const args = ['--import', './bench/report-usage.ts', 'server/main.ts', '--config', config]
    const shop = startChild('服务端', args, join(folder, 'server.log'), env)
    children.push(shop)
    await shop.answers(`${server}/readyz`)
    return {
      server,
      sandbox,
      appid: appidOf(config),
      usage: () => usageOf(shop),
      async paidOrders() {
        const { rows } = await pool.query<{ order_id: string }>(
          "SELECT order_id FROM orders WHERE state = 'paid'",
        )
        return rows.map((row) => row.order_id)
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

function appidOf(config: string): string {
  const { entries } = JSON.parse(readFileSync(config, 'utf8')) as {
    entries: { kind: string; appid: string }[]
  }
  return entries.find((entry) => entry.kind === 'mini-program')!.appid
}

function usageOf({ program }: Child): Promise<Usage> {
  return new Promise((resolve) => {
    program.once('message', (usage) => resolve(usage as Usage))
    program.send('usage')
  })
}
