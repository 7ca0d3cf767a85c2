import { sql } from 'kysely'
import type { Database } from './database.ts'
import type { AnomalyRow, PaymentRow, RefundRow } from './tables.ts'

/** Payments that expired before this, have not ended, and that no operator was shown yet. Reads open payments only. */
export async function paymentsLeftOpen(
  db: Database,
  expiredBefore: Date,
  count: number,
): Promise<PaymentRow[]> {
  const { rows } = await sql<PaymentRow>`
    select * from payments
    where next_check_at is not null and expires_at < ${expiredBefore}
      and not exists (
        select from anomalies
        where anomalies.order_id = payments.order_id and anomalies.out_trade_no = payments.out_trade_no
          and kind = 'left-open' and evidence_id = payments.out_trade_no)
    limit ${count}`.execute(db)
  return rows
}

/**
 * Refunds of ours that have not ended and that no operator was shown yet: asked for before `any`, or before `refused` when
 * the channel refuses them. An abnormal one is a task of its own.
 */
export async function refundsLeftOpen(
  db: Database,
  before: { refused: Date; any: Date },
  count: number,
): Promise<RefundRow[]> {
  const { rows } = await sql<RefundRow>`
    select * from refunds
    where next_check_at is not null and state <> 'abnormal'
      and created_at < case when refusal is null then ${before.any}::timestamptz else ${before.refused}::timestamptz end
      and not exists (
        select from anomalies
        where anomalies.order_id = refunds.order_id and anomalies.out_trade_no = refunds.out_trade_no
          and kind = 'left-open' and evidence_id = refunds.out_refund_no)
    limit ${count}`.execute(db)
  return rows
}

/** Open anomalies about something that was left open and has ended since. With an id, that one alone. */
export async function endedSinceShown(
  db: Database,
  count: number,
  anomalyId?: string,
): Promise<AnomalyRow[]> {
  const { rows } = await sql<AnomalyRow>`
    select * from anomalies a
    where state = 'open' and kind = 'left-open' and anomaly_id = coalesce(${anomalyId ?? null}, anomaly_id)
      and case particulars ->> 'of'
        when 'payment' then exists (
          select from payments
          where order_id = a.order_id and out_trade_no = a.evidence_id and next_check_at is null)
        when 'refund' then exists (
          select from refunds
          where order_id = a.order_id and out_refund_no = a.evidence_id and next_check_at is null)
        when 'notification' then exists (
          select from notifications
          where order_id = a.order_id and notification_id = a.evidence_id and settled_at is not null)
      end
    limit ${count}`.execute(db)
  return rows
}
