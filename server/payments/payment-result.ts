import { limits } from '../config/limits.ts'
import type { OrderMoney } from '../orders/order-view.ts'
import type { OrderRow, PaymentRow } from '../store/tables.ts'
import { isOpen } from './payment-state.ts'

export interface Verdict {
  result: 'checking' | 'paid' | 'unpaid' | 'closed'
  askAgainMs: number | null
}

type Known = Pick<
  PaymentRow,
  'state' | 'kept' | 'created_at' | 'launched_at' | 'hint' | 'hint_at' | 'unpaid_since' | 'unpaid_at'
>

/**
 * What the result page shows, by an order's payments, newest first. "unpaid" needs proof: no launch parameters were ever
 * handed out, a NOTPAY answered after the cashier said cancel or fail, or, without a word from the cashier, two NOTPAY
 * answers some seconds apart. After "ok" it
 * never says unpaid; nor while an attempt of another door, which the customer left, may still turn out to be paid. Pure.
 */
export function resultOf(order: Pick<OrderRow, 'state'>, payments: Known[], now: Date): Verdict {
  if (order.state === 'paid') return { result: 'paid', askAgainMs: null }
  if (order.state === 'closed') return { result: 'closed', askAgainMs: null }
  const [newest, ...older] = payments
  if (newest === undefined) return { result: 'unpaid', askAgainMs: null }
  const verdict = verdictOn(newest, now)
  return verdict.result === 'unpaid' && older.some((left) => mayBePaid(left, newest.created_at))
    ? { result: 'checking', askAgainMs: limits.resultAskAgainMs }
    : verdict
}

/** Launched and left for a newer attempt, and no NOTPAY says since then that the customer had not paid. */
const mayBePaid = ({ state, launched_at: launchedAt, unpaid_at: unpaidAt }: Known, leftAt: Date): boolean =>
  launchedAt !== null && isOpen(state) && (unpaidAt === null || unpaidAt < leftAt)

function verdictOn(newest: Known, now: Date): Verdict {
  if (newest.state === 'closed' || newest.state === 'failed' || isSurplus(newest))
    return { result: 'unpaid', askAgainMs: null }
  if (wasNeverLaunched(newest, now) || isProvenUnpaid(newest, now))
    return { result: 'unpaid', askAgainMs: limits.resultUnpaidAskAgainMs }
  const waitedMs = newest.hint === 'ok' && newest.hint_at ? now.getTime() - newest.hint_at.getTime() : 0
  return {
    result: 'checking',
    askAgainMs: waitedMs > limits.okWithoutProofMs ? null : limits.resultAskAgainMs,
  }
}

/** No cashier opens without launch parameters. Those of a fresh attempt may be under way, unless its client turned away. */
function wasNeverLaunched(newest: Known, now: Date): boolean {
  if (newest.launched_at !== null || newest.state === 'paid' || newest.hint === 'ok') return false
  return newest.hint !== null || now.getTime() - newest.created_at.getTime() >= limits.launchFollowsMs
}

/** Paid at another price than the order's: goes back, while the order may still be paid. */
const isSurplus = ({ state, kept }: Known) => state === 'paid' && !kept

type Sums = Pick<PaymentRow, 'amount_fen' | 'reserved_fen' | 'refunded_fen'>

/** Fen of a payment that are neither back nor on their way back. Pure. */
export const leftFen = (payment: Sums): number =>
  Math.max(0, payment.amount_fen - payment.reserved_fen - payment.refunded_fen)

/** Paid so long ago that the channel takes no refund of it any more. Pure. */
export const isPastRefunds = ({ paid_at: paidAt }: Pick<PaymentRow, 'paid_at'>, now: Date): boolean =>
  paidAt !== null && now.getTime() > paidAt.getTime() + limits.refundWithinMs

type Refundable = Sums & Pick<PaymentRow, 'state' | 'out_trade_no' | 'paid_at'>

/**
 * Fen of a payment that a refund asked for now may give back: none while the channel says of a refund that we know nothing
 * of, and none once it takes no refunds of the payment any more. Pure.
 */
export const refundableOf = (
  payment: Refundable,
  withUnknownRefund: ReadonlySet<string>,
  now: Date,
): number =>
  payment.state === 'paid' && !withUnknownRefund.has(payment.out_trade_no) && !isPastRefunds(payment, now)
    ? leftFen(payment)
    : 0

/** Fen of what pays an order that may be given back now; 0 while nothing pays it. Pure. */
export function refundableFen(
  payments: (Refundable & Pick<PaymentRow, 'kept'>)[],
  withUnknownRefund: ReadonlySet<string>,
  now: Date,
): number {
  const kept = payments.find((payment) => payment.kept)
  return kept ? refundableOf(kept, withUnknownRefund, now) : 0
}

/** What the payments of one order tell of it. */
export function moneyOf(payments: (Known & Sums)[], now: Date): OrderMoney {
  const kept = payments.find((payment) => payment.kept)
  return {
    paying: payments.some((payment) => mayBePaying(payment, now)),
    refundedFen: kept?.refunded_fen ?? 0,
    refundingFen: kept?.reserved_fen ?? 0,
    surplusFen: payments
      .filter(isSurplus)
      .reduce((sumFen, payment) => sumFen + payment.amount_fen - payment.refunded_fen, 0),
  }
}

/**
 * 支付中: money may be on its way, because a cashier was opened, the attempt is open and nothing proves that the customer
 * turned away. Without launch parameters no cashier opens.
 */
export const mayBePaying = (payment: Known, now: Date): boolean =>
  payment.launched_at !== null && isOpen(payment.state) && !isProvenUnpaid(payment, now)

function isProvenUnpaid(payment: Known, now: Date): boolean {
  const { state, hint, hint_at: hintAt, unpaid_at: lastAt, unpaid_since: firstAt } = payment
  // Paid a moment after its order was read: what was proven before that counts no more.
  if (state === 'paid') return false
  if (lastAt === null || firstAt === null || hint === 'ok') return false
  if (hintAt !== null) return lastAt >= hintAt
  const quietSince = payment.launched_at ?? payment.created_at
  return (
    now.getTime() - quietSince.getTime() >= limits.silenceBeforeUnpaidMs &&
    lastAt.getTime() - firstAt.getTime() >= limits.unpaidProofGapMs
  )
}
