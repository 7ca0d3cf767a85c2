// One campaign in a process of its own; test/chaos/main.ts runs as many side by side as there are cores.
import { parseArgs } from 'node:util'
import { mchid } from '../support/shop.ts'
import { runCampaign, type Figures } from './campaign.ts'
import { noNotifications, stormy } from './fate.ts'
import { countKinds, missingKinds } from './faults.ts'
import { judge } from './judge.ts'
import { measureTimeliness } from './timeliness.ts'

/** What the process that started this one is told at the end. */
export interface Outcome {
  isGood: boolean
  /** For people. */
  lines: string[]
  /** How often each kind of fault was drawn. */
  kinds: [kind: string, times: number][]
}

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
    const kinds = countKinds(figures.tally)
    const verdict = losesAll ? await judgeTimes(shop.databaseUrl, figures) : judgeKinds(kinds, figures)
    const isGood = isClean && verdict.isGood
    tell({ isGood, lines: [headline(figures), ...lines, ...verdict.lines], kinds: [...kinds] })
    if (!isGood) process.exitCode = 1
  },
})

function tell(outcome: Outcome): void {
  if (process.send) process.send(outcome)
  else console.log(outcome.lines.join('\n'))
}

/** A campaign that is large enough meets every kind of fault. */
function judgeKinds(kinds: Map<string, number>, { journeys }: Figures) {
  const missing = missingKinds(kinds, journeys)
  return { isGood: missing.length === 0, lines: missing.map((kind) => `never drawn: ${kind}`) }
}

/** Without a single notification, everything is known in time all the same. */
async function judgeTimes(databaseUrl: string, figures: Figures) {
  const { afterExpiry, afterReturn } = await measureTimeliness(databaseUrl, figures)
  const isGood = afterExpiry.slowestS <= ENDS_WITHIN_S && afterReturn.slowestS <= KNOWN_WITHIN_S
  const line = `no notification arrived: ${afterExpiry.count} payments ended after their expiry, the slowest ${afterExpiry.slowestS} s after it (limit ${ENDS_WITHIN_S}); ${afterReturn.count} clients came back, the slowest read "paid" ${afterReturn.slowestS} s later (limit ${KNOWN_WITHIN_S})`
  return { isGood: isGood && afterReturn.count > 0, lines: [isGood ? line : `too late: ${line}`] }
}

function headline({ journeys, virtualMinutes, digest }: Figures): string {
  const seconds = (performance.now() - startedAt) / 1000
  const { user, system } = process.cpuUsage()
  const cpuMs = (user + system) / 1000 / journeys
  return `seed ${values.seed}: ${journeys} journeys, ${virtualMinutes.toFixed(0)} virtual minutes in ${seconds.toFixed(1)} s, ${cpuMs.toFixed(0)} ms of CPU each; history ${digest}`
}
