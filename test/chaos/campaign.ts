import { sweep } from '../../server/jobs/sweep.ts'
import { orderIdOf } from '../../server/shared/id.ts'
import { decrypt } from '../support/sandbox-client.ts'
import { mchid, openShop, type Shop } from '../support/shop.ts'
import { chanceOf } from './chance.ts'
import { clear, type Weather } from './fate.ts'
import { travel } from './journeys.ts'
import { openNetwork, type Network } from './network.ts'
import { gather } from './people.ts'
import { createVirtualTime, type VirtualTime } from './virtual-time.ts'
import { callName, type Passing } from './wire.ts'

/** One run: so many journeys under one seed. */
export interface Campaign {
  seed: number
  journeys: number
  weather: Weather
  /** Whether the weather clears once everybody has done what they wanted. */
  heals: boolean
  database: { url: string; drop(): Promise<void> }
  /** Sees the shop at the end, before it closes. */
  judge: (shop: Shop, figures: Figures) => Promise<void>
}

/** What a run came to. */
export interface Figures {
  journeys: number
  virtualMinutes: number
  /** How often each fault struck, e.g. "prepay lost-after". */
  struck: ReadonlyMap<string, number>
  /** Business time at which the client of each payment came back from a cashier that took the money. */
  returnedAtMs: ReadonlyMap<string, number>
  /** How far the server's clock was ahead of that. */
  skewMs: number
}

const PEOPLE = 24
const SECOND = 1_000
const MINUTE = 60 * SECOND
/** Orders come in over the first minutes. */
const START_WITHIN_MS = 5 * MINUTE
/** How far time moves at once when nobody waits for anything sooner. */
const STEP_MS = 5 * SECOND
const QUIET_STEP_MS = 20 * SECOND
/** After the last journey: the longest order has expired, its close was tried again, and refunds went their way. */
const AFTER_MS = 60 * MINUTE
/** The server's business clock may differ from WeChat's by so much. */
const SKEW_MS = 30 * SECOND

/** Runs one campaign, and everything in it in this process but PostgreSQL. Throws what any part of it threw. */
export async function runCampaign(campaign: Campaign): Promise<void> {
  const chance = chanceOf(campaign.seed, 'campaign')
  const time = createVirtualTime(Date.now())
  const skewMs = chance.between(-SKEW_MS, SKEW_MS)
  const journeyOfOrder = new Map<string, number>()
  let network: Network | undefined
  const shop = await openShop({
    database: campaign.database,
    clock: { now: () => new Date(time.nowMs() + skewMs) },
    between: async (server, sandbox) => {
      const { apiV3Key } = sandbox.merchant(mchid)
      network = await openNetwork({
        seed: campaign.seed,
        weather: clear,
        wechat: sandbox.url,
        server,
        nowMs: time.nowMs,
        journeyOf: (passing) => journeyOfOrder.get(orderIdIn(passing, apiV3Key)) ?? null,
        failNext: (passing) => failNext(sandbox, passing),
      })
      return network
    },
  })
  try {
    const figures = await play(campaign, shop, network!, time, journeyOfOrder)
    await campaign.judge(shop, { ...figures, skewMs })
  } finally {
    await shop.close()
    await network?.close()
  }
}

async function play(
  campaign: Campaign,
  shop: Shop,
  network: Network,
  time: VirtualTime,
  journeyOfOrder: Map<string, number>,
): Promise<Omit<Figures, 'skewMs'>> {
  const startMs = time.nowMs()
  const moveTo = async (atMs: number) => {
    await shop.sandbox.control('/clock', { at: new Date(atMs).toISOString() })
    time.moveTo(atMs)
  }
  await shop.sandbox.control('/clock', { frozen: true })
  await moveTo(startMs)
  const people = await gather(shop, PEOPLE)
  network.setWeather(campaign.weather)
  // Every other campaign meets a WeChat that refuses to close young orders, so that two entries can both be paid.
  if (campaign.seed % 2 === 1)
    await shop.sandbox.control('/rules', { match: { api: 'close' }, effect: { refuseEarlyClose: true } })
  const returnedAtMs = new Map<string, number>()
  for (let index = 0; index < campaign.journeys; index += 1) {
    const chance = chanceOf(campaign.seed, 'journey', index)
    time.live(async () => {
      await time.sleepUntil(startMs + chance.between(0, START_WITHIN_MS / STEP_MS) * STEP_MS)
      await travel({
        shop,
        time,
        chance,
        platformNotifyUrl: campaign.heals ? `${network.serverUrl}/webhooks/wechatpay/${mchid}` : null,
        doors: people[index % people.length]!,
        began: (orderId) => void journeyOfOrder.set(orderId, index),
        returned: (paymentId, atMs) => void returnedAtMs.set(paymentId, atMs),
      })
    })
  }
  let endMs = Infinity
  while (time.nowMs() < endMs) {
    await settleDown(shop, network, time)
    if (endMs === Infinity && time.livingCount() === 0) {
      if (campaign.heals) network.setWeather(clear)
      endMs = time.nowMs() + AFTER_MS
    }
    const stepMs = time.nowMs() - startMs < 2 * START_WITHIN_MS ? STEP_MS : QUIET_STEP_MS
    await moveTo(Math.min(time.nextWakeMs() ?? Infinity, time.nowMs() + stepMs))
  }
  await settleDown(shop, network, time)
  return {
    journeys: campaign.journeys,
    virtualMinutes: (time.nowMs() - startMs) / MINUTE,
    struck: network.struck,
    returnedAtMs,
  }
}

/** Everything that is due at this moment happens before time moves on. */
async function settleDown(shop: Shop, network: Network, time: VirtualTime): Promise<void> {
  await time.everybodySleeps()
  await network.releaseLate(time.nowMs())
  await network.quiet()
  await sweep(shop.server.services)
  await network.quiet()
}

/** The order that a message is about: its numbers carry the order's id. */
function orderIdIn(passing: Passing, apiV3Key: string): string {
  const text =
    passing.direction === 'to-wechat' ? passing.path + passing.body.toString() : opened(passing, apiV3Key)
  const number = /\b[0-9A-Z]{32}\b/.exec(text)?.[0]
  return (number && orderIdOf(number)) ?? ''
}

function opened(passing: Passing, apiV3Key: string): string {
  const { resource } = JSON.parse(passing.body.toString()) as { resource: Parameters<typeof decrypt>[1] }
  return decrypt(apiV3Key, resource)
}

/** WeChat answers the next such call about this number with its own 500, signed. */
async function failNext(sandbox: Shop['sandbox'], passing: Passing): Promise<void> {
  const text = passing.path + passing.body.toString()
  const outTradeNo =
    /"out_trade_no":"([0-9A-Z]{32})"/.exec(text)?.[1] ?? /[0-9A-Z]{32}/.exec(passing.path)?.[0]
  const api = callName(passing.method, passing.path)
  if (outTradeNo && api !== 'refund-query')
    await sandbox.control('/rules', {
      match: { api, outTradeNo, times: 1 },
      effect: { error: 'SYSTEM_ERROR' },
    })
}
