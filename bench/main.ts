// npm run bench: what the main journey costs, on embedded PostgreSQL and the sandbox, on this machine.
// Options: `-- --orders 20000` shows the memory after as many (default 400), `-- --grow` how every figure grows from 1,000
// to 100,000 existing orders, `-- --fresh-clone` how long a fresh clone takes. All load stays on the loopback address.
import { cpus } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { build } from '../scripts/build.ts'
import { readOptions } from '../scripts/command-line.ts'
import { freePort } from '../scripts/free-port.ts'
import { bareSignatureCost } from './figures.ts'
import { measureGrowth } from './growth.ts'
import { settle, travel } from './journey.ts'
import { measureReadiness } from './ready.ts'
import { printCost, printSteps } from './report.ts'
import { openMeasuredStage, type MeasuredStage } from './stage.ts'

const MOST_ORDERS = 100_000
const WARM_UP_ORDERS = 200
const SETTLED_ALONE = 200
const IDLE_MS = 3_000

async function measureJourney(count: number): Promise<void> {
  const stage = await openMeasuredStage()
  try {
    const { customers } = stage
    await travel(stage, customers, WARM_UP_ORDERS)
    const journey = await travel(stage, customers, count)
    const { rssBytes } = await stage.usage()
    const settling = await settle(stage, customers, Math.min(count, SETTLED_ALONE))
    const idle = await measureIdle(stage)
    const bare = bareSignatureCost()
    console.log(
      `${count} orders, ${customers.length} customers at once; clients, sandbox and database share the machine:\n`,
    )
    printSteps(journey, settling)
    printCost(journey, settling, bare)
    console.log(`  CPU while nobody buys             ${idle.toFixed(1)} ms a second`)
    const orders = count + WARM_UP_ORDERS
    console.log(
      `  memory after ${String(orders).padEnd(20)} ${(rssBytes / 1e6).toFixed(0)} MB (RSS; aim: 200 MB)`,
    )
  } finally {
    await stage.close()
  }
}

/** Milliseconds of CPU that sweeps and queues take in a second without customers: part of every figure above. */
async function measureIdle({ usage }: MeasuredStage): Promise<number> {
  const before = await usage()
  await pause(IDLE_MS)
  const after = await usage()
  return (after.cpuMicroseconds - before.cpuMicroseconds) / IDLE_MS
}

const { values, whole } = readOptions('npm run bench -- [--orders 400] [--grow] [--fresh-clone]', {
  orders: { type: 'string', default: '400' },
  grow: { type: 'boolean', default: false },
  'fresh-clone': { type: 'boolean', default: false },
})
const count = whole('orders', 1, MOST_ORDERS)

console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}\n`)
await build()
await measureJourney(count)
if (values.grow) await measureGrowth()
else console.log('\n  (from 1,000 to 100,000 existing orders: npm run bench -- --grow)')
const ports = { server: await freePort(), sandbox: await freePort() }
console.log('\n  from npm start to a 200 of /readyz:')
for (const [title, seconds] of Object.entries(await measureReadiness(ports, values['fresh-clone'])))
  console.log(`  ${title.padEnd(30)}  ${seconds.toFixed(1)} s`)
if (!values['fresh-clone']) console.log('  (fresh clone: npm run bench -- --fresh-clone)')
