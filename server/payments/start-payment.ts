import type { PaymentRequest, PaymentWay } from '../../contract/payment.ts'
import type { EntryConfig } from '../config/load-config.ts'
import { assertOwn } from '../orders/own-order.ts'
import { refuseTooManyAttempts } from '../orders/unpaid-caps.ts'
import { refuseUnpayable } from '../orders/payable.ts'
import { isKind } from '../shared/errors.ts'
import { paymentNumber } from '../shared/id.ts'
import { transact } from '../store/database.ts'
import { linesOf, lockOrder } from '../store/orders.ts'
import { insertPayment, lockCurrentPayment } from '../store/payments.ts'
import type { OrderRow, PaymentRow } from '../store/tables.ts'
import { closePayment } from './close-payment.ts'
import { collectingEntry, namesPayer } from './collecting-entry.ts'
import { describe } from './describe.ts'
import type { PaymentSnapshot } from './payment-channel.ts'
import { addressOf, channelOf, customerAppid, type Payer, type StartDeps } from './payment-deps.ts'
import { nextCheckAt } from './query-ladder.ts'
import { queryPayment } from './query-payment.ts'
import { registerPayment } from './register-payment.ts'
import { retirePayment } from './retire-payment.ts'

/**
 * Starts paying an order through the entry that is to collect, or takes up the attempt that is open there: the same entry,
 * way, payer and amount answer the same out_trade_no. Any other attempt is asked about and closed first.
 * Throws InvalidInput (no such way here), NotFound, Conflict (paid, closed), ChannelRefused, ChannelUnknown (the attempt stays and is asked about).
 */
export async function startPayment(
  deps: StartDeps,
  payer: Payer,
  orderId: string,
  request: PaymentRequest = {},
): Promise<PaymentRow> {
  const collector = collectorFor(deps, payer, request)
  let opened = await openAttempt(deps, payer, collector, orderId, { mayReplace: false })
  let isOtherSilent = false
  if ('occupiedBy' in opened) {
    isOtherSilent = (await askAbout(deps, opened.occupiedBy)) === 'unanswered'
    opened = await openAttempt(deps, payer, collector, orderId, { mayReplace: true })
  }
  const { payment, isNew, replaced } = opened as Opened
  // Tried at once; when the channel refuses or does not answer, the sweep goes on trying while this attempt pays. One that
  // has just left the question unanswered is left to the sweep: the customer has waited for it once.
  if (replaced && !isOtherSilent) await closePayment(deps, replaced.order_id, replaced.out_trade_no)
  return registerPayment(deps, payment, { isFirstSend: isNew })
}

/** Who collects from this payer, how, and what of the payer is part of it. */
interface Collector {
  entry: EntryConfig
  way: PaymentWay
  customerAppid: string | null
  openid: string | null
  payerIp: string | null
}

function collectorFor(deps: StartDeps, payer: Payer, request: PaymentRequest): Collector {
  const { entry, way } = collectingEntry(deps.entries, payer.entryCode, request)
  const isNamed = namesPayer(way)
  return {
    entry,
    way,
    customerAppid: isNamed ? payer.customerAppid : null,
    openid: isNamed ? payer.openid : null,
    payerIp: way === 'h5' ? addressOf(payer) : null,
  }
}

interface Opened {
  payment: PaymentRow
  /** Made just now: its prepay was never sent. */
  isNew: boolean
  /** Another door's attempt, which is closing now. */
  replaced: PaymentRow | null
}

/** Also to the same payee: the entry may have been given another one since. */
const isSameDoor = (payment: PaymentRow, { entry, ...collector }: Collector, order: OrderRow) =>
  payment.entry_code === entry.code &&
  payment.mchid === entry.mchid &&
  payment.sub_mchid === entry.subMchid &&
  payment.appid === entry.appid &&
  payment.way === collector.way &&
  payment.openid === collector.openid &&
  (payment.openid === null || customerAppid(payment) === collector.customerAppid) &&
  payment.payer_ip === collector.payerIp &&
  payment.amount_fen === order.total_fen

/** Asks before another door opens: the first attempt may be paid although no notification came yet. */
async function askAbout(deps: StartDeps, current: PaymentRow): Promise<'answered' | 'unanswered'> {
  try {
    await queryPayment(deps, current)
    return 'answered'
  } catch (error) {
    if (isKind(error, 'ChannelUnknown')) return 'unanswered'
    if (isKind(error, 'ChannelRefused')) return 'answered'
    throw error
  }
}

/**
 * One transaction, under the order's lock: the open attempt of this door, or a new one. Another door's attempt is
 * replaced only when it may be: somebody has to ask about it first.
 */
async function openAttempt(
  deps: StartDeps,
  payer: Payer,
  collector: Collector,
  orderId: string,
  { mayReplace }: { mayReplace: boolean },
): Promise<Opened | { occupiedBy: PaymentRow }> {
  return transact(deps.db, async (writer) => {
    const order = assertOwn(await lockOrder(writer, orderId), payer.accountId)
    const now = deps.clock.now()
    refuseUnpayable(order, now)
    const current = await lockCurrentPayment(writer, orderId)
    if (current && isSameDoor(current, collector, order))
      return { payment: current, isNew: false, replaced: null }
    await refuseTooManyAttempts(writer, order, now)
    if (current && !mayReplace) return { occupiedBy: current }
    if (current) await retirePayment(writer, current, 'another door', now)
    const lines = await linesOf(writer, [orderId])
    const payment = composePayment(deps, collector, order, describe(lines), now)
    await insertPayment(writer, payment, payer.entryCode)
    return { payment, isNew: true, replaced: current ?? null }
  })
}

/** The number of an order's next attempt. Call with the order locked. */
const nextNumber = (entry: EntryConfig, order: OrderRow, now: Date) =>
  paymentNumber(
    {
      entryCode: entry.code,
      goodsType: order.goods_type,
      orderId: order.order_id,
      attempt: order.payment_count + 1,
    },
    now,
  )

/** A new attempt with everything about it frozen: identities, amount, expiry, and the exact prepay body. */
function composePayment(
  deps: StartDeps,
  { entry, way, openid, payerIp }: Collector,
  order: OrderRow,
  description: string,
  now: Date,
): PaymentRow {
  const snapshot: PaymentSnapshot = {
    outTradeNo: nextNumber(entry, order, now),
    mode: entry.mode,
    mchid: entry.mchid,
    appid: entry.appid,
    subMchid: entry.subMchid,
    subAppid: entry.subAppid,
    way,
    openid,
    payerIp,
    amountFen: order.total_fen,
    description,
    expiresAt: order.expires_at,
    notifyUrl: `${deps.publicUrl}/webhooks/${entry.channel}/${entry.mchid}`,
  }
  return {
    order_id: order.order_id,
    out_trade_no: snapshot.outTradeNo,
    account_id: order.account_id,
    entry_code: entry.code,
    entry_kind: entry.kind,
    channel: entry.channel,
    mode: entry.mode,
    mchid: entry.mchid,
    appid: entry.appid,
    sub_mchid: entry.subMchid,
    sub_appid: entry.subAppid,
    way,
    openid,
    payer_ip: payerIp,
    amount_fen: order.total_fen,
    description,
    notify_url: snapshot.notifyUrl,
    expires_at: order.expires_at,
    prepay_body: channelOf(deps, entry.channel).composePrepay(snapshot),
    state: 'created',
    version: 1,
    created_at: now,
    handle: null,
    handle_at: null,
    transaction_id: null,
    paid_at: null,
    paid_by: null,
    kept: false,
    launched_at: null,
    hint: null,
    hint_at: null,
    unpaid_since: null,
    unpaid_at: null,
    asked_at: null,
    next_check_at: nextCheckAt({ from: now, expiresAt: order.expires_at }, now),
    reserved_fen: 0,
    refunded_fen: 0,
    refund_count: 0,
    overdrawn_fen: null,
  }
}
