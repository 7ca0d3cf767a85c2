import { createHash } from 'node:crypto'
import { limits } from '../config/limits.ts'
import { spendAllowance } from '../payments/allowance.ts'
import { isPastRefunds, leftFen } from '../payments/payment-result.ts'
import { KindError } from '../shared/errors.ts'
import { yuan } from '../shared/fen.ts'
import { withUnknownRefund } from '../store/anomalies.ts'
import { transact, type Writer } from '../store/database.ts'
import { lockOrder } from '../store/orders.ts'
import { lockPayment, paymentsOf } from '../store/payments.ts'
import { findRefund, refundByKey, refundsOf } from '../store/refunds.ts'
import type { OrderRow, PaymentRow, RefundRow } from '../store/tables.ts'
import { attendRefund } from './attend-refund.ts'
import { lookAgain } from './look-again.ts'
import { openRefund } from './open-refund.ts'
import type { RefundDeps } from './refund-deps.ts'
import { cameToNothing } from './refund-state.ts'

/** What an operator asks for. */
export interface RefundRequest {
  orderId: string
  /** Without it: the payment that pays the order. */
  paymentId?: string | undefined
  /** Fen; without it all that is left. */
  amountFen?: number | undefined
  /** For the customer's bill. */
  reason?: string | undefined
  /** Who asks, and under which key: the same key is the same refund. */
  by: string
  /** Another operator, whose limits it counts into instead. */
  approvedBy?: string | undefined
  idempotencyKey: string
}

/**
 * Gives back a payment or a part of it: reserved and numbered under the order's lock, then sent, or sent when the
 * channel's minute between two refunds has passed. What the channel says stands in the refund that is returned.
 * Throws NotFound, NotAllowed (over the operator's limit), Conflict (unpaid, too much, too late, too often, a refund of the
 * channel is not recorded, another request under this key).
 */
export async function requestRefund(
  deps: RefundDeps,
  request: RefundRequest,
): Promise<{ refund: RefundRow; isNew: boolean }> {
  await lookBeforeRefund(deps, request)
  const { refund, isNew } = await transact(deps.db, (writer) => openRequested(deps, writer, request))
  return { refund: isNew ? await sendIfDue(deps, refund) : refund, isNew }
}

/**
 * Asks the channel about the payment before anything of it is given back: part of it may have gone back there without our
 * knowing. What it shows is kept, and refundablePayment refuses then. A channel that does not answer is no obstacle: it
 * checks every refund itself.
 */
export async function lookBeforeRefund(
  deps: RefundDeps,
  { orderId, paymentId, idempotencyKey }: Pick<RefundRequest, 'orderId' | 'paymentId' | 'idempotencyKey'>,
): Promise<void> {
  if (await refundByKey(deps.db, orderId, idempotencyKey)) return
  const payments = await paymentsOf(deps.db, [orderId])
  const payment = payments.find((one) => (paymentId ? one.out_trade_no === paymentId : one.kept))
  if (payment?.state === 'paid') await lookAgain(deps, payment)
}

/** The refund of a request, reserved and numbered but not sent. Throws as requestRefund does. */
export async function openRequested(
  deps: RefundDeps,
  writer: Writer,
  request: RefundRequest,
): Promise<{ refund: RefundRow; isNew: boolean }> {
  const { orderId, paymentId, amountFen, reason } = request
  const hash = createHash('sha256')
    .update(JSON.stringify([paymentId, amountFen, reason]))
    .digest()
  const order = await lockOrder(writer, orderId)
  if (!order) throw new KindError('NotFound', '没有这个订单，请核对订单号。')
  const earlier = await refundByKey(writer, orderId, request.idempotencyKey)
  if (earlier) return { refund: sameRequest(earlier, hash), isNew: false }
  const payment = await refundablePayment(deps, writer, order, paymentId)
  const amount = fitAmount(payment, amountFen)
  await spendAllowance(deps, writer, { by: request.approvedBy ?? request.by, amountFen: amount })
  const wish = {
    origin: 'operator' as const,
    amount_fen: amount,
    reason: reason ?? null,
    requested_by: request.by,
    idempotency_key: request.idempotencyKey,
    request_hash: hash,
  }
  return { refund: await openRefund(deps, writer, order, payment, wish), isNew: true }
}

/** Sends a refund that was opened just now, unless the channel's minute has not passed. Returns it as it is then. */
export async function sendIfDue(deps: RefundDeps, refund: RefundRow): Promise<RefundRow> {
  if (refund.due_at > deps.clock.now()) return refund
  await attendRefund(deps, refund)
  return (await findRefund(deps.db, refund.order_id, refund.out_refund_no)) as RefundRow
}

function sameRequest(earlier: RefundRow, hash: Buffer): RefundRow {
  if (!earlier.request_hash?.equals(hash))
    throw new KindError('Conflict', '这个 Idempotency-Key 已用于另一笔退款，请换一个新的再提交。')
  return earlier
}

/** The payment, locked, when something of it may still be given back today. */
export async function refundablePayment(
  deps: RefundDeps,
  writer: Writer,
  order: OrderRow,
  paymentId: string | undefined,
): Promise<PaymentRow> {
  const payments = await paymentsOf(writer, [order.order_id])
  const wanted = payments.find((one) => (paymentId ? one.out_trade_no === paymentId : one.kept))
  if (paymentId && !wanted) throw new KindError('NotFound', '这个订单没有这笔支付，请核对支付单号。')
  if (wanted?.state !== 'paid') throw new KindError('Conflict', '还没有收到付款，没有可退的钱。')
  const payment = (await lockPayment(writer, order.order_id, wanted.out_trade_no)) as PaymentRow
  if ((await withUnknownRefund(writer, [order.order_id])).has(payment.out_trade_no))
    throw new KindError(
      'Conflict',
      '支付平台已有一笔退款，但账上没有记录，无法确定还能退多少。请先在商户平台查到商户退款单号，登记（record-refund）后再退款。',
      { code: 'refund-unknown' },
    )
  if (isPastRefunds(payment, deps.clock.now()))
    throw new KindError('Conflict', '付款已超过一年，支付平台不再受理退款，请与顾客另行约定。')
  const refunds = await refundsOf(writer, [order.order_id])
  const live = refunds.filter(
    ({ out_trade_no: number, state }) => number === payment.out_trade_no && !cameToNothing(state),
  )
  if (live.length >= limits.refundsOfPaymentCount)
    throw new KindError('Conflict', `一笔支付最多退 ${limits.refundsOfPaymentCount} 次，已经用完。`)
  return payment
}

/** How much goes back. Looked at under the lock; the database's CHECK says the same. */
export function fitAmount(payment: PaymentRow, wanted: number | undefined): number {
  const left = leftFen(payment)
  if (left === 0) throw new KindError('Conflict', '这笔支付已全部退款或正在退款，没有可退的钱。')
  if (wanted !== undefined && wanted > left)
    throw new KindError('Conflict', `最多还能退 ${yuan(left)}，请改小金额。`)
  return wanted ?? left
}
