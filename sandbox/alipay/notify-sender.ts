import { setTimeout as pause } from 'node:timers/promises'
import { createWire } from '../gateway/notify-attempt.ts'
import type { Wire } from '../gateway/notify-attempt.ts'
import type { NotifySender } from '../gateway/notify-sender.ts'
import { post } from '../gateway/post.ts'
import type { PostResult } from '../gateway/post.ts'
import type { AlipayTrade } from '../world/alipay-trades.ts'
import { createDeliveryBook } from '../world/delivery-book.ts'
import type { DeliveryBook } from '../world/delivery-book.ts'
import { markOf } from '../world/weather.ts'
import type { Effect } from '../world/weather.ts'
import type { World } from '../world/world.ts'
import { formOf, newDelivery } from './notification.ts'
import type { AlipayDelivery } from './notification.ts'

const MINUTE_MS = 60_000
/** How long Alipay waits after each answer that is not `success`. https://opendocs.alipay.com/open/203/105286 */
const LADDER_MS = [4, 10, 10, 60, 120, 360, 900].map((minutes) => minutes * MINUTE_MS)

/** What the sender has in hand. */
interface Dispatch {
  world: World
  wire: Wire
  book: DeliveryBook<AlipayDelivery>
}

/** Notifies merchants of paid trades until they answer `success`. Call before the world opens. */
export function createAlipayNotifySender(world: World): NotifySender {
  const wire = createWire()
  const book = createDeliveryBook<AlipayDelivery>(world, 'alipay-notification', (delivery) =>
    sendSoon(dispatch, delivery),
  )
  const dispatch: Dispatch = { world, wire, book }
  world.alipayTrades.onPaid((trade) => {
    if (trade.notifyUrl === null) return
    const delivery = newDelivery(trade, world.clock.nowMs())
    book.begin(delivery)
    record(dispatch, delivery, trade, null)
  })
  world.addRegister(book.register)
  return {
    resend: book.resend,
    pendingCount: book.pendingCount,
    stop() {
      wire.cut()
      book.stop()
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
  weather: Effect
}

function sendSoon(dispatch: Dispatch, delivery: AlipayDelivery): void {
  send(dispatch, delivery).catch((error: unknown) => {
    // E.g. a rule that alters what cannot be altered. The ladder goes on.
    process.stderr.write(`sandbox alipay notify: ${error instanceof Error ? error.message : 'unknown'}\n`)
    dispatch.book.conclude(delivery, false, LADDER_MS)
  })
}

async function send(dispatch: Dispatch, delivery: AlipayDelivery): Promise<void> {
  const { world, wire } = dispatch
  const trade = world.alipayTrades.findByTradeNo(delivery.tradeNo)
  const app = trade && world.alipayApps.get(trade.appId)
  if (!trade || !app || wire.signal.aborted) return
  const { appId: appid, outTradeNo, sellerId: mchid } = trade
  const weather = world.weather.strike({ api: 'alipay.notify', mchid, appid, outTradeNo })
  if (weather.reorder && dispatch.book.letOvertake(delivery)) return
  if (weather.delayMs !== undefined)
    await pause(weather.delayMs, undefined, { signal: wire.signal }).catch(() => {})
  const startedAt = performance.now()
  const form = formOf(app, trade, world.people, delivery, weather)
  const result =
    weather.lose || weather.dropBefore ? null : await postForms(wire, trade.notifyUrl!, form, weather)
  const accepted = isSuccess(result) && !weather.dropAfter
  if (wire.signal.aborted || !dispatch.book.isKnown(delivery)) return
  dispatch.book.conclude(delivery, accepted, LADDER_MS)
  record(dispatch, delivery, trade, {
    form,
    result,
    accepted,
    weather,
    durationMs: performance.now() - startedAt,
  })
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

/** Shows a notification in the inbox, and what came of its last attempt. */
function record(
  { world }: Dispatch,
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
      ...markOf(attempt.weather),
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
