import { createHash, randomUUID } from 'node:crypto'
import type { RefundApproval, RefundApprovalPage } from '../../contract/operator.ts'
import { limits } from '../config/limits.ts'
import type { Clock } from '../shared/clock.ts'
import { KindError } from '../shared/errors.ts'
import { transact, type Database, type Writer } from '../store/database.ts'
import { lockOrder } from '../store/orders.ts'
import {
  approvalByKey,
  findRefundApproval,
  insertRefundApproval,
  moveRefundApproval,
  pageOfOpenApprovals,
} from '../store/refund-approvals.ts'
import type { RefundApprovalRow, RefundRow } from '../store/tables.ts'
import { readPlace, writePlace } from './open-list.ts'
import type { RefundDeps } from './refund-deps.ts'
import { fitAmount, lookBeforeRefund, openRequested, refundablePayment, sendIfDue } from './request-refund.ts'

/** A refund that an operator wants another operator to approve. */
export interface ApprovalWish {
  orderId: string
  /** Without it: the payment that pays the order. */
  paymentId?: string | undefined
  /** Fen; without it all that is left now. */
  amountFen?: number | undefined
  reason: string
  by: string
  idempotencyKey: string
}

/**
 * Keeps a refund for another operator to approve; no money is reserved before. The same key is the same approval. Throws
 * as requestRefund does.
 */
export function askForApproval(
  deps: RefundDeps,
  wish: ApprovalWish,
): Promise<{ approval: RefundApproval; isNew: boolean }> {
  return transact(deps.db, async (writer) => {
    const { orderId, paymentId, amountFen, reason } = wish
    const hash = createHash('sha256')
      .update(JSON.stringify([paymentId, amountFen, reason, wish.by]))
      .digest()
    const order = await lockOrder(writer, orderId)
    if (!order) throw new KindError('NotFound', '没有这个订单，请核对订单号。')
    const earlier = await approvalByKey(writer, orderId, wish.idempotencyKey)
    if (earlier && !earlier.request_hash.equals(hash))
      throw new KindError('Conflict', '这个 Idempotency-Key 已用于另一份审批，请换一个新的再提交。')
    if (earlier) return { approval: toRefundApproval(earlier), isNew: false }
    const payment = await refundablePayment(deps, writer, order, paymentId)
    const now = deps.clock.now()
    const approval: RefundApprovalRow = {
      order_id: orderId,
      approval_id: randomUUID(),
      out_trade_no: payment.out_trade_no,
      amount_fen: fitAmount(payment, amountFen),
      reason,
      asked_by: wish.by,
      idempotency_key: wish.idempotencyKey,
      request_hash: hash,
      state: 'open',
      version: 1,
      created_at: now,
      expires_at: new Date(now.getTime() + limits.refundApprovalLifetimeMs),
      decided_by: null,
      out_refund_no: null,
    }
    await insertRefundApproval(writer, approval)
    return { approval: toRefundApproval(approval), isNew: true }
  })
}

/** One page of what waits for a second operator. Throws InvalidInput for a cursor that is none of ours. */
export async function listRefundApprovals(
  { db, clock }: { db: Database; clock: Clock },
  cursor: string | undefined,
): Promise<RefundApprovalPage> {
  const rows = await pageOfOpenApprovals(db, clock.now(), readPlace(cursor), limits.pageSize + 1)
  const page = rows.slice(0, limits.pageSize)
  const last = rows.length > limits.pageSize ? page.at(-1) : undefined
  return {
    approvals: page.map(toRefundApproval),
    nextCursor: last ? writePlace(last.created_at, last.approval_id) : null,
  }
}

/**
 * Another operator's decision. Approved, the refund is opened in the name of the operator who asked and counts into the
 * limits of the one who approves; both in one transaction. Throws NotFound, NotAllowed (own, over-limit), Conflict
 * (decided, expired, not refundable any more).
 */
export async function decideRefundApproval(
  deps: RefundDeps,
  { approvalId, approved, by }: { approvalId: string; approved: boolean; by: string },
): Promise<RefundApproval> {
  const approval = await findRefundApproval(deps.db, approvalId)
  if (!approval) throw new KindError('NotFound', '没有这份退款审批，请从列表里重新打开。')
  if (approval.state !== 'open') throw new KindError('Conflict', '这份审批已经处理过了，请刷新列表。')
  if (approved && approval.asked_by === by)
    throw new KindError('NotAllowed', '不能批准自己提交的退款，请另一位操作员处理。', {
      code: 'own-approval',
    })
  if (deps.clock.now() >= approval.expires_at) throw new KindError('Conflict', '这份审批已过期，请重新提交。')
  if (approved)
    await lookBeforeRefund(deps, {
      orderId: approval.order_id,
      paymentId: approval.out_trade_no,
      idempotencyKey: approval.approval_id,
    })
  const { moved, refund } = await transact(deps.db, async (writer) => {
    const opened = approved ? await openApproved(deps, writer, approval, by) : null
    const decision = { by, outRefundNo: opened?.out_refund_no ?? null }
    const event = approved ? 'approved' : 'declined'
    const decided = await moveRefundApproval(writer, approval, event, deps.clock.now(), decision)
    if (!decided) throw new KindError('Conflict', '这份审批刚被别人处理了，请刷新列表。')
    return { moved: decided, refund: opened }
  })
  if (refund) await sendIfDue(deps, refund)
  return toRefundApproval(moved)
}

async function openApproved(
  deps: RefundDeps,
  writer: Writer,
  approval: RefundApprovalRow,
  approvedBy: string,
): Promise<RefundRow> {
  const { refund } = await openRequested(deps, writer, {
    orderId: approval.order_id,
    paymentId: approval.out_trade_no,
    amountFen: approval.amount_fen,
    reason: approval.reason,
    by: approval.asked_by,
    approvedBy,
    idempotencyKey: approval.approval_id,
  })
  return refund
}

const toRefundApproval = (row: RefundApprovalRow): RefundApproval => ({
  id: row.approval_id,
  orderId: row.order_id,
  paymentId: row.out_trade_no,
  amountFen: row.amount_fen,
  reason: row.reason,
  state: row.state,
  askedBy: row.asked_by,
  decidedBy: row.decided_by,
  refundId: row.out_refund_no,
  createdAt: row.created_at.toISOString(),
  expiresAt: row.expires_at.toISOString(),
})
