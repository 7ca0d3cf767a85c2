import { sql } from 'kysely'
import { approvalMachine, type ApprovalEvent } from '../refunds/approval-state.ts'
import type { Database, Writer } from './database.ts'
import { appendStep, type Step } from './history.ts'
import type { RefundApprovalRow } from './tables.ts'

/** Writes a new approval with its first step. */
export async function insertRefundApproval(writer: Writer, approval: RefundApprovalRow): Promise<void> {
  const step: Step = {
    subject: 'approval',
    at: approval.created_at,
    event: 'asked',
    fromState: null,
    evidence: { by: approval.asked_by, amountFen: approval.amount_fen, reason: approval.reason },
  }
  await writer
    .with('moved', (query) => query.insertInto('refund_approvals').values(approval).returningAll())
    .with('step', () => appendStep(step, 'approval_id'))
    .selectFrom('moved')
    .select('approval_id')
    .execute()
}

export const findRefundApproval = (
  db: Database,
  approvalId: string,
): Promise<RefundApprovalRow | undefined> =>
  db.selectFrom('refund_approvals').selectAll().where('approval_id', '=', approvalId).executeTakeFirst()

/** The approval of an order that was asked for under this key. */
export const approvalByKey = (
  db: Database,
  orderId: string,
  key: string,
): Promise<RefundApprovalRow | undefined> =>
  db
    .selectFrom('refund_approvals')
    .selectAll()
    .where('order_id', '=', orderId)
    .where('idempotency_key', '=', key)
    .executeTakeFirst()

/** One page of what waits and has not expired, oldest first, from after the given place. */
export function pageOfOpenApprovals(
  db: Database,
  now: Date,
  after: { at: Date; id: string } | undefined,
  count: number,
): Promise<RefundApprovalRow[]> {
  let query = db
    .selectFrom('refund_approvals')
    .selectAll()
    .where('state', '=', 'open')
    .where('expires_at', '>', now)
  if (after) query = query.where(sql<boolean>`(created_at, approval_id) > (${after.at}, ${after.id})`)
  return query.orderBy('created_at').orderBy('approval_id').limit(count).execute()
}

/** Moves an approval by an event, with its history row. Compare-and-set: null when it has been decided meanwhile. */
export async function moveRefundApproval(
  writer: Writer,
  approval: RefundApprovalRow,
  event: ApprovalEvent,
  at: Date,
  decision: { by: string; outRefundNo: string | null },
): Promise<RefundApprovalRow | null> {
  const to = approvalMachine.next(approval.state, event)
  if (!to) return null
  const step: Step = { subject: 'approval', at, event, fromState: approval.state, evidence: decision }
  const moved = await writer
    .with('moved', (query) =>
      query
        .updateTable('refund_approvals')
        .set({
          state: to,
          version: approval.version + 1,
          decided_by: decision.by,
          out_refund_no: decision.outRefundNo,
        })
        .where('order_id', '=', approval.order_id)
        .where('approval_id', '=', approval.approval_id)
        .where('version', '=', approval.version)
        .returningAll(),
    )
    .with('step', () => appendStep(step, 'approval_id'))
    .selectFrom('moved')
    .selectAll()
    .executeTakeFirst()
  return moved ?? null
}
