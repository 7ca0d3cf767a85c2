import type { Database } from './database.ts'

export interface Anomaly {
  /** '' when the number names no order of ours. */
  orderId: string
  outTradeNo: string
  /** mismatch: a verified message that differs from the payment. orphan: paid at the channel, unknown here. */
  kind: 'mismatch' | 'orphan'
  /** What showed it: the notification's id, or 'query'. */
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
