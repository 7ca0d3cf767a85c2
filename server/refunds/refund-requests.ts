import { randomUUID } from 'node:crypto'
import type { RefundRequestPage } from '../../contract/operator.ts'
import type { RefundRequest } from '../../contract/refund.ts'
import { limits } from '../config/limits.ts'
import { ownOrder } from '../orders/own-order.ts'
import { refundableFen } from '../payments/payment-result.ts'
import type { Clock } from '../shared/clock.ts'
import { KindError } from '../shared/errors.ts'
import { transact, type Database } from '../store/database.ts'
import { paymentsOf } from '../store/payments.ts'
import {
  findRefundRequest,
  insertRefundRequest,
  moveRefundRequest,
  pageOfOpenRequests,
} from '../store/refund-requests.ts'
import type { RefundRequestRow } from '../store/tables.ts'
import { readPlace, writePlace } from './open-list.ts'
import type { RefundDeps } from './refund-deps.ts'
import { toRefundRequest } from './refund-view.ts'
import { openRequested, sendIfDue } from './request-refund.ts'

/** A customer asks for the money back; it is kept for an operator. Throws NotFound, Conflict (unpaid, all back, asked already). */
export async function askForRefund(
  deps: { db: Database; clock: Clock },
  input: { accountId: string; orderId: string; reason: string },
): Promise<RefundRequest> {
  const order = await ownOrder(deps.db, input.accountId, input.orderId)
  if (order.state !== 'paid') throw new KindError('Conflict', '订单还没有付款，不用申请退款。')
  if (refundableFen(await paymentsOf(deps.db, [order.order_id])) === 0)
    throw new KindError('Conflict', '这笔订单的钱已全部退回或正在退回，不用再申请。')
  const request: RefundRequestRow = {
    order_id: input.orderId,
    request_id: randomUUID(),
    reason: input.reason,
    state: 'open',
    version: 1,
    created_at: deps.clock.now(),
    reply: null,
  }
  if (!(await insertRefundRequest(deps.db, request)))
    throw new KindError('Conflict', '您已经申请过了，商家处理后会有结果，请稍后再看。', {
      code: 'refund-asked',
    })
  return toRefundRequest(request)
}

/** One page of the requests that wait. Throws InvalidInput for a cursor that is none of ours. */
export async function listRefundRequests(
  db: Database,
  cursor: string | undefined,
): Promise<RefundRequestPage> {
  const rows = await pageOfOpenRequests(db, readPlace(cursor), limits.pageSize + 1)
  const page = rows.slice(0, limits.pageSize)
  const last = rows.length > limits.pageSize ? page.at(-1) : undefined
  return {
    requests: page.map((row) => ({ ...toRefundRequest(row), orderId: row.order_id })),
    nextCursor: last ? writePlace(last.created_at, last.request_id) : null,
  }
}

/**
 * An operator's answer. Approved, everything that is left of the order goes back: refund and answer are one transaction,
 * so that two operators cannot both have their way. Throws NotFound, Conflict.
 */
export async function decideRefundRequest(
  deps: RefundDeps,
  input: { requestId: string; approved: boolean; reply: string | undefined; by: string },
): Promise<RefundRequest> {
  const request = await findRefundRequest(deps.db, input.requestId)
  if (!request) throw new KindError('NotFound', '没有这个退款申请，请从列表里重新打开。')
  if (request.state !== 'open') throw new KindError('Conflict', '这个申请已经处理过了，请刷新列表。')
  const { by, approved, reply = null } = input
  const now = deps.clock.now()
  const { moved, refund } = await transact(deps.db, async (writer) => {
    const { order_id: orderId, request_id: idempotencyKey, reason } = request
    const opened = approved
      ? await openRequested(deps, writer, { orderId, reason, by, idempotencyKey })
      : { refund: null }
    const evidence = { by, ...(opened.refund ? { outRefundNo: opened.refund.out_refund_no } : {}) }
    const event = approved ? 'approved' : 'declined'
    const answered = await moveRefundRequest(writer, request, event, now, reply, evidence)
    if (!answered) throw new KindError('Conflict', '这个申请刚被别人处理了，请刷新列表。')
    return { moved: answered, refund: opened.refund }
  })
  if (refund) await sendIfDue(deps, refund)
  return toRefundRequest(moved)
}
