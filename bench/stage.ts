import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import type { Child } from '../scripts/demo/child.ts'
import { openStage } from '../scripts/demo/stage.ts'
import { signIn, type Customer } from './customer.ts'
import type { Usage } from './report-usage.ts'

const CUSTOMERS = 8
const LOOK_EVERY_MS = 5
const SETTLE_TIMEOUT_MS = 60_000

/** A stage whose server tells what it uses, with customers who are signed in. */
export type MeasuredStage = {
  customers: Customer[]
  /** Past the server, so that looking costs it nothing. */
  pool: pg.Pool
  /** What the server has used since it began. */
  usage(): Promise<Usage>
  /** Resolves when the order is paid in the database. */
  paid(orderId: string): Promise<void>
  close(): Promise<void>
}

/** Opens a stage to measure on. The server goes by the machine's clock, as in earnest. */
export async function openMeasuredStage(): Promise<MeasuredStage> {
  const { server, sandbox, databaseUrl, config, shop, close } = await openStage({
    env: { QIAOFU_BENCH: '1' },
    nodeArguments: ['--import', './bench/report-usage.ts'],
    ownClock: true,
  })
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 2 })
  pool.on('error', () => undefined)
  const watch = watchPaid(pool)
  const names = Array.from({ length: CUSTOMERS }, (_, index) => `bench-${index + 1}`)
  const appid = appidOf(config)
  return {
    customers: await Promise.all(names.map((name) => signIn(server, sandbox, appid, name))),
    pool,
    usage: () => usageOf(shop),
    paid: watch.paid,
    async close() {
      await watch.stop()
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

/** Looks again and again at the orders that somebody waits for, all of them with one statement by their keys. */
function watchPaid(pool: pg.Pool): { paid(orderId: string): Promise<void>; stop(): Promise<void> } {
  const waiting = new Map<string, { resolve(): void; reject(error: Error): void; until: number }>()
  let isStopping = false
  const look = async () => {
    const { rows } = await pool.query<{ order_id: string }>(
      "select order_id from orders where order_id = any($1) and state = 'paid'",
      [[...waiting.keys()]],
    )
    for (const { order_id: orderId } of rows) {
      waiting.get(orderId)?.resolve()
      waiting.delete(orderId)
    }
    for (const [orderId, { reject, until }] of waiting)
      if (performance.now() > until) reject(new Error(`order ${orderId} was not settled in time`))
  }
  const looking = (async () => {
    while (!isStopping) {
      if (waiting.size > 0) await look()
      await pause(LOOK_EVERY_MS)
    }
  })()
  return {
    paid: (orderId) =>
      new Promise((resolve, reject) =>
        waiting.set(orderId, { resolve, reject, until: performance.now() + SETTLE_TIMEOUT_MS }),
      ),
    async stop() {
      isStopping = true
      await looking
    },
  }
}

/** What a measured program has used since it began. */
export function usageOf({ program }: Child): Promise<Usage> {
  return new Promise((resolve) => {
    program.once('message', (usage) => resolve(usage as Usage))
    program.send('usage')
  })
}
