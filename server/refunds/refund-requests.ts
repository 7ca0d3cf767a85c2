import { randomUUID } from 'node:crypto'
import type { RefundDecided, RefundRequestPage } from '../../contract/operator.ts'
import type { RefundRequest } from '../../contract/refund.ts'
import { limits } from '../config/limits.ts'
import { ownOrder } from '../orders/own-order.ts'
import { isPastRefunds, leftFen, refundableFen } from '../payments/payment-result.ts'
import type { Clock } from '../shared/clock.ts'
import { KindError } from '../shared/errors.ts'
import { openAnomaliesOf, withUnknownRefund } from '../store/anomalies.ts'
import { transact, type Database, type Writer } from '../store/database.ts'
import { lockOrder } from '../store/orders.ts'
import { paymentsOf } from '../store/payments.ts'
import {
  findRefundRequest,
  insertRefundRequest,
  moveRefundRequest,
  pageOfOpenRequests,
} from '../store/refund-requests.ts'
import { refundsOf } from '../store/refunds.ts'
import type { RefundRequestRow, RefundRow } from '../store/tables.ts'
import { readPlace, writePlace } from './open-list.ts'
import type { RefundDeps } from './refund-deps.ts'
import { refundOfRequest, toRefundRequest } from './refund-view.ts'
import { lookBeforeRefund, openRequested, sendIfDue } from './request-refund.ts'

/**
 * A customer asks for the money back; it is kept for an operator. Throws NotFound, Conflict (unpaid, all back, a year old,
 * asked already, a refund of the channel is not recorded).
 */
export async function askForRefund(
  deps: { db: Database; clock: Clock },
  input: { accountId: string; orderId: string; reason: string },
): Promise<RefundRequest> {
  const order = await ownOrder(deps.db, input.accountId, input.orderId)
  if (order.state !== 'paid') throw new KindError('Conflict', '订单还没有付款，不用申请退款。')
  const unknown = await withUnknownRefund(deps.db, [order.order_id])
  const payments = await paymentsOf(deps.db, [order.order_id])
  const kept = payments.find((payment) => payment.kept)
  if (!kept || leftFen(kept) === 0)
    throw new KindError('Conflict', '这笔订单的钱已全部退回或正在退回，不用再申请。')
  if (isPastRefunds(kept, deps.clock.now()))
    throw new KindError('Conflict', '付款已超过一年，不能再申请原路退款，请与商家另行约定。')
  if (unknown.has(kept.out_trade_no))
    throw new KindError('Conflict', '这笔订单已有一笔退款正在核对，请稍后再来查看。', {
      code: 'refund-unknown',
    })
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
  return toRefundRequest(request, undefined)
}

/** One page of the requests that wait. Throws InvalidInput for a cursor that is none of ours. */
export async function listRefundRequests(
  { db, clock }: { db: Database; clock: Clock },
  cursor: string | undefined,
): Promise<RefundRequestPage> {
  const rows = await pageOfOpenRequests(db, readPlace(cursor), limits.pageSize + 1)
  const page = rows.slice(0, limits.pageSize)
  const last = rows.length > limits.pageSize ? page.at(-1) : undefined
  const ids = page.map((row) => row.order_id)
  const [payments, unknown] = await Promise.all([paymentsOf(db, ids), withUnknownRefund(db, ids)])
  const ofOrder = Map.groupBy(payments, (payment) => payment.order_id)
  const now = clock.now()
  return {
    requests: page.map((row) => ({
      ...toRefundRequest(row, undefined),
      orderId: row.order_id,
      refundableFen: refundableFen(ofOrder.get(row.order_id) ?? [], unknown, now),
    })),
    nextCursor: last ? writePlace(last.created_at, last.request_id) : null,
  }
}

/**
 * An operator's answer. Approved, everything that is left of the order goes back: refund and answer are one transaction,
 * so that two operators cannot both have their way. The channel is asked about the payment before, and what it says of the
 * refund stands in what is returned. Throws NotFound, Conflict (a refund of the channel is not recorded).
 */
export async function decideRefundRequest(
  deps: RefundDeps,
  input: { requestId: string; approved: boolean; reply: string | undefined; by: string },
): Promise<RefundDecided> {
  const request = await findRefundRequest(deps.db, input.requestId)
  if (!request) throw new KindError('NotFound', '没有这个退款申请，请从列表里重新打开。')
  refuseEnded(request.state)
  const { by, approved, reply = null } = input
  const { order_id: orderId, request_id: idempotencyKey } = request
  if (approved) await lookBeforeRefund(deps, { orderId, idempotencyKey })
  const { moved, refund } = await transact(deps.db, async (writer) => {
    const opened = approved ? await openIfLeft(deps, writer, request, by) : null
    const evidence = { by, ...(opened ? { outRefundNo: opened.out_refund_no } : {}) }
    const event = approved ? 'approved' : 'declined'
    const answered = await moveRefundRequest(writer, request, event, deps.clock.now(), reply, evidence)
    if (!answered) throw new KindError('Conflict', '这个申请刚被别人处理，或被顾客撤回了，请刷新列表。')
    return { moved: answered, refund: opened }
  })
  if (refund) await sendIfDue(deps, refund)
  return toDecided(deps, moved)
}

function refuseEnded(state: RefundRequestRow['state']): void {
  if (state === 'open') return
  const why = state === 'withdrawn' ? '顾客已撤回这个申请' : '这个申请已经处理过了'
  throw new KindError('Conflict', `${why}，请刷新列表。`)
}

/** The refund of an approval; null when all of the money is back already, or on its way: then nothing is left to be done. */
async function openIfLeft(
  deps: RefundDeps,
  writer: Writer,
  { order_id: orderId, request_id: idempotencyKey, reason }: RefundRequestRow,
  by: string,
): Promise<RefundRow | null> {
  await lockOrder(writer, orderId)
  const kept = (await paymentsOf(writer, [orderId])).find((payment) => payment.kept)
  if (kept && leftFen(kept) === 0) return null
  return (await openRequested(deps, writer, { orderId, reason, by, idempotencyKey })).refund
}

async function toDecided({ db }: RefundDeps, request: RefundRequestRow): Promise<RefundDecided> {
  const [refunds, payments] = await Promise.all([
    refundsOf(db, [request.order_id]),
    paymentsOf(db, [request.order_id]),
  ])
  const kept = payments.find((payment) => payment.kept)
  const view = toRefundRequest(request, refundOfRequest(request, refunds, kept?.out_trade_no))
  const isFailed = view.refund?.outcome === 'failed' || view.refund?.outcome === 'abnormal'
  const tasks =
    isFailed && kept
      ? [
          ...(await openAnomaliesOf(db, kept, 'unknown-refund')),
          ...(await openAnomaliesOf(db, kept, 'refund-failed')),
          ...(await openAnomaliesOf(db, kept, 'refund-abnormal')),
        ]
      : []
  return {
    ...view,
    refusal: refunds.find((one) => one.out_refund_no === view.refund?.id)?.refusal ?? null,
    anomalyId: tasks[0]?.anomaly_id ?? null,
  }
}
