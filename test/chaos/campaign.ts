import { sql } from 'kysely'
import { limits } from '../../server/config/limits.ts'
import { sweep } from '../../server/jobs/sweep.ts'
import { mchid, openShop, type Shop } from '../support/shop.ts'
import { chanceOf, type Chance } from './chance.ts'
import { digestHistory } from './digest.ts'
import { clear, meetsTimeout, type Weather } from './fate.ts'
import { note, type Tally } from './faults.ts'
import { travel } from './journeys.ts'
import { createKeyChanges } from './key-changes.ts'
import { openNetwork, type Network } from './network.ts'
import { gather, peopleFor } from './people.ts'
import { createVirtualTime, type VirtualTime } from './virtual-time.ts'

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
  /** How often each fault struck, e.g. "prepay lost-after", and each kind of journey. */
  tally: Tally
  /** Of every step of every history: two runs of one seed have the same. */
  digest: string
  /** Business time at which the client of each payment came back from a cashier that took the money. */
  returnedAtMs: ReadonlyMap<string, number>
  /** How far the server's clock was ahead of that. */
  skewMs: number
}

const SECOND = 1_000
const MINUTE = 60 * SECOND
/** Orders come in over the first minutes. */
const START_WITHIN_MS = 5 * MINUTE
/** How far time moves at once when nobody waits for anything sooner: while orders come in, and afterwards. */
const STEP_MS = 5 * SECOND
const QUIET_STEP_MS = 20 * SECOND
/** After the last journey: the longest order has expired, its close was tried again, and refunds went their way. */
const AFTER_MS = 60 * MINUTE
/** The server's business clock may differ from WeChat's by so many whole seconds. */
const SKEW_S = 30
/** So many act at once: what comes to them meanwhile waits no longer than WeChat's own patience. */
const MOST_AWAKE = 16
/** WeChat's silence counts as a timeout after so much machine time at the first moment, when some are to meet one … */
const SILENCE_MS = 3_000
/** … and never later: a machine that stands still for a while must not make a fault that the seed does not know. */
const PATIENCE_MS = 60_000

/** All that a running campaign holds. */
interface Stage {
  campaign: Campaign
  shop: Shop
  network: Network
  time: VirtualTime
  startMs: number
  /** How far the server's clock is ahead. */
  skewMs: number
  tally: Tally
  journeyOf: Map<string, number>
}

/** Runs one campaign, and everything in it in this process but PostgreSQL. Throws what any part of it threw. */
export async function runCampaign(campaign: Campaign): Promise<void> {
  const chance = chanceOf(campaign.seed, 'campaign')
  const startMs = Math.floor(Date.now() / MINUTE) * MINUTE
  const time = createVirtualTime(startMs)
  const skewMs = chance.between(1, SKEW_S) * SECOND * (chance.next() < 0.5 ? -1 : 1)
  const timeouts = {
    connectMs: PATIENCE_MS,
    get totalMs() {
      return time.nowMs() === startMs ? SILENCE_MS : PATIENCE_MS
    },
  }
  const tally: Tally = new Map([['clock skew', 1]])
  const journeyOf = new Map<string, number>()
  let network: Network | undefined
  const shop = await openShop({
    database: campaign.database,
    server: { clock: { now: () => new Date(time.nowMs() + skewMs) }, isHandWound: true, timeouts },
    between: async (server, sandbox) => {
      network = await openNetwork({
        seed: campaign.seed,
        weather: clear,
        wechat: sandbox.url,
        server,
        apiV3Key: sandbox.merchant(mchid).apiV3Key,
        nowMs: time.nowMs,
        journeyOf: (orderId) => journeyOf.get(orderId),
        strike: (api, outTradeNo, effect) =>
          sandbox.control('/rules', { match: { api, outTradeNo, times: 1 }, effect }),
        tally,
      })
      return network
    },
  })
  try {
    const stage = { campaign, shop, network: network!, time, startMs, skewMs, tally, journeyOf }
    const returnedAtMs = await play(stage)
    const digest = await digestHistory(shop.databaseUrl, startMs, (orderId) => journeyOf.get(orderId))
    const virtualMinutes = (time.nowMs() - startMs) / MINUTE
    const { journeys } = campaign
    await campaign.judge(shop, { journeys, virtualMinutes, tally, digest, returnedAtMs, skewMs })
  } finally {
    await shop.close()
    await network?.close()
  }
}

async function play(stage: Stage): Promise<Figures['returnedAtMs']> {
  const { campaign, shop, network, time, startMs, tally } = stage
  const changeKeys = createKeyChanges(shop.sandbox, startMs)
  await shop.sandbox.control('/clock', { frozen: true })
  await moveWechat(stage, startMs)
  const people = await gather(shop, peopleFor(campaign.journeys))
  network.setWeather(campaign.weather)
  const returnedAtMs = beginJourneys(stage, people)
  let endMs = Infinity
  for (;;) {
    await settleDown(stage)
    if (time.nowMs() >= endMs) return returnedAtMs
    if (endMs === Infinity && time.livingCount() === 0) {
      if (campaign.heals) network.setWeather(clear)
      endMs = time.nowMs() + AFTER_MS
    }
    const atMs = Math.min(await nextMomentMs(stage), endMs)
    await moveMachineTime(stage, atMs - time.nowMs())
    await moveWechat(stage, atMs)
    for (let changes = await changeKeys(atMs); changes > 0; changes -= 1) note(tally, 'key change')
    while (time.moveTo(atMs, MOST_AWAKE) > 0) {
      await time.everybodySleeps()
      await network.deliver(atMs)
    }
  }
}

const moveWechat = ({ shop }: Stage, atMs: number) =>
  shop.sandbox.control('/clock', { at: new Date(atMs).toISOString() })

/** How long after the beginning somebody sets out: whoever is to meet a timeout does so at once, and alone. */
const drawStartMs = (chance: Chance) => chance.between(1, START_WITHIN_MS / STEP_MS) * STEP_MS

/**
 * Machine time hardly passes here, and some things wait for it: a notification that could not be settled is tried again, and
 * whoever asks about a payment minutes later is not told that somebody just did.
 */
async function moveMachineTime({ shop }: Stage, byMs: number): Promise<void> {
  const { db } = shop.server.services
  const by = sql`${byMs} * interval '1 millisecond'`
  await sql`update payments set asked_at = asked_at - ${by} where asked_at is not null`.execute(db)
  await sql`update notifications set next_attempt_at = next_attempt_at - ${by} where settled_at is null`.execute(
    db,
  )
}

/** Everybody sets out. Returns who came back from a cashier when, as it fills. */
function beginJourneys(stage: Stage, people: Awaited<ReturnType<typeof gather>>): Map<string, number> {
  const { campaign, shop, network, time, startMs, tally, journeyOf } = stage
  const returnedAtMs = new Map<string, number>()
  for (let index = 0; index < campaign.journeys; index += 1) {
    const chance = chanceOf(campaign.seed, 'journey', index)
    time.live(async () => {
      await time.sleepUntil(meetsTimeout(index) ? startMs : startMs + drawStartMs(chance))
      await travel({
        shop,
        time,
        chance,
        platformNotifyUrl: campaign.heals ? `${network.serverUrl}/webhooks/wechatpay/${mchid}` : null,
        doors: people[index % people.length]!,
        began(orderId, kind) {
          journeyOf.set(orderId, index)
          note(tally, `journey ${kind}`)
        },
        meanwhile: (_orderId, nth, act) =>
          network.meanwhile(index, nth, async () => {
            note(tally, 'paid meanwhile')
            await act()
          }),
        returned: (paymentId, atMs) => void returnedAtMs.set(paymentId, atMs),
      })
    })
  }
  return returnedAtMs
}

/** Everything that is due at this moment happens before time moves on. */
async function settleDown({ shop, network, time }: Stage): Promise<void> {
  const { services } = shop.server
  await time.everybodySleeps()
  await network.deliver(time.nowMs())
  while ((await sweep(services)) >= limits.sweepBatchCount);
  await network.deliver(time.nowMs())
}

/** When the server looks at something next, whatever it is. */
const DUE = sql<{ at: Date | null }>`
  select least((select min(next_check_at) from payments), (select min(next_check_at) from refunds),
    (select min(expires_at) from orders where state = 'pending')
      + ${limits.expiryGraceMs} * interval '1 millisecond') as at`

/** The next step of the clock at which anything can happen. */
async function nextMomentMs({ campaign, shop, network, time, startMs, skewMs }: Stage): Promise<number> {
  const nowMs = time.nowMs()
  const stepMs = nowMs - startMs < 2 * START_WITHIN_MS ? STEP_MS : QUIET_STEP_MS
  const wakeMs = time.nextWakeMs() ?? Infinity
  if (wakeMs <= nowMs + stepMs) return wakeMs
  if (campaign.heals) {
    const { pending } = (await shop.sandbox.control('/notifications?limit=1')).body
    if (pending > 0) return nowMs + stepMs
  }
  const dueAt = (await DUE.execute(shop.server.services.db)).rows[0]!.at
  const dueMs = Math.min(dueAt ? dueAt.getTime() - skewMs : Infinity, network.nextLateMs() ?? Infinity)
  const onStepMs = startMs + Math.ceil((dueMs - startMs) / stepMs) * stepMs
  return Math.min(wakeMs, Math.max(nowMs + stepMs, onStepMs))
}
