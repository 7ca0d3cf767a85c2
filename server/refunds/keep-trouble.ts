import { keepAnomaly, moveAnomaly, openAnomaliesOf } from '../store/anomalies.ts'
import type { Writer } from '../store/database.ts'
import type { AnomalyRow, RefundRow } from '../store/tables.ts'

/** A refund of ours that did not reach the customer is shown to an operator; one made elsewhere is somebody else's. */
export async function keepTrouble(writer: Writer, refund: RefundRow, at: Date): Promise<void> {
  const isAbnormal = refund.state === 'abnormal'
  const hasFailed = refund.state === 'closed' || refund.state === 'refused'
  if (!isAbnormal && !(hasFailed && refund.origin !== 'platform')) return
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

/** What an operator was asked to look at has mended itself, by what the channel proved since. */
export async function endTrouble(
  writer: Writer,
  refund: Pick<RefundRow, 'order_id' | 'out_trade_no' | 'out_refund_no'>,
  kind: Extract<AnomalyRow['kind'], 'unknown-refund' | 'refund-abnormal'>,
  at: Date,
): Promise<void> {
  for (const anomaly of await openAnomaliesOf(writer, refund, kind)) {
    const isOfAnother = kind === 'refund-abnormal' && anomaly.particulars.outRefundNo !== refund.out_refund_no
    if (isOfAnother) continue
    await moveAnomaly(writer, anomaly, 'resolved', at, { by: 'channel', outRefundNo: refund.out_refund_no })
  }
}
