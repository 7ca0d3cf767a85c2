import type { Anomaly, AnomalyAction, AnomalyDetail, AnomalyPage } from '../../contract/operator.ts'
import { limits } from '../config/limits.ts'
import { KindError } from '../shared/errors.ts'
import { findAnomaly, pageOfOpenAnomalies } from '../store/anomalies.ts'
import type { Database } from '../store/database.ts'
import { stepsOf } from '../store/history.ts'
import type { AnomalyRow } from '../store/tables.ts'
import { readPlace, writePlace } from './open-list.ts'
import { toEvent } from './read-operator-order.ts'

/** What makes sense about each kind; the first is what is usually done. */
export const actionsOf: Record<AnomalyRow['kind'], AnomalyAction['action'][]> = {
  mismatch: ['settle-again', 'dismiss'],
  orphan: ['settle-again', 'dismiss'],
  'unknown-refund': ['record-refund', 'settle-again', 'dismiss'],
  'refund-abnormal': ['settle-again', 'dismiss'],
  'refund-failed': ['refund-again', 'record-refund', 'settle-again', 'dismiss'],
  'refunded-twice': ['settle-again', 'dismiss'],
  'out-of-stock': ['dismiss'],
  'left-open': ['settle-again', 'dismiss'],
}

/** One page of what waits for an operator. Throws InvalidInput for a cursor that is none of ours. */
export async function listAnomalies(db: Database, cursor: string | undefined): Promise<AnomalyPage> {
  const rows = await pageOfOpenAnomalies(db, readPlace(cursor), limits.pageSize + 1)
  const page = rows.slice(0, limits.pageSize)
  const last = rows.length > limits.pageSize ? page.at(-1) : undefined
  return {
    anomalies: page.map(toAnomaly),
    nextCursor: last ? writePlace(last.found_at, last.anomaly_id) : null,
  }
}

/** An anomaly, open or ended, with all that happened to it. Throws NotFound. */
export async function readAnomaly(db: Database, anomalyId: string): Promise<AnomalyDetail> {
  const row = await findAnomaly(db, anomalyId)
  if (!row) throw new KindError('NotFound', '没有这条异常，请从列表里重新打开。')
  const steps = await stepsOf(db, { orderId: row.order_id, subject: 'anomaly', number: anomalyId })
  return { ...toAnomaly(row), timeline: steps.map(toEvent) }
}

export const toAnomaly = (row: AnomalyRow): Anomaly => ({
  id: row.anomaly_id,
  orderId: row.order_id || null,
  paymentId: row.out_trade_no,
  kind: row.kind,
  state: row.state,
  foundAt: row.found_at.toISOString(),
  particulars: row.particulars,
  actions: row.state === 'open' ? actionsOf[row.kind] : [],
})
