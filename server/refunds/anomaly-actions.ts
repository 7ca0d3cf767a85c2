import type { AnomalyAction } from '../../contract/operator.ts'
import { leftFen } from '../payments/payment-result.ts'
import { channelOf } from '../payments/payment-deps.ts'
import { snapshotOf } from '../payments/payment-view.ts'
import { settlePayment } from '../payments/settle-payment.ts'
import { ChannelUnknown, KindError } from '../shared/errors.ts'
import { isOutage } from '../store/outage.ts'
import { findPayment } from '../store/payments.ts'
import { findRefund, refundsOf } from '../store/refunds.ts'
import type { AnomalyRow, PaymentRow, RefundRow } from '../store/tables.ts'
import { attendRefund } from './attend-refund.ts'
import { againKey, againOf } from './keep-trouble.ts'
import { lookAgain } from './look-again.ts'
import { settleByNumber } from './record-refund.ts'
import { refundChannelOf, type RefundDeps } from './refund-deps.ts'
import { refundSnapshot } from './refund-snapshot.ts'
import { cameToNothing } from './refund-state.ts'
import { requestRefund } from './request-refund.ts'
import { settleRefund } from './settle-refund.ts'
import { settleStored } from './take-notification.ts'

/** What an action did, for the history. */
export type Proof = Record<string, unknown>

const conflict = (message: string) => new KindError('Conflict', message)
const stillWrong = () => conflict('支付平台的说法与账上仍然对不上，没有改动任何账目。请核对后再试。')

/**
 * Does an action about an anomaly of a payment. What it throws leaves the anomaly open and says how to go on; null leaves it
 * open as well, since the action did only a part.
 */
export async function act(
  deps: RefundDeps,
  anomaly: AnomalyRow,
  payment: PaymentRow,
  wish: Exclude<AnomalyAction, { action: 'dismiss' }>,
  by: string,
): Promise<Proof | null> {
  switch (wish.action) {
    case 'settle-again':
      return settleAgain(deps, anomaly, payment, by)
    case 'record-refund':
      return recordFound(deps, anomaly, payment, { outRefundNo: wish.outRefundNo, by })
    case 'refund-again':
      return refundAgain(deps, anomaly, payment, by)
  }
}

/** Settles a stored notification once more, one that could not be settled before. */
export async function settleNotificationAgain(deps: RefundDeps, anomaly: AnomalyRow): Promise<Proof> {
  const { order_id: orderId, evidence_id: notificationId } = anomaly
  try {
    await settleStored(deps, { orderId, notificationId, mchid: String(anomaly.particulars.mchid) })
  } catch (error) {
    if (isOutage(error)) throw error
    // The reason stands in the anomaly, and in the log of the sweep that goes on trying.
    throw stillWrong()
  }
  return { notificationId }
}

async function settleAgain(
  deps: RefundDeps,
  anomaly: AnomalyRow,
  payment: PaymentRow,
  by: string,
): Promise<Proof> {
  const { kind, particulars } = anomaly
  const outRefundNo = particulars.outRefundNo as string | undefined
  const refund = outRefundNo && (await findRefund(deps.db, anomaly.order_id, outRefundNo))
  if (kind === 'refunded-twice') return endedTwice(deps, anomaly)
  if (kind === 'refund-failed') return settleFailed(deps, payment, refund as RefundRow)
  if (kind === 'left-open' && refund) {
    await attendRefund(deps, refund)
    return { outRefundNo }
  }
  if (outRefundNo) {
    const settled = await settleByNumber(deps, payment, outRefundNo, by)
    const known = await findRefund(deps.db, anomaly.order_id, outRefundNo)
    if (known?.state === 'abnormal')
      throw conflict('这笔退款仍未退到顾客账户。请在商户平台改退到其他账户，完成后再试。')
    return { outRefundNo, settled }
  }
  return payment.state === 'paid' ? lookOnceMore(deps, anomaly, payment) : settlePaymentAgain(deps, payment)
}

async function settlePaymentAgain(deps: RefundDeps, payment: PaymentRow): Promise<Proof> {
  const trade = await channelOf(deps, payment.channel).query(snapshotOf(payment))
  const settled = trade && (await settlePayment(deps, trade, { from: 'query' }))
  if (settled !== 'applied' && settled !== 'unchanged') throw stillWrong()
  return { settled }
}

/** The payment is paid here: the channel has to agree with that, and with what we know of its refunds. */
async function lookOnceMore(deps: RefundDeps, anomaly: AnomalyRow, payment: PaymentRow): Promise<Proof> {
  const number = anomaly.particulars.refused as string | undefined
  const refused = number ? await findRefund(deps.db, anomaly.order_id, number) : undefined
  const look = await lookAgain(deps, payment, refused && { refused })
  if (look === 'unanswered') throw new ChannelUnknown('a second look got no answer')
  if (look === 'unknown-refund')
    throw conflict(
      '支付平台的退款仍未登记。请在商户平台查到商户退款单号，用 record-refund 登记；确认没有其他退款时，用 dismiss 写明经过。',
    )
  if (look === 'mismatch') throw stillWrong()
  return { look }
}

/** A refund of ours that failed: perhaps it went out after all. */
async function settleFailed(deps: RefundDeps, payment: PaymentRow, failed: RefundRow): Promise<Proof> {
  if (await wentOut(deps, payment, failed)) return { outRefundNo: failed.out_refund_no }
  if ((await lookAgain(deps, payment, { refused: failed })) === 'unknown-refund')
    throw conflict('支付平台另有一笔退款没有登记。请在商户平台查到商户退款单号，用 record-refund 登记。')
  throw conflict('这笔退款没有退出，钱还在。可以用 refund-again 再退一次，或用 dismiss 写明经过。')
}

/** Asks about a refund that counts as over without effect. True: the channel proves that it went out. */
async function wentOut(deps: RefundDeps, payment: PaymentRow, failed: RefundRow): Promise<boolean> {
  const found = await refundChannelOf(deps, payment.channel).queryRefund(refundSnapshot(payment, failed))
  if (found) await settleRefund(deps, found, { from: 'query' })
  const known = (await findRefund(deps.db, failed.order_id, failed.out_refund_no)) as RefundRow
  return !cameToNothing(known.state)
}

/** A customer may have been paid twice: it is over when the other refunds came to nothing. */
async function endedTwice(deps: RefundDeps, { order_id: orderId, particulars }: AnomalyRow): Promise<Proof> {
  const others = particulars.others as string[]
  for (const number of others) {
    const other = (await findRefund(deps.db, orderId, number)) as RefundRow
    if (!cameToNothing(other.state) && other.state !== 'succeeded') await attendRefund(deps, other)
  }
  const refunds = await refundsOf(deps.db, [orderId])
  const live = refunds.filter((one) => others.includes(one.out_refund_no) && !cameToNothing(one.state))
  if (live.length > 0)
    throw conflict('这几笔退款都已退出或正在退出。请与顾客核对，把多退的钱另行收回，再用 dismiss 写明经过。')
  return { others }
}

async function recordFound(
  deps: RefundDeps,
  anomaly: AnomalyRow,
  payment: PaymentRow,
  { outRefundNo, by }: { outRefundNo: string; by: string },
): Promise<Proof | null> {
  if (payment.state !== 'paid') throw conflict('还没有收到付款，没有可登记的退款。')
  const settled = await settleByNumber(deps, payment, outRefundNo, by)
  if (settled === 'unchanged')
    throw conflict('这笔退款已经在账上了，不是要找的那一笔。请核对商户平台上的其他退款。')
  if ((await findRefund(deps.db, payment.order_id, outRefundNo))?.state === 'closed')
    throw conflict(
      '这笔退款已关闭，没有退出钱，已照此登记。请核对商户平台上的其他退款；没有其他退款时，用 dismiss 写明经过。',
    )
  // What is left of the payment can still be given back again.
  const isPart = anomaly.kind === 'refund-failed' && leftFen(await again(deps, payment)) > 0
  return isPart ? null : { outRefundNo, settled }
}

const again = async ({ db }: RefundDeps, { order_id: orderId, out_trade_no: number }: PaymentRow) =>
  (await findPayment(db, orderId, number)) as PaymentRow

/**
 * The same amount under a new number, or what is left when that is less. The failed number is asked about first: when it
 * went out after all, nothing else is sent. A new refund that is refused at once leaves the anomaly open.
 */
async function refundAgain(
  deps: RefundDeps,
  anomaly: AnomalyRow,
  payment: PaymentRow,
  by: string,
): Promise<Proof> {
  const number = anomaly.particulars.outRefundNo as string
  const failed = (await findRefund(deps.db, anomaly.order_id, number)) as RefundRow
  if (await wentOut(deps, payment, failed)) return { outRefundNo: number }
  const left = leftFen(await again(deps, payment))
  if (left === 0) throw conflict('这笔支付的钱已全部退回或正在退回，不用再退。请用 dismiss 写明经过。')
  const tries = (await refundsOf(deps.db, [anomaly.order_id])).filter(
    ({ idempotency_key: key, state }) =>
      key !== null && againOf(key) === anomaly.anomaly_id && cameToNothing(state),
  )
  const { refund } = await requestRefund(deps, {
    orderId: anomaly.order_id,
    paymentId: payment.out_trade_no,
    amountFen: Math.min(failed.amount_fen, left),
    reason: failed.reason ?? undefined,
    by,
    idempotencyKey: againKey(anomaly.anomaly_id, tries.length),
  })
  if (cameToNothing(refund.state))
    throw conflict(
      `支付平台再次拒绝了退款（${refund.refusal ?? '已关闭'}），钱没有退出。请先到商户平台处理原因，再试一次。`,
    )
  return { outRefundNo: refund.out_refund_no }
}
