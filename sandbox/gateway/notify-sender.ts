import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { setTimeout as pause } from 'node:timers/promises'
import { createAlarm } from '../world/alarm.ts'
import type { NotificationRecord } from '../world/inbox.ts'
import type { Effect } from '../world/weather.ts'
import type { World } from '../world/world.ts'
import { newDelivery, seal } from './notification.ts'
import type { Delivery, Envelope } from './notification.ts'
import { post } from './post.ts'
import type { PostResult } from './post.ts'
import { transaction } from './transaction.ts'

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS

/**
 * How long WeChat waits after each failed attempt, 24 h 4 min in all.
 * https://pay.weixin.qq.com/doc/v3/merchant/4012075420
 */
export const LADDER_MS: readonly number[] = [
  15 * SECOND_MS,
  15 * SECOND_MS,
  30 * SECOND_MS,
  3 * MINUTE_MS,
  10 * MINUTE_MS,
  20 * MINUTE_MS,
  30 * MINUTE_MS,
  30 * MINUTE_MS,
  30 * MINUTE_MS,
  HOUR_MS,
  3 * HOUR_MS,
  3 * HOUR_MS,
  3 * HOUR_MS,
  6 * HOUR_MS,
  6 * HOUR_MS,
]

/** So many attempts are on their way at a time; the others wait their turn. */
const MAX_IN_FLIGHT = 64
const REORDER_MS = 3 * SECOND_MS

/** Delivers notifications until each was accepted or the ladder is over. */
export interface NotifySender {
  /** Sends it once more, now, whatever became of it. False: it is not remembered. */
  resend(id: string): boolean
  /** How many still have an attempt before them. */
  pendingCount(): number
  /** Gives up what is under way; nothing is sent any more. */
  stop(): void
}

/** Listens to the world's payments and notifies the merchants. Call before the world opens. */
export function createNotifySender(world: World): NotifySender {
  const pending = new Map<string, Delivery>()
  /** Finished ones that a person may want to send again; bounded like the inbox. */
  const finished = new Map<string, Delivery>()
  const waiting: Delivery[] = []
  const agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) }
  const stopping = new AbortController()
  let inFlight = 0

  const keep = (delivery: Delivery) => world.journal().append('notification', delivery)
  const pump = () => {
    while (inFlight < MAX_IN_FLIGHT && waiting.length > 0) {
      const delivery = waiting.shift()!
      inFlight += 1
      void attempt(delivery).finally(() => {
        inFlight -= 1
        pump()
      })
    }
  }
  const alarm = createAlarm<Delivery>(world.clock, (delivery) => {
    waiting.push(delivery)
    pump()
  })

  /** Weather first, then the wire, then the ladder. */
  async function attempt(delivery: Delivery): Promise<void> {
    const { mchid, outTradeNo } = delivery
    const merchant = world.merchants.byMchid.get(mchid)
    const trade = world.ledger.find(mchid, outTradeNo)
    if (!merchant || !trade || stopping.signal.aborted) return
    const weather = world.weather.strike({ api: 'notify', mchid, appid: trade.appid, outTradeNo })
    if (weather.reorder) return alarm.set(delivery, world.clock.nowMs() + REORDER_MS)
    if (weather.delayMs !== undefined)
      await pause(weather.delayMs, undefined, { signal: stopping.signal }).catch(() => {})
    const startedAt = performance.now()
    const envelope = seal(merchant, delivery, transaction(world.people, trade, 'SUCCESS'), weather)
    const result = weather.lose || weather.dropBefore ? null : await sendAll(delivery, envelope, weather)
    const forgotten = !pending.has(delivery.id) && !finished.has(delivery.id)
    if (stopping.signal.aborted || forgotten) return
    const accepted = result?.verdict === 'accepted' && !weather.dropAfter
    conclude(delivery, accepted)
    record(delivery, envelope, result, accepted, performance.now() - startedAt)
  }

  /** Duplicates travel at the same time; the first answer counts. */
  async function sendAll(delivery: Delivery, envelope: Envelope, weather: Effect): Promise<PostResult> {
    const once = () => post({ url: delivery.url, ...envelope, agents, signal: stopping.signal })
    const [first] = await Promise.all(Array.from({ length: 1 + (weather.duplicate ?? 0) }, once))
    return first!
  }

  function conclude(delivery: Delivery, accepted: boolean): void {
    const waitMs = LADDER_MS[delivery.attempts]
    delivery.attempts += 1
    const goesOn = !accepted && waitMs !== undefined && pending.has(delivery.id)
    delivery.dueAtMs = goesOn ? world.clock.nowMs() + waitMs : null
    if (goesOn) alarm.set(delivery, delivery.dueAtMs!)
    else {
      pending.delete(delivery.id)
      finished.set(delivery.id, delivery)
      if (finished.size > 2_000) finished.delete(finished.keys().next().value!)
    }
    keep(delivery)
  }

  function record(
    delivery: Delivery,
    envelope: Envelope,
    result: PostResult | null,
    accepted: boolean,
    durationMs: number,
  ): void {
    const view = world.inbox.notification(delivery.id) ?? newRecord(delivery)
    view.attemptCount += 1
    view.state =
      accepted || view.state === 'accepted' ? 'accepted' : delivery.dueAtMs === null ? 'given-up' : 'pending'
    view.nextAt = delivery.dueAtMs === null ? null : new Date(delivery.dueAtMs).toISOString()
    view.resource = envelope.resource
    view.attempts.push({
      at: world.clock.read().now,
      verdict: result ? result.verdict : 'lost by a rule',
      status: result?.status ?? null,
      answer: result?.answer ?? '',
      durationMs,
      headers: envelope.headers,
      body: envelope.body.toString(),
    })
    world.inbox.recordNotification(view)
  }

  const announce = (delivery: Delivery) => {
    pending.set(delivery.id, delivery)
    keep(delivery)
    world.inbox.recordNotification(newRecord(delivery))
    alarm.set(delivery, delivery.dueAtMs!)
  }
  world.onPaid((trade) => {
    announce(
      newDelivery({
        eventType: 'TRANSACTION.SUCCESS',
        summary: '支付成功',
        originalType: 'transaction',
        mchid: trade.mchid,
        outTradeNo: trade.outTradeNo,
        url: trade.notifyUrl,
        createdAtMs: world.clock.nowMs(),
      }),
    )
  })
  world.addRegister({
    kind: 'notification',
    entities: () => pending.values(),
    load(delivery: Delivery) {
      const before = pending.get(delivery.id)
      if (before) alarm.remove(before)
      pending.delete(delivery.id)
      if (delivery.dueAtMs === null) return
      pending.set(delivery.id, delivery)
      alarm.set(delivery, delivery.dueAtMs)
    },
    clear() {
      pending.clear()
      finished.clear()
      waiting.length = 0
      alarm.clear()
    },
  })
  return {
    resend(id) {
      const delivery = pending.get(id) ?? finished.get(id)
      if (!delivery) return false
      alarm.remove(delivery)
      waiting.push(delivery)
      pump()
      return true
    },
    pendingCount: () => pending.size,
    stop() {
      stopping.abort()
      alarm.stop()
      agents.http.destroy()
      agents.https.destroy()
    },
  }
}

function newRecord(delivery: Delivery): NotificationRecord {
  return {
    id: delivery.id,
    eventType: delivery.eventType,
    mchid: delivery.mchid,
    outTradeNo: delivery.outTradeNo,
    url: delivery.url,
    state: 'pending',
    nextAt: new Date(delivery.dueAtMs ?? delivery.createdAtMs).toISOString(),
    attemptCount: delivery.attempts,
    attempts: [],
    resource: '',
  }
}
