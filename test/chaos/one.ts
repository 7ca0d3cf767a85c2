// One campaign in a process of its own; test/chaos/main.ts runs as many side by side as there are cores.
import { parseArgs } from 'node:util'
import { mchid } from '../support/shop.ts'
import { runCampaign, type Figures } from './campaign.ts'
import { noNotifications, stormy } from './fate.ts'
import { judge } from './judge.ts'
import { measureTimeliness } from './timeliness.ts'

/** Seconds of business time: from a payment's expiry to its end, and from a client's return to "paid". */
const ENDS_WITHIN_S = 300
const KNOWN_WITHIN_S = 10

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    journeys: { type: 'string', default: '500' },
    database: { type: 'string', default: '' },
    'lose-notifications': { type: 'boolean', default: false },
  },
})
const losesAll = values['lose-notifications']
const startedAt = performance.now()
await runCampaign({
  seed: Number(values.seed),
  journeys: Number(values.journeys),
  weather: losesAll ? noNotifications : stormy,
  heals: !losesAll,
  database: { url: values.database, drop: async () => {} },
  judge: async (shop, figures) => {
    const { isClean, lines } = await judge(shop.databaseUrl, shop.sandbox.url, mchid)
    console.log([headline(figures), ...lines].join('\n'))
    const isInTime = !losesAll || (await isTimely(shop.databaseUrl, figures))
    if (!isClean || !isInTime) process.exitCode = 1
  },
})

/** Without a single notification, everything is known in time all the same. */
async function isTimely(databaseUrl: string, figures: Figures): Promise<boolean> {
  const { afterExpiry, afterReturn } = await measureTimeliness(databaseUrl, figures)
  console.log(
    `no notification arrived: ${afterExpiry.count} payments ended after their expiry, the slowest ${afterExpiry.slowestS} s after it (limit ${ENDS_WITHIN_S}); ${afterReturn.count} clients came back, the slowest read "paid" ${afterReturn.slowestS} s later (limit ${KNOWN_WITHIN_S})`,
  )
  return afterExpiry.slowestS <= ENDS_WITHIN_S && afterReturn.slowestS <= KNOWN_WITHIN_S
}

function headline({ journeys, virtualMinutes, struck }: Figures): string {
  const faults = [...struck.values()].reduce((sum, count) => sum + count, 0)
  const seconds = (performance.now() - startedAt) / 1000
  return `seed ${values.seed}: ${journeys} journeys, ${faults} faults, ${virtualMinutes.toFixed(0)} virtual minutes in ${seconds.toFixed(1)} s`
}
