import { limits } from '../config/limits.ts'
import { refundNumber } from '../shared/id.ts'
import type { Writer } from '../store/database.ts'
import { countRefunds, insertRefund, refundsOf } from '../store/refunds.ts'
import type { OrderRow, PaymentRow, RefundRow } from '../store/tables.ts'
import { refundChannelOf, type RefundDeps } from './refund-deps.ts'
import { refundSnapshot } from './refund-snapshot.ts'

/** What somebody, or the shop by itself, wants to give back. */
export type RefundWish = Pick<
  RefundRow,
  'origin' | 'amount_fen' | 'reason' | 'requested_by' | 'idempotency_key' | 'request_hash'
>

/**
 * Numbers a refund, reserves its amount and freezes the request, before anybody is asked. Call with the order and the
 * payment locked. Due now, or a minute after the payment's last one: the channel takes no two within a minute.
 */
export async function openRefund(
  deps: RefundDeps,
  writer: Writer,
  order: OrderRow,
  payment: PaymentRow,
  wish: RefundWish,
): Promise<RefundRow> {
  const now = deps.clock.now()
  const attempt = (await countRefunds(writer, order.order_id)) + 1
  const dueAt = dueAfter(await refundsOf(writer, [order.order_id]), payment, now)
  const parts = {
    entryCode: payment.entry_code,
    goodsType: order.goods_type,
    orderId: order.order_id,
    attempt,
  }
  const numbered = { ...wish, out_refund_no: refundNumber(parts, now) }
  const refund: RefundRow = {
    ...numbered,
    order_id: order.order_id,
    out_trade_no: payment.out_trade_no,
    request_body: refundChannelOf(deps, payment.channel).composeRefund(refundSnapshot(payment, numbered)),
    state: 'created',
    version: 1,
    created_at: now,
    due_at: dueAt,
    submitted_at: null,
    refund_id: null,
    succeeded_at: null,
    refusal: null,
    // An operator's is sent by the request that opened it, and by the sweep when that one dies and its lease ends.
    next_check_at:
      dueAt > now || wish.origin === 'surplus' ? dueAt : new Date(now.getTime() + limits.checkLeaseMs),
    unanswered_count: 0,
    doubted_at: null,
    absent_count: 0,
    received_account: null,
  }
  const evidence = { by: wish.requested_by ?? wish.origin, amountFen: wish.amount_fen }
  await insertRefund(writer, refund, { event: 'created', evidence })
  return refund
}

function dueAfter(refunds: RefundRow[], payment: PaymentRow, now: Date): Date {
  const earlier = refunds.filter(
    ({ out_trade_no: number, state }) => number === payment.out_trade_no && state !== 'refused',
  )
  const free = earlier.map(
    (one) => Math.max(one.due_at.getTime(), one.submitted_at?.getTime() ?? 0) + limits.refundEveryMs,
  )
  return new Date(Math.max(now.getTime(), ...free))
}
