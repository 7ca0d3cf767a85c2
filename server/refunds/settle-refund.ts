import type { ChannelRefund } from '../payments/payment-channel.ts'
import { releaseStock } from '../orders/order-stock.ts'
import { queryPayment } from '../payments/query-payment.ts'
import type { Evidence as PaymentEvidence } from '../payments/settle-payment.ts'
import { orderIdOf } from '../shared/id.ts'
import { keepAnomaly } from '../store/anomalies.ts'
import { transact, type Writer } from '../store/database.ts'
import { findPayment } from '../store/payments.ts'
import { findRefund, lockRefund, moveRefund } from '../store/refunds.ts'
import type { PaymentRow, RefundRow } from '../store/tables.ts'
import { endExplained, endTrouble, keepTrouble, repairTrouble } from './keep-trouble.ts'
import { refundDifferences } from './match-refund.ts'
import { recordFoundRefund } from './record-found-refund.ts'
import type { RefundDeps } from './refund-deps.ts'
import { cameToNothing, isOver, refundMachine, type RefundEvent, type RefundState } from './refund-state.ts'

/** Where a verified refund came from. refund: the answer to asking for it. by: the operator who had it asked about. */
export type RefundEvidence =
  Extract<PaymentEvidence, { from: 'notification' }> | { from: 'query' | 'refund'; by?: string }

/**
 * applied: a state changed. found: made at the channel, recorded here now. unchanged: known already.
 * mismatch, orphan: kept as an anomaly for an operator; nothing was counted.
 */
export type RefundSettlement = 'applied' | 'found' | 'unchanged' | 'mismatch' | 'orphan'

/**
 * Records what the channel has proven about a refund. Notifications, queries and answers all end here, in any order and
 * as often as they like. One whose number is unknown here was made on the channel's own platform.
 */
export async function settleRefund(
  deps: RefundDeps,
  found: ChannelRefund,
  evidence: RefundEvidence,
): Promise<RefundSettlement> {
  const orderId = orderIdOf(found.outTradeNo)
  const payment = orderId ? await paidPayment(deps, orderId, found.outTradeNo) : undefined
  const anomaly = (kind: 'orphan' | 'mismatch', particulars: Record<string, unknown>) =>
    keepAnomaly(deps.db, {
      orderId: orderId ?? '',
      outTradeNo: found.outTradeNo,
      kind,
      evidenceId: evidence.from === 'notification' ? evidence.notificationId : found.outRefundNo,
      foundAt: deps.clock.now(),
      particulars: { outRefundNo: found.outRefundNo, amountFen: found.amountFen, ...particulars },
    })
  if (!payment) {
    await anomaly('orphan', { outcome: found.outcome, mchid: found.mchid })
    return 'orphan'
  }
  const refund = await findRefund(deps.db, payment.order_id, found.outRefundNo)
  const fields = refundDifferences(payment, refund, found)
  if (fields.length > 0) {
    await anomaly('mismatch', { fields, outcome: found.outcome })
    return 'mismatch'
  }
  const settled = await transact(deps.db, async (writer) => {
    const recorded = refund ? null : await recordFoundRefund(deps, writer, payment, found, evidence)
    const applied = await applyOutcome(deps, writer, payment, found, evidence)
    if (!recorded) return applied
    // A closed refund moved nothing, so it is not what the trade told of: the look for that goes on.
    if (found.outcome !== 'closed') await endExplained(writer, recorded, deps.clock.now())
    return 'found'
  })
  if (settled === 'mismatch') await anomaly('mismatch', { fields: ['state'], outcome: found.outcome })
  return settled
}

/** A refund proves that there was a payment: if its own notification is late, the channel is asked. */
async function paidPayment(
  deps: RefundDeps,
  orderId: string,
  outTradeNo: string,
): Promise<PaymentRow | undefined> {
  const payment = await findPayment(deps.db, orderId, outTradeNo)
  if (!payment || payment.state === 'paid') return payment
  await queryPayment(deps, payment)
  return findPayment(deps.db, orderId, outTradeNo)
}

/** The event that an outcome is in a state, or null when it changes nothing there. */
function eventOf(state: RefundState, outcome: ChannelRefund['outcome']): RefundEvent | null {
  const events: Record<ChannelRefund['outcome'], RefundEvent[]> = {
    processing: ['accepted', 'redirected', 'provenAccepted'],
    succeeded: ['succeeded', 'provenSuccess'],
    closed: ['closed'],
    abnormal: ['failed', 'provenFailure'],
  }
  return events[outcome].find((event) => refundMachine.next(state, event)) ?? null
}

async function applyOutcome(
  deps: RefundDeps,
  writer: Writer,
  payment: PaymentRow,
  found: ChannelRefund,
  evidence: RefundEvidence,
): Promise<'applied' | 'unchanged' | 'mismatch'> {
  const now = deps.clock.now()
  const refund = (await lockRefund(writer, payment.order_id, found.outRefundNo)) as RefundRow
  const event = eventOf(refund.state, found.outcome)
  if (!event) return contradicts(refund.state, found.outcome) ? 'mismatch' : 'unchanged'
  const isRepair = cameToNothing(refund.state)
  const patch = {
    refund_id: found.refundId,
    succeeded_at: found.succeededAt,
    received_account: found.receivedAccount ?? refund.received_account,
    refusal: null,
    doubted_at: null,
    ...(isRepair ? { next_check_at: now } : {}),
  }
  const proof = { ...evidence, refundId: found.refundId, outcome: found.outcome }
  const moved = (await moveRefund(writer, refund, event, now, patch, proof)) as RefundRow
  if (refund.state === 'abnormal') await endTrouble(writer, refund, 'refund-abnormal', now)
  if (isRepair) await repairTrouble(writer, moved, now)
  await keepTrouble(writer, moved, now)
  if (moved.state === 'succeeded') await restockIfWhole(writer, payment)
  return 'applied'
}

/** All of what paid the order has gone back: so do its pieces. The refund that was counted last sees the whole sum. */
async function restockIfWhole(writer: Writer, payment: PaymentRow): Promise<void> {
  const counted = await findPayment(writer, payment.order_id, payment.out_trade_no)
  if (counted?.kept && counted.refunded_fen === counted.amount_fen)
    await releaseStock(writer, payment.order_id)
}

/**
 * Over here, and over in another way there. "Processing" is only late; refused here and closed there both moved nothing;
 * what we have not sent yet will be asked about.
 */
const contradicts = (state: RefundState, outcome: ChannelRefund['outcome']): boolean =>
  isOver(state) &&
  outcome !== 'processing' &&
  outcome !== state &&
  !(state === 'refused' && outcome === 'closed')
