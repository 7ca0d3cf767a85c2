import type { Database } from './database.ts'

export interface Anomaly {
  /** '' when the number names no order of ours. */
  orderId: string
  outTradeNo: string
  /**
   * mismatch: a verified message that differs from what we have. orphan: paid or refunded at the channel, unknown here.
   * unknown-refund: the channel says that something was refunded, and not what. refund-abnormal, refund-failed: the
   * money did not reach the customer, see the refund.
   */
  kind: 'mismatch' | 'orphan' | 'unknown-refund' | 'refund-abnormal' | 'refund-failed'
  /** What showed it: the notification's id, 'query', or the refund and its version. */
  evidenceId: string
  foundAt: Date
  /** Which fields differ. Never an openid. */
  particulars: Record<string, unknown>
}

/** Keeps an anomaly for an operator, once however often it is seen. */
export async function keepAnomaly(db: Database, anomaly: Anomaly): Promise<void> {
  await db
    .insertInto('anomalies')
    .values({
      order_id: anomaly.orderId,
      out_trade_no: anomaly.outTradeNo,
      kind: anomaly.kind,
      evidence_id: anomaly.evidenceId,
      found_at: anomaly.foundAt,
      particulars: JSON.stringify(anomaly.particulars),
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}
