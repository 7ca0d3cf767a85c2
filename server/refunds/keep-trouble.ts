import { leftFen } from '../payments/payment-result.ts'
import { findAnomaly, keepAnomaly, moveAnomaly, openAnomaliesOf } from '../store/anomalies.ts'
import type { Writer } from '../store/database.ts'
import { findPayment } from '../store/payments.ts'
import { refundsOf } from '../store/refunds.ts'
import type { AnomalyRow, PaymentRow, RefundRow } from '../store/tables.ts'
import { cameToNothing } from './refund-state.ts'

/**
 * Shows an operator a refund of ours that did not reach the customer. Not one made elsewhere; not one whose money is back
 * or on its way by other refunds; and not the repeat of a failed one that an operator is shown already.
 */
export async function keepTrouble(writer: Writer, refund: RefundRow, at: Date): Promise<void> {
  const isAbnormal = refund.state === 'abnormal'
  if (cameToNothing(refund.state)) await endRefundedTwice(writer, refund, at)
  if (!isAbnormal && !(cameToNothing(refund.state) && (await isTask(writer, refund)))) return
  await keepAnomaly(writer, {
    orderId: refund.order_id,
    outTradeNo: refund.out_trade_no,
    kind: isAbnormal ? 'refund-abnormal' : 'refund-failed',
    evidenceId: `${refund.out_refund_no}/${refund.version}`,
    foundAt: at,
    particulars: {
      outRefundNo: refund.out_refund_no,
      state: refund.state,
      amountFen: refund.amount_fen,
      refusal: refund.refusal,
    },
  })
}

async function isTask(writer: Writer, refund: RefundRow): Promise<boolean> {
  if (refund.origin === 'platform') return false
  if (leftFen((await paymentOf(writer, refund))!) === 0) return false
  const repeats = refund.idempotency_key && (await findAnomaly(writer, againOf(refund.idempotency_key)))
  return !(repeats && repeats.order_id === refund.order_id && repeats.state === 'open')
}

/** The key of a refund that is made again for an anomaly; a further try, after the ones before came to nothing, counts on. */
export const againKey = (anomalyId: string, tries: number): string =>
  tries === 0 ? anomalyId : `${anomalyId}/${tries}`

/** The anomaly that such a key names. */
export const againOf = (key: string): string => key.split('/')[0]!

const paymentOf = (writer: Writer, of: Pick<RefundRow, 'order_id' | 'out_trade_no'>) =>
  findPayment(writer, of.order_id, of.out_trade_no)

/** What an operator was asked to look at has mended itself, by what the channel proved since. */
export async function endTrouble(
  writer: Writer,
  refund: Pick<RefundRow, 'order_id' | 'out_trade_no' | 'out_refund_no'>,
  kind: Extract<AnomalyRow['kind'], 'refund-abnormal' | 'refund-failed'>,
  at: Date,
): Promise<void> {
  await endOpen(
    writer,
    refund,
    kind,
    at,
    ({ particulars }) => particulars.outRefundNo === refund.out_refund_no,
  )
}

async function endOpen(
  writer: Writer,
  refund: Pick<RefundRow, 'order_id' | 'out_trade_no' | 'out_refund_no'>,
  kind: AnomalyRow['kind'],
  at: Date,
  isEnded: (anomaly: AnomalyRow) => boolean,
): Promise<void> {
  for (const anomaly of await openAnomaliesOf(writer, refund, kind))
    if (isEnded(anomaly))
      await moveAnomaly(writer, anomaly, 'resolved', at, { by: 'channel', outRefundNo: refund.out_refund_no })
}

/**
 * A refund of the channel's platform was recorded: that is what was unknown. When nothing is left now, the failed refunds
 * of ours failed because of it; what is left can be given back again.
 */
export async function endExplained(writer: Writer, recorded: RefundRow, at: Date): Promise<void> {
  await endOpen(writer, recorded, 'unknown-refund', at, () => true)
  const isAllBack = leftFen((await paymentOf(writer, recorded))!) === 0
  await endOpen(writer, recorded, 'refund-failed', at, () => isAllBack)
}

/**
 * A refund that counted as over without effect went out after all. Its failure is no task any more; but when another
 * refund of the payment was made meanwhile, the customer may have more than was meant, which an operator is shown.
 */
export async function repairTrouble(writer: Writer, repaired: RefundRow, at: Date): Promise<void> {
  await endTrouble(writer, repaired, 'refund-failed', at)
  const payment = (await paymentOf(writer, repaired)) as PaymentRow
  const others = (await refundsOf(writer, [repaired.order_id])).filter(
    (one) =>
      one.out_trade_no === repaired.out_trade_no &&
      one.out_refund_no !== repaired.out_refund_no &&
      one.created_at >= repaired.created_at &&
      !cameToNothing(one.state),
  )
  if (others.length === 0 && payment.overdrawn_fen === null) return
  await keepAnomaly(writer, {
    orderId: repaired.order_id,
    outTradeNo: repaired.out_trade_no,
    kind: 'refunded-twice',
    evidenceId: `${repaired.out_refund_no}/${repaired.version}`,
    foundAt: at,
    particulars: {
      outRefundNo: repaired.out_refund_no,
      amountFen: repaired.amount_fen,
      others: others.map((one) => one.out_refund_no),
      overdrawnFen: payment.overdrawn_fen ?? 0,
    },
  })
}

/** The other refunds came to nothing, so the customer has the money once. */
async function endRefundedTwice(writer: Writer, refund: RefundRow, at: Date): Promise<void> {
  const over = new Set(
    (await refundsOf(writer, [refund.order_id]))
      .filter(({ state }) => cameToNothing(state))
      .map((one) => one.out_refund_no),
  )
  await endOpen(writer, refund, 'refunded-twice', at, ({ particulars }) =>
    (particulars.others as string[]).every((number) => over.has(number)),
  )
}
