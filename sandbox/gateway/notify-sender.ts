import { createAlarm } from '../world/alarm.ts'
import type { Alarm } from '../world/alarm.ts'
import type { Register } from '../world/journal.ts'
import { refundStatus } from '../world/refunds.ts'
import type { MedicalOrder } from '../world/medical-orders.ts'
import type { Refund } from '../world/refunds.ts'
import { isCombine } from '../world/trade.ts'
import type { Trade } from '../world/trade.ts'
import type { World } from '../world/world.ts'
import { newDelivery } from './notification.ts'
import type { Delivery } from './notification.ts'
import { attemptDelivery, createWire } from './notify-attempt.ts'
import type { Wire } from './notify-attempt.ts'
import { contentOf } from './notify-content.ts'
import { recordAnnounced, recordAttempt } from './notify-record.ts'

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS

/**
 * How long WeChat waits after each failed attempt, 24 h 4 min in all.
 * https://pay.weixin.qq.com/doc/v3/merchant/4012075420
 */
const LADDER_MS: readonly number[] = [
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

/** A medical insurance order is told for thirty seconds only. https://pay.weixin.qq.com/doc/v3/merchant/4016781554 */
const MEDICAL_LADDER_MS = LADDER_MS.slice(0, 2)

const ladderOf = ({ originalType }: Delivery) => (originalType === 'med_ins' ? MEDICAL_LADDER_MS : LADDER_MS)

const WEATHER_OF = { transaction: 'notify', refund: 'refund-notify', med_ins: 'medical-notify' } as const

/** So many attempts are on their way at a time; the others wait their turn. */
const MAX_IN_FLIGHT = 64
/** Finished notifications that a person may want to send again. */
const FINISHED_KEPT = 2_000
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

/** What the sender has in hand. */
interface Desk {
  world: World
  wire: Wire
  alarm: Alarm<Delivery>
  pending: Map<string, Delivery>
  finished: Map<string, Delivery>
  /** A rule made these wait for later ones: their next moment is their turn. */
  overtaken: WeakSet<Delivery>
  /** Due, and waiting for a free line. */
  waiting: Delivery[]
  inFlight: number
}

/** Listens to the world's payments and refunds and notifies the merchants. Call before the world opens. */
export function createNotifySender(world: World): NotifySender {
  const alarm = createAlarm<Delivery>(world.clock, (delivery) => sendSoon(desk, delivery))
  const wire = createWire()
  const queues = { pending: new Map(), finished: new Map(), overtaken: new WeakSet<Delivery>(), waiting: [] }
  const desk: Desk = { world, wire, alarm, ...queues, inFlight: 0 }
  world.onPaid((trade) => announcePaid(desk, trade))
  world.onMedicalPaid((order) => announceMedical(desk, order))
  world.onRefunded((refund) => announceRefund(desk, refund))
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

function announcePaid(desk: Desk, trade: Trade): void {
  const { mchid, outTradeNo, notifyUrl: url } = trade
  announce(desk, {
    eventType: 'TRANSACTION.SUCCESS',
    summary: '支付成功',
    originalType: 'transaction',
    mchid,
    outTradeNo,
    url,
    ...(isCombine(trade) && { isCombine: true }),
  })
}

/** https://pay.weixin.qq.com/doc/v3/merchant/4016781554 */
function announceMedical(desk: Desk, { mchid, outTradeNo, mixTradeNo, notifyUrl: url }: MedicalOrder): void {
  announce(desk, {
    eventType: 'MEDICAL_INSURANCE.SUCCESS',
    summary: '医保混合收款成功',
    originalType: 'med_ins',
    mchid,
    outTradeNo,
    mixTradeNo,
    url,
  })
}

const REFUND_SUMMARIES: Record<string, string> = {
  SUCCESS: '退款成功',
  ABNORMAL: '退款异常',
  CLOSED: '退款关闭',
}

/** Only where the merchant said where to. */
function announceRefund(desk: Desk, refund: Refund): void {
  const { mchid, outTradeNo, refundId, notifyUrl } = refund
  if (notifyUrl === null) return
  const status = refundStatus(refund)
  announce(desk, {
    eventType: `REFUND.${status}`,
    summary: REFUND_SUMMARIES[status]!,
    originalType: 'refund',
    mchid,
    outTradeNo,
    refundId,
    url: notifyUrl,
  })
}

function announce(desk: Desk, given: Omit<Parameters<typeof newDelivery>[0], 'createdAtMs'>): void {
  const delivery = newDelivery({ ...given, createdAtMs: desk.world.clock.nowMs() })
  desk.pending.set(delivery.id, delivery)
  desk.world.journal().append('notification', delivery)
  recordAnnounced(desk.world, delivery)
  desk.alarm.set(delivery, delivery.createdAtMs)
}

function sendSoon(desk: Desk, delivery: Delivery): void {
  desk.waiting.push(delivery)
  pump(desk)
}

function pump(desk: Desk): void {
  while (desk.inFlight < MAX_IN_FLIGHT && desk.waiting.length > 0) {
    const delivery = desk.waiting.shift()!
    desk.inFlight += 1
    void send(desk, delivery)
      .catch((error: unknown) => {
        // E.g. a rule that alters what cannot be altered. The ladder goes on.
        process.stderr.write(`sandbox notify: ${error instanceof Error ? error.message : 'unknown'}\n`)
        conclude(desk, delivery, false)
      })
      .finally(() => {
        desk.inFlight -= 1
        pump(desk)
      })
  }
}

/** One attempt: the weather first, then the wire, then the ladder. */
async function send(desk: Desk, delivery: Delivery): Promise<void> {
  const { world, wire } = desk
  const { mchid, outTradeNo } = delivery
  const content = contentOf(world, delivery)
  if (!content || wire.signal.aborted) return
  const api = WEATHER_OF[delivery.originalType]
  const weather = world.weather.strike({ api, mchid, appid: content.appid, outTradeNo })
  // Overtaken once, it goes: a rule without an end would hold it for ever.
  if (weather.reorder && !desk.overtaken.delete(delivery)) {
    desk.overtaken.add(delivery)
    return desk.alarm.set(delivery, world.clock.nowMs() + REORDER_MS)
  }
  const attempt = await attemptDelivery(world, wire, delivery, content.resource, weather)
  // After a reset or a restore in the meantime nobody waits for this any more.
  const isForgotten = ![desk.pending, desk.finished].some((known) => known.get(delivery.id) === delivery)
  if (!attempt || wire.signal.aborted || isForgotten) return
  conclude(desk, delivery, attempt.accepted)
  recordAttempt(world, delivery, attempt)
}

function conclude(desk: Desk, delivery: Delivery, accepted: boolean): void {
  const waitMs = ladderOf(delivery)[delivery.attempts]
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
  desk.world.journal().append('notification', delivery)
}

/** Only what still has an attempt before it is kept over a restart. */
function deliveryRegister(desk: Desk): Register {
  const drop = (id: string) => {
    const before = desk.pending.get(id)
    if (before) desk.alarm.remove(before)
    desk.pending.delete(id)
  }
  return {
    kind: 'notification',
    entities: () => desk.pending.values(),
    load(delivery: Delivery) {
      drop(delivery.id)
      if (delivery.dueAtMs === null) return
      desk.pending.set(delivery.id, delivery)
      desk.alarm.set(delivery, delivery.dueAtMs)
    },
    clear() {
      desk.pending.clear()
      desk.finished.clear()
      desk.waiting.length = 0
      desk.alarm.clear()
    },
  }
}
