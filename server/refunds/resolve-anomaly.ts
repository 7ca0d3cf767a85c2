import type { Anomaly, AnomalyAction } from '../../contract/operator.ts'
import { channelOf } from '../payments/payment-deps.ts'
import { snapshotOf } from '../payments/payment-view.ts'
import { settlePayment } from '../payments/settle-payment.ts'
import { KindError } from '../shared/errors.ts'
import { findAnomaly, moveAnomaly } from '../store/anomalies.ts'
import { endedSinceShown } from '../store/left-open.ts'
import { isOutage } from '../store/outage.ts'
import { findPayment } from '../store/payments.ts'
import { findRefund } from '../store/refunds.ts'
import type { AnomalyRow, PaymentRow } from '../store/tables.ts'
import { actionsOf, toAnomaly } from './read-anomalies.ts'
import { refundChannelOf, type RefundDeps } from './refund-deps.ts'
import { refundSnapshot } from './refund-snapshot.ts'
import { requestRefund } from './request-refund.ts'
import { settleRefund } from './settle-refund.ts'
import { settleStored } from './take-notification.ts'

/**
 * Ends an anomaly by a named action, with who did what in its history. Nothing is written by hand: money is counted only
 * as WeChat proves it. Throws NotFound, Conflict (ended already, an action of another kind, still not right),
 * ChannelRefused, ChannelUnknown; the anomaly stays open then.
 */
export async function resolveAnomaly(
  deps: RefundDeps,
  input: { anomalyId: string; wish: AnomalyAction; by: string },
): Promise<Anomaly> {
  const { wish, by } = input
  const anomaly = await findAnomaly(deps.db, input.anomalyId)
  if (!anomaly) throw new KindError('NotFound', '没有这条异常，请从列表里重新打开。')
  if (anomaly.state !== 'open') throw new KindError('Conflict', '这条异常已经处理过了，请刷新列表。')
  if (!actionsOf[anomaly.kind].includes(wish.action))
    throw new KindError('Conflict', `这种异常不能这样处理，可以选：${actionsOf[anomaly.kind].join('、')}。`)
  const proof = await act(deps, anomaly, wish, by)
  if (anomaly.kind === 'left-open' && wish.action !== 'dismiss') await assertEnded(deps, anomaly)
  const event = wish.action === 'dismiss' ? 'dismissed' : 'resolved'
  const known = (await findAnomaly(deps.db, input.anomalyId)) as AnomalyRow
  // What settled may have ended it already.
  if (known.state === 'open')
    await moveAnomaly(deps.db, known, event, deps.clock.now(), { by, action: wish.action, ...proof })
  return toAnomaly((await findAnomaly(deps.db, input.anomalyId)) as AnomalyRow)
}

async function act(
  deps: RefundDeps,
  anomaly: AnomalyRow,
  wish: AnomalyAction,
  by: string,
): Promise<Record<string, unknown>> {
  if (wish.action === 'dismiss') return { note: wish.note }
  if (anomaly.particulars.of === 'notification') return settleNotificationAgain(deps, anomaly)
  const payment = await findPayment(deps.db, anomaly.order_id, anomaly.out_trade_no)
  if (!payment)
    throw new KindError('Conflict', '这里没有这笔支付。请到商户平台核对、退款，然后用 dismiss 写明经过。')
  const outRefundNo = anomaly.particulars.outRefundNo as string | undefined
  switch (wish.action) {
    case 'settle-again':
      return outRefundNo ? settleRefundAgain(deps, payment, outRefundNo) : settlePaymentAgain(deps, payment)
    case 'record-refund':
      return settleRefundAgain(deps, payment, wish.outRefundNo)
    case 'refund-again': {
      const failed = await findRefund(deps.db, anomaly.order_id, outRefundNo!)
      const { refund } = await requestRefund(deps, {
        orderId: anomaly.order_id,
        paymentId: payment.out_trade_no,
        amountFen: failed!.amount_fen,
        reason: failed!.reason ?? undefined,
        by,
        idempotencyKey: anomaly.anomaly_id,
      })
      return { outRefundNo: refund.out_refund_no }
    }
  }
}

/** Asking again did not end what was left open: it stays somebody's task. */
async function assertEnded({ db }: RefundDeps, anomaly: AnomalyRow): Promise<void> {
  if ((await endedSinceShown(db, 1, anomaly.anomaly_id)).length === 0)
    throw new KindError('Conflict', '微信那边还没有结果，系统会继续查询。请稍后再试，或到商户平台核对。')
}

const stillWrong = () =>
  new KindError('Conflict', '微信那边的说法仍然对不上，没有改动任何账目。请核对后再试。')

async function settleNotificationAgain(
  deps: RefundDeps,
  anomaly: AnomalyRow,
): Promise<Record<string, unknown>> {
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

async function settlePaymentAgain(deps: RefundDeps, payment: PaymentRow): Promise<Record<string, unknown>> {
  const trade = await channelOf(deps, payment.channel).query(snapshotOf(payment))
  const settled = trade && (await settlePayment(deps, trade, { from: 'query' }))
  if (settled !== 'applied' && settled !== 'unchanged') throw stillWrong()
  return { settled }
}

async function settleRefundAgain(
  deps: RefundDeps,
  payment: PaymentRow,
  outRefundNo: string,
): Promise<Record<string, unknown>> {
  const wanted = { out_refund_no: outRefundNo, amount_fen: 0, reason: null }
  const found = await refundChannelOf(deps, payment.channel).queryRefund(refundSnapshot(payment, wanted))
  if (!found) throw new KindError('Conflict', '微信没有这个退款单号，请核对后再试。')
  if (found.outTradeNo !== payment.out_trade_no)
    throw new KindError('Conflict', '这个退款单号属于另一笔支付，请核对后再试。')
  const settled = await settleRefund(deps, found, { from: 'query' })
  if (settled === 'mismatch' || settled === 'orphan' || found.outcome === 'abnormal') throw stillWrong()
  return { outRefundNo, settled }
}
