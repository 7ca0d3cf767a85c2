import { setTimeout as pause } from 'node:timers/promises'
import { createWire } from '../gateway/notify-attempt.ts'
import type { Wire } from '../gateway/notify-attempt.ts'
import type { NotifySender } from '../gateway/notify-sender.ts'
import { post } from '../gateway/post.ts'
import type { PostResult } from '../gateway/post.ts'
import { createAlarm } from '../world/alarm.ts'
import type { Alarm } from '../world/alarm.ts'
import type { AlipayTrade } from '../world/alipay-trades.ts'
import type { Register } from '../world/journal.ts'
import type { Effect } from '../world/weather.ts'
import type { World } from '../world/world.ts'
import { formOf, newDelivery } from './notification.ts'
import type { AlipayDelivery } from './notification.ts'

const MINUTE_MS = 60_000
/** How long Alipay waits after each answer that is not `success`. https://opendocs.alipay.com/open/203/105286 */
const LADDER_MS = [4, 10, 10, 60, 120, 360, 900].map((minutes) => minutes * MINUTE_MS)
const REORDER_MS = 3_000
const FINISHED_KEPT = 2_000

/** What the sender has in hand. */
interface Desk {
  world: World
  wire: Wire
  alarm: Alarm<AlipayDelivery>
  pending: Map<string, AlipayDelivery>
  finished: Map<string, AlipayDelivery>
}

/** Notifies merchants of paid trades until they answer `success`. Call before the world opens. */
export function createAlipayNotifySender(world: World): NotifySender {
  const alarm = createAlarm<AlipayDelivery>(world.clock, (delivery) => sendSoon(desk, delivery))
  const wire = createWire()
  const desk: Desk = { world, wire, alarm, pending: new Map(), finished: new Map() }
  world.alipayTrades.onPaid((trade) => {
    if (trade.notifyUrl === null) return
    const delivery = newDelivery(trade, world.clock.nowMs())
    desk.pending.set(delivery.id, delivery)
    world.journal().append('alipay-notification', delivery)
    record(desk, delivery, trade, null)
    alarm.set(delivery, delivery.createdAtMs)
  })
  world.addRegister(deliveryRegister(desk))
  return {
    resend(id) {
      const delivery = desk.pending.get(id) ?? desk.finished.get(id)
      if (!delivery) return false
      alarm.remove(delivery)
      sendSoon(desk, delivery)
      return true
    },
    pendingCount: () => desk.pending.size,
    stop() {
      wire.cut()
      alarm.stop()
    },
  }
}

/** One attempt as it went. */
interface Attempt {
  form: string
  /** Null: a rule lost it on the way. */
  result: PostResult | null
  accepted: boolean
  durationMs: number
}

function sendSoon(desk: Desk, delivery: AlipayDelivery): void {
  send(desk, delivery).catch((error: unknown) => {
    // E.g. a rule that alters what cannot be altered. The ladder goes on.
    process.stderr.write(`sandbox alipay notify: ${error instanceof Error ? error.message : 'unknown'}\n`)
    conclude(desk, delivery, false)
  })
}

async function send(desk: Desk, delivery: AlipayDelivery): Promise<void> {
  const { world, wire } = desk
  const trade = world.alipayTrades.findByTradeNo(delivery.tradeNo)
  const app = trade && world.alipayApps.get(trade.appId)
  if (!trade || !app || wire.signal.aborted) return
  const { appId: appid, outTradeNo, sellerId: mchid } = trade
  const weather = world.weather.strike({ api: 'alipay.notify', mchid, appid, outTradeNo })
  if (weather.reorder) return desk.alarm.set(delivery, world.clock.nowMs() + REORDER_MS)
  if (weather.delayMs !== undefined)
    await pause(weather.delayMs, undefined, { signal: wire.signal }).catch(() => {})
  const startedAt = performance.now()
  const form = formOf(app, trade, world.people, delivery, weather)
  const result =
    weather.lose || weather.dropBefore ? null : await postForms(wire, trade.notifyUrl!, form, weather)
  const accepted = isSuccess(result) && !weather.dropAfter
  const isForgotten = ![desk.pending, desk.finished].some((known) => known.get(delivery.id) === delivery)
  if (wire.signal.aborted || isForgotten) return
  conclude(desk, delivery, accepted)
  record(desk, delivery, trade, { form, result, accepted, durationMs: performance.now() - startedAt })
}

/** Seven letters and nothing else. */
const isSuccess = (result: PostResult | null) => result?.status === 200 && result.answer.trim() === 'success'

/** Duplicates travel at the same time; the first answer counts. */
async function postForms(wire: Wire, url: string, form: string, weather: Effect): Promise<PostResult> {
  const headers = {
    'Content-Type': 'application/x-www-form-urlencoded; text/html; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(form)),
    'User-Agent': 'Mozilla/4.0',
  }
  const once = () => post({ url, headers, body: form, ...wire })
  const [first] = await Promise.all(Array.from({ length: 1 + (weather.duplicate ?? 0) }, once))
  return first!
}

function conclude(desk: Desk, delivery: AlipayDelivery, accepted: boolean): void {
  const waitMs = LADDER_MS[delivery.attempts]
  delivery.attempts += 1
  if (!accepted && waitMs !== undefined && desk.pending.has(delivery.id)) {
    delivery.dueAtMs = desk.world.clock.nowMs() + waitMs
    desk.alarm.set(delivery, delivery.dueAtMs)
  } else {
    delivery.dueAtMs = null
    desk.pending.delete(delivery.id)
    desk.finished.set(delivery.id, delivery)
    if (desk.finished.size > FINISHED_KEPT) desk.finished.delete(desk.finished.keys().next().value!)
  }
  desk.world.journal().append('alipay-notification', delivery)
}

/** Shows a notification in the inbox, and what came of its last attempt. */
function record(
  { world }: Desk,
  delivery: AlipayDelivery,
  trade: AlipayTrade,
  attempt: Attempt | null,
): void {
  const known = world.inbox.notification(delivery.id)
  const isAccepted = attempt?.accepted || known?.state === 'accepted'
  const attempts = known?.attempts ?? []
  if (attempt) {
    attempts.push({
      at: world.clock.nowText(),
      verdict: verdictOf(attempt),
      status: attempt.result?.status ?? null,
      answer: attempt.result?.answer ?? '',
      durationMs: attempt.durationMs,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: attempt.form,
    })
  }
  world.inbox.recordNotification({
    id: delivery.id,
    eventType: 'alipay.trade_status_sync',
    mchid: trade.sellerId,
    outTradeNo: trade.outTradeNo,
    url: trade.notifyUrl ?? '',
    state: isAccepted ? 'accepted' : attempt && delivery.dueAtMs === null ? 'given-up' : 'pending',
    nextAt: delivery.dueAtMs === null ? null : new Date(delivery.dueAtMs).toISOString(),
    attemptCount: delivery.attempts,
    attempts,
    resource: attempt?.form ?? '',
  })
}

function verdictOf({ result, accepted }: Attempt): string {
  if (!result) return 'lost by a rule'
  if (accepted) return 'accepted'
  return result.verdict === 'accepted' ? 'refused' : result.verdict
}

/** Only what still has an attempt before it is kept over a restart. */
function deliveryRegister(desk: Desk): Register {
  return {
    kind: 'alipay-notification',
    entities: () => desk.pending.values(),
    load(delivery: AlipayDelivery) {
      const before = desk.pending.get(delivery.id)
      if (before) desk.alarm.remove(before)
      desk.pending.delete(delivery.id)
      if (delivery.dueAtMs === null) return
      desk.pending.set(delivery.id, delivery)
      desk.alarm.set(delivery, delivery.dueAtMs)
    },
    clear() {
      desk.pending.clear()
      desk.finished.clear()
      desk.alarm.clear()
    },
  }
}
