import { createDeliveryBook } from '../world/delivery-book.ts'
import type { DeliveryBook } from '../world/delivery-book.ts'
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
interface Dispatch {
  world: World
  wire: Wire
  book: DeliveryBook<Delivery>
  /** Due, and waiting for a free line. */
  waiting: Delivery[]
  inFlight: number
}

/** Listens to the world's payments and refunds and notifies the merchants. Call before the world opens. */
export function createNotifySender(world: World): NotifySender {
  const wire = createWire()
  const book = createDeliveryBook<Delivery>(world, 'notification', (delivery) => sendSoon(dispatch, delivery))
  const dispatch: Dispatch = { world, wire, book, waiting: [], inFlight: 0 }
  world.onPaid((trade) => announcePaid(dispatch, trade))
  world.onMedicalPaid((order) => announceMedical(dispatch, order))
  world.onRefunded((refund) => announceRefund(dispatch, refund))
  world.addRegister({
    ...book.register,
    clear() {
      book.register.clear()
      dispatch.waiting.length = 0
    },
  })
  return {
    resend: book.resend,
    pendingCount: book.pendingCount,
    stop() {
      wire.cut()
      book.stop()
    },
  }
}

function announcePaid(dispatch: Dispatch, trade: Trade): void {
  const { mchid, outTradeNo, notifyUrl: url } = trade
  announce(dispatch, {
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
function announceMedical(
  dispatch: Dispatch,
  { mchid, outTradeNo, mixTradeNo, notifyUrl: url }: MedicalOrder,
): void {
  announce(dispatch, {
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
function announceRefund(dispatch: Dispatch, refund: Refund): void {
  const { mchid, outTradeNo, refundId, notifyUrl } = refund
  if (notifyUrl === null) return
  const status = refundStatus(refund)
  announce(dispatch, {
    eventType: `REFUND.${status}`,
    summary: REFUND_SUMMARIES[status]!,
    originalType: 'refund',
    mchid,
    outTradeNo,
    refundId,
    url: notifyUrl,
  })
}

function announce(dispatch: Dispatch, given: Omit<Parameters<typeof newDelivery>[0], 'createdAtMs'>): void {
  const delivery = newDelivery({ ...given, createdAtMs: dispatch.world.clock.nowMs() })
  dispatch.book.begin(delivery)
  recordAnnounced(dispatch.world, delivery)
}

function sendSoon(dispatch: Dispatch, delivery: Delivery): void {
  dispatch.waiting.push(delivery)
  pump(dispatch)
}

function pump(dispatch: Dispatch): void {
  while (dispatch.inFlight < MAX_IN_FLIGHT && dispatch.waiting.length > 0) {
    const delivery = dispatch.waiting.shift()!
    dispatch.inFlight += 1
    void send(dispatch, delivery)
      .catch((error: unknown) => {
        // E.g. a rule that alters what cannot be altered. The ladder goes on.
        process.stderr.write(`sandbox notify: ${error instanceof Error ? error.message : 'unknown'}\n`)
        dispatch.book.conclude(delivery, false, ladderOf(delivery))
      })
      .finally(() => {
        dispatch.inFlight -= 1
        pump(dispatch)
      })
  }
}

/** One attempt: the weather first, then the wire, then the ladder. */
async function send(dispatch: Dispatch, delivery: Delivery): Promise<void> {
  const { world, wire } = dispatch
  const { mchid, outTradeNo } = delivery
  const content = contentOf(world, delivery)
  if (!content || wire.signal.aborted) return
  const api = WEATHER_OF[delivery.originalType]
  const weather = world.weather.strike({ api, mchid, appid: content.appid, outTradeNo })
  if (weather.reorder && dispatch.book.letOvertake(delivery)) return
  const attempt = await attemptDelivery(world, wire, delivery, content.resource, weather)
  if (!attempt || wire.signal.aborted || !dispatch.book.isKnown(delivery)) return
  dispatch.book.conclude(delivery, attempt.accepted, ladderOf(delivery))
  recordAttempt(world, delivery, attempt)
}
