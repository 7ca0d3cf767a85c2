import { sql } from 'kysely'
import { anomalyMachine, type AnomalyEvent } from '../refunds/anomaly-state.ts'
import type { Database } from './database.ts'
import { appendStep, type Step } from './history.ts'
import { announceHeld, announceTo } from './shop-events.ts'
import type { AnomalyRow } from './tables.ts'

export interface Anomaly {
  /** '' when the number names no order of ours. */
  orderId: string
  outTradeNo: string
  kind: AnomalyRow['kind']
  /** What showed it: the notification's id, 'query', or the refund and its version. */
  evidenceId: string
  foundAt: Date
  /** Which fields differ. Never an openid. */
  particulars: Record<string, unknown>
}

/** Keeps an anomaly for an operator, once however often it is seen, with its first step. */
export async function keepAnomaly(db: Database, anomaly: Anomaly): Promise<void> {
  const evidence = { kind: anomaly.kind, evidenceId: anomaly.evidenceId }
  const step: Step = { subject: 'anomaly', at: anomaly.foundAt, event: 'found', fromState: null, evidence }
  await db
    .with('moved', (query) =>
      query
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
        .returningAll(),
    )
    .with('step', () => appendStep(step, 'anomaly_id'))
    .selectFrom('moved')
    .select('anomaly_id')
    .execute()
}

export const findAnomaly = (db: Database, anomalyId: string): Promise<AnomalyRow | undefined> =>
  db.selectFrom('anomalies').selectAll().where('anomaly_id', '=', anomalyId).executeTakeFirst()

/** The open anomalies of one kind that a payment has. */
export const openAnomaliesOf = (
  db: Database,
  payment: { order_id: string; out_trade_no: string },
  kind: AnomalyRow['kind'],
): Promise<AnomalyRow[]> =>
  db
    .selectFrom('anomalies')
    .selectAll()
    .where('order_id', '=', payment.order_id)
    .where('out_trade_no', '=', payment.out_trade_no)
    .where('kind', '=', kind)
    .where('state', '=', 'open')
    .execute()

/** Payments of some orders of which the channel has given back something that is not recorded yet. */
export async function withUnknownRefund(db: Database, orderIds: string[]): Promise<ReadonlySet<string>> {
  const rows = await db
    .selectFrom('anomalies')
    .select('out_trade_no')
    .where('order_id', 'in', orderIds.length > 0 ? orderIds : [''])
    .where('kind', '=', 'unknown-refund')
    .where('state', '=', 'open')
    .execute()
  return new Set(rows.map((row) => row.out_trade_no))
}

/** One page of what waits for an operator, oldest first, from after the given place. */
export function pageOfOpenAnomalies(
  db: Database,
  after: { at: Date; id: string } | undefined,
  count: number,
): Promise<AnomalyRow[]> {
  let query = db.selectFrom('anomalies').selectAll().where('state', '=', 'open')
  if (after) query = query.where(sql<boolean>`(found_at, anomaly_id) > (${after.at}, ${after.id})`)
  return query.orderBy('found_at').orderBy('anomaly_id').limit(count).execute()
}

/**
 * Moves an anomaly by an event, with its history row; the shop event that it held back is told now. Compare-and-set: false
 * when somebody else has ended it.
 */
export async function moveAnomaly(
  db: Database,
  anomaly: AnomalyRow,
  event: AnomalyEvent,
  at: Date,
  evidence: Record<string, unknown>,
): Promise<boolean> {
  const to = anomalyMachine.next(anomaly.state, event)
  if (!to) throw new Error(`an anomaly that is ${anomaly.state} cannot be ${event}`)
  const step: Step = { subject: 'anomaly', at, event, fromState: anomaly.state, evidence }
  const moved = await db
    .with('moved', (query) =>
      query
        .updateTable('anomalies')
        .set({ state: to, version: anomaly.version + 1 })
        .where('order_id', '=', anomaly.order_id)
        .where('anomaly_id', '=', anomaly.anomaly_id)
        .where('version', '=', anomaly.version)
        .returningAll(),
    )
    .with('step', () => appendStep(step, 'anomaly_id'))
    .with('event', () => announceHeld(at))
    .with('delivery', announceTo)
    .selectFrom('moved')
    .select('anomaly_id')
    .executeTakeFirst()
  return moved !== undefined
}
