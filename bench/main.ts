// npm run bench: what the main journey costs, on embedded PostgreSQL and the sandbox, on this machine.
// Options: `-- --orders 400 --fresh-clone`. All load stays on the loopback address and ends by itself.
import { cpus } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { build } from '../scripts/build.ts'
import { freePort } from '../scripts/free-port.ts'
import { signIn, type Customer } from './customer.ts'
import { bareSignatureCost, inParallel, percentile, type Timing } from './figures.ts'
import { measureReadiness } from './ready.ts'
import { openMeasuredStage, type MeasuredStage } from './stage.ts'

const CUSTOMERS = 8
const MOST_ORDERS = 5_000
const WARM_UP_ORDERS = 40
const SETTLE_TIMEOUT_MS = 60_000
const LOOK_EVERY_MS = 10

/** One paid order after another, step by step, so that each step is measured alone. */
type Journey = { created: Timing; prepaid: Timing; notified: Timing; settled: Timing }

async function travel(stage: MeasuredStage, customers: Customer[], count: number): Promise<Journey> {
  const orders = Array.from({ length: count }, (_, index) => ({
    customer: customers[index % customers.length]!,
    id: '',
    prepayId: '',
    paidAt: 0,
  }))
  const created = await inParallel(orders, CUSTOMERS, async (order) => {
    order.id = await order.customer.placeOrder()
  })
  const prepaid = await inParallel(orders, CUSTOMERS, async (order) => {
    order.prepayId = await order.customer.prepay(order.id)
  })
  const firstPaidAt = performance.now()
  const settling = watchSettling(stage, new Set(orders.map((order) => order.id)))
  const notified = await inParallel(orders, CUSTOMERS, async (order) => {
    order.paidAt = performance.now()
    await order.customer.pay(order.prepayId)
  })
  const settledAt = await settling
  const eachMs = orders.map((order) => settledAt.get(order.id)! - order.paidAt)
  const settled = { eachMs, allMs: Math.max(...settledAt.values()) - firstPaidAt }
  return { created, prepaid, notified, settled }
}

/** When each order was first seen as paid in the database. */
async function watchSettling(stage: MeasuredStage, orders: Set<string>): Promise<Map<string, number>> {
  const seen = new Map<string, number>()
  const deadline = performance.now() + SETTLE_TIMEOUT_MS
  while (seen.size < orders.size) {
    if (performance.now() > deadline)
      throw new Error(`only ${seen.size} of ${orders.size} orders were settled in time`)
    const paid = await stage.paidOrders()
    const now = performance.now()
    for (const id of paid) if (orders.has(id) && !seen.has(id)) seen.set(id, now)
    await pause(LOOK_EVERY_MS)
  }
  return seen
}

function printStep(title: string, { eachMs, allMs }: Timing): void {
  const rate = (eachMs.length / allMs) * 1000
  const [half, most] = [percentile(eachMs, 0.5), percentile(eachMs, 0.99)]
  console.log(
    `  ${title.padEnd(34)}${rate.toFixed(0).padStart(6)} /s   p50 ${half.toFixed(1).padStart(7)} ms   p99 ${most.toFixed(1).padStart(7)} ms`,
  )
}

async function measureJourney(count: number): Promise<void> {
  const stage = await openMeasuredStage()
  try {
    const names = Array.from({ length: CUSTOMERS }, (_, index) => `bench-${index + 1}`)
    const customers = await Promise.all(
      names.map((name) => signIn(stage.server, stage.sandbox, stage.appid, name)),
    )
    await travel(stage, customers, Math.min(count, WARM_UP_ORDERS))
    const before = await stage.usage()
    const journey = await travel(stage, customers, count)
    const after = await stage.usage()
    const cpu = (after.cpuMicroseconds - before.cpuMicroseconds) / count
    const bare = bareSignatureCost()
    console.log(
      `${count} orders, ${CUSTOMERS} customers at once; client, sandbox and database share the machine:`,
    )
    printStep('created (POST orders)', journey.created)
    printStep('prepaid (start + launch)', journey.prepaid)
    printStep('paid at the sandbox', journey.notified)
    printStep('settled by notification', journey.settled)
    console.log(`
  CPU of the server a paid order  ${(cpu / 1000).toFixed(2)} ms
  two signatures, two checks      ${(bare / 1000).toFixed(2)} ms, bare, in this run
  ratio                           ${(cpu / bare).toFixed(1)}x (aim: 4x)
  memory of the server            ${(after.rssBytes / 1e6).toFixed(0)} MB (RSS)`)
  } finally {
    await stage.close()
  }
}

const { values } = parseArgs({
  options: { orders: { type: 'string', default: '400' }, 'fresh-clone': { type: 'boolean', default: false } },
})
const count = Number(values.orders)
if (!Number.isInteger(count) || count < 1 || count > MOST_ORDERS)
  throw new Error(`--orders takes a whole number from 1 to ${MOST_ORDERS}`)

console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}\n`)
await build()
await measureJourney(count)
const ports = { server: await freePort(), sandbox: await freePort() }
console.log('\n  from npm start to a 200 of /readyz:')
for (const [title, seconds] of Object.entries(await measureReadiness(ports, values['fresh-clone'])))
  console.log(`  ${title.padEnd(30)}  ${seconds.toFixed(1)} s`)
if (!values['fresh-clone']) console.log('  (fresh clone: npm run bench -- --fresh-clone)')
