import { readFileSync } from 'node:fs'
import pg from 'pg'
import type { Child } from '../scripts/demo/child.ts'
import { openStage } from '../scripts/demo/stage.ts'
import type { Usage } from './report-usage.ts'

/** A stage whose server tells what it uses. */
export type MeasuredStage = {
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

/** Opens a stage to measure on. */
export async function openMeasuredStage(): Promise<MeasuredStage> {
  const { server, sandbox, databaseUrl, config, shop, close } = await openStage({
    env: { QIAOFU_BENCH: '1' },
    nodeArguments: ['--import', './bench/report-usage.ts'],
  })
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 1 })
  pool.on('error', () => undefined)
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
    async close() {
      await pool.end().catch(() => undefined)
      await close()
    },
  }
}

function appidOf(config: string): string {
  const { entries } = JSON.parse(readFileSync(config, 'utf8')) as {
    entries: { kind: string; appid: string }[]
  }
  return entries.find((entry) => entry.kind === 'mini-program')!.appid
}

/** What a measured program has used since it began. */
export function usageOf({ program }: Child): Promise<Usage> {
  return new Promise((resolve) => {
    program.once('message', (usage) => resolve(usage as Usage))
    program.send('usage')
  })
}
