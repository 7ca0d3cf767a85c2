import type { Pool } from 'pg'
import { bareSignatureCost, percentile } from './figures.ts'
import { settle, travel } from './journey.ts'
import { cpuEach, rate } from './report.ts'
import { seedOrders } from './seed.ts'
import { openMeasuredStage, type MeasuredStage } from './stage.ts'

const EXISTING = [1_000, 100_000]
const WARM_UP_ORDERS = 200
const ORDERS = 400
const SETTLED_ALONE = 200

/** One line of the table: what was measured with so many orders there. */
type Figures = Record<string, number>

/** The same journey with few and with many orders in the database, side by side. */
export async function measureGrowth(): Promise<void> {
  const stage = await openMeasuredStage()
  try {
    const columns: Figures[] = []
    for (const existing of EXISTING) {
      await seedOrders(stage.pool, existing)
      await travel(stage, stage.customers, WARM_UP_ORDERS)
      columns.push(await measure(stage))
    }
    const [few, many] = columns as [Figures, Figures]
    console.log(
      `\n  existing orders                ${EXISTING.map((n) => String(n).padStart(10)).join(' ')}     grows`,
    )
    for (const [title, before] of Object.entries(few)) {
      const after = many[title]!
      const growth = before > 0 ? `${(after / before).toFixed(2)}x` : '–'
      const cells = [before, after].map((value) => value.toFixed(1).padStart(10)).join(' ')
      console.log(`  ${title.padEnd(30)} ${cells} ${growth.padStart(9)}`)
    }
  } finally {
    await stage.close()
  }
}

async function measure(stage: MeasuredStage): Promise<Figures> {
  const scannedBefore = await rowsScanned(stage.pool)
  const journey = await travel(stage, stage.customers, ORDERS)
  const { rssBytes } = await stage.usage()
  const settling = await settle(stage, stage.customers, SETTLED_ALONE)
  const scanned = (await rowsScanned(stage.pool)) - scannedBefore
  const bare = bareSignatureCost()
  return {
    'paid orders a second': rate(journey),
    'CPU a paid order, of bare': cpuEach(journey) / bare,
    'order p50, ms': percentile(journey.createdMs, 0.5),
    'order p99, ms': percentile(journey.createdMs, 0.99),
    'prepay p50, ms': percentile(journey.prepaidMs, 0.5),
    'prepay p99, ms': percentile(journey.prepaidMs, 0.99),
    'settle p50, ms': percentile(journey.settledMs, 0.5),
    'settle p99, ms': percentile(journey.settledMs, 0.99),
    'settling alone, a second': rate(settling),
    'CPU of settling, of bare': cpuEach(settling) / bare,
    'rows of full scans an order': scanned / (journey.count + settling.count),
    'memory, MB': rssBytes / 1e6,
  }
}

/** Rows that statements found by reading a whole table of those that grow with the orders, requests and sweeps together. */
async function rowsScanned(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ scanned: string }>(
    `select coalesce(sum(seq_tup_read), 0) as scanned from pg_stat_user_tables
     where schemaname = 'public' and relname in ('orders', 'order_lines', 'order_requests', 'payments', 'refunds', 'history',
       'notifications', 'anomalies', 'shop_events', 'deliveries', 'delivery_log')`,
  )
  return Number(rows[0]!.scanned)
}
