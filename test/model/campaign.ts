import fc from 'fast-check'
import { check } from '../chaos/checker/check.ts'
import { readBooks } from '../chaos/checker/read-books.ts'
import { readLedger } from '../chaos/checker/read-ledger.ts'
import { mchid } from '../support/shop.ts'
import { customerCommands } from './commands/customer.ts'
import { operatorCommands } from './commands/operator.ts'
import { compare } from './commands/step.ts'
import { worldCommands } from './commands/world.ts'
import { unrest } from './faults.ts'
import { clearUp, goesBackFen, keptOf, type Model } from './model.ts'
import { openReal, type Real } from './real.ts'

/** So many runs under one seed. `path` and `replayPath` are what a counterexample prints: they bring it again. */
export interface Campaign {
  seed: number
  runs: number
  path?: string
  replayPath?: string
  /** It ends after this, also while it shrinks a counterexample, with what it has until then. */
  withinMs: number
  /** Told after every run how many there were; not while a counterexample shrinks. */
  passed?: (count: number) => void
  /** A fresh one, each time. */
  database: () => Promise<{ url: string; drop(): Promise<void> }>
}

/** What the runs came to: how often each thing happened that is worth a model. */
export type Figures = Map<string, number>

/** Stories that so many runs tell with any seed. Which call meets a crash is not the seed's to say: sweeps ask as well. */
const ENOUGH_RUNS = 60
const STORIES = [
  'orders paid',
  'orders cancelled',
  'surplus payments, each given back',
  'fen given back',
  'crashes',
]

/** Stories that a campaign of that size should have told and did not: then it shows less than it says. */
export const untoldStories = (figures: Figures): string[] =>
  (figures.get('runs') ?? 0) < ENOUGH_RUNS ? [] : STORIES.filter((story) => !figures.get(story))

const MOST_COMMANDS = 60
const PIECES = 4
const MINUTE = 60_000
/** Sessions last a week of business time, and a run can take half a day of it. */
const RUNS_A_SHOP = 12

/** Runs commands against server and model. Throws fast-check's counterexample, shrunk, with what brings it again. */
export async function runCampaign(campaign: Campaign): Promise<Figures> {
  const figures: Figures = new Map()
  const count = (name: string, by = 1) => void figures.set(name, (figures.get(name) ?? 0) + by)
  let shop: { real: Real; runs: number } | undefined
  const closeShop = async () => {
    if (shop) count('crashes', shop.real.crashes())
    await shop?.real.close()
    shop = undefined
  }
  const { seed, runs: numRuns, path, replayPath, withinMs: interruptAfterTimeLimit } = campaign
  let isShrinking = false
  const commands = fc.commands([fc.oneof(...customerCommands, ...operatorCommands, ...worldCommands)], {
    maxCommands: MOST_COMMANDS,
    size: 'max',
    ...(replayPath !== undefined && { replayPath }),
  })
  const property = fc.asyncProperty(commands, async (all) => {
    shop ??= { real: await openReal(await campaign.database()), runs: 0 }
    const { real } = shop
    const model = await real.begin(PIECES)
    try {
      await fc.asyncModelRun(() => ({ model, real }), all)
      await comeToRest(model, real)
    } catch (error) {
      isShrinking = true
      // What a failed run left behind is nobody's to begin with.
      await closeShop()
      throw error
    }
    tally(model, count)
    for (const [, name] of String(all).matchAll(/([a-z]+)\(/gi)) count(`commands: ${name}`)
    if (!isShrinking) campaign.passed?.(figures.get('runs')!)
    if ((shop.runs += 1) === RUNS_A_SHOP) await closeShop()
  })
  try {
    // Unbiased: long runs from the first on, since a story needs an order, an attempt and a payment to begin.
    await fc.assert(property, {
      seed,
      numRuns,
      interruptAfterTimeLimit,
      unbiased: true,
      ...(path !== undefined && { path }),
    })
  } finally {
    await closeShop()
  }
  return figures
}

/** The weather clears, every order's time passes, every refund has its time; then all is told, and books equal ledger. */
async function comeToRest(model: Model, real: Real): Promise<void> {
  clearUp(model)
  real.line.fareOf = () => 'fair'
  real.line.deadly = null
  const lastMs = Math.max(model.nowMs, ...model.orders.map(({ expiresAtMs }) => expiresAtMs))
  await real.moveTo(lastMs, 10 * MINUTE)
  model.nowMs = lastMs + 4 * MINUTE
  await real.moveTo(model.nowMs, MINUTE)
  for (const order of model.orders) order.isOver = true
  await compare(model, real)
  // A refund that was asked about in vain is asked about again within the hour, and parts of one go a minute apart.
  for (const untilMs of [70 * MINUTE, 140 * MINUTE]) await real.moveTo(model.nowMs + untilMs, 10 * MINUTE)
  model.nowMs += 140 * MINUTE
  await compare(model, real)
  const faults = unrest(await real.look(model.orders.map(({ id }) => id)))
  const [books, ledger] = [await readBooks(real.databaseUrl), await readLedger(real.sandboxUrl, mchid)]
  faults.push(...check(books, ledger).map((difference) => `the checker found ${JSON.stringify(difference)}`))
  if (faults.length > 0) throw new Error(faults.join('\n'))
}

function tally({ orders }: Model, count: (name: string, by?: number) => void): void {
  count('runs')
  for (const order of orders) {
    const paid = order.attempts.filter(({ isPaid }) => isPaid)
    count('orders')
    count('attempts', order.attempts.length)
    if (keptOf(order)) count('orders paid')
    if (order.isCancelAsked) count(keptOf(order) ? 'orders paid though cancelled' : 'orders cancelled')
    count('surplus payments, each given back', paid.filter(({ isKept }) => !isKept).length)
    count(
      '… at another price than the order’s',
      paid.filter((one) => one.amountFen !== order.totalFen).length,
    )
    count(
      'fen taken',
      paid.reduce((sum, one) => sum + one.amountFen, 0),
    )
    count(
      'fen given back',
      paid.reduce((sum, one) => sum + goesBackFen(one), 0),
    )
  }
}
