import type { ChannelRefund } from '../payments/payment-channel.ts'
import type { Writer } from '../store/database.ts'
import { lockOrder } from '../store/orders.ts'
import { lockPayment } from '../store/payments.ts'
import { findRefund, insertRefund } from '../store/refunds.ts'
import type { PaymentRow, RefundRow } from '../store/tables.ts'
import type { RefundDeps } from './refund-deps.ts'

/**
 * Counts a refund that was made on the channel's own platform, as one that is being processed. It is a fact, so it is
 * counted although refunds of ours that are on their way may reserve the same money: the channel refuses those, and that
 * releases it. Null: it was recorded a moment ago.
 */
export async function recordFoundRefund(
  { clock }: RefundDeps,
  writer: Writer,
  { order_id: orderId, out_trade_no: outTradeNo }: PaymentRow,
  found: ChannelRefund,
  evidence: Record<string, unknown>,
): Promise<RefundRow | null> {
  const now = clock.now()
  await lockOrder(writer, orderId)
  await lockPayment(writer, orderId, outTradeNo)
  if (await findRefund(writer, orderId, found.outRefundNo)) return null
  const refund: RefundRow = {
    order_id: orderId,
    out_refund_no: found.outRefundNo,
    out_trade_no: outTradeNo,
    origin: 'platform',
    requested_by: null,
    reason: null,
    idempotency_key: null,
    request_hash: null,
    amount_fen: found.amountFen,
    request_body: null,
    state: 'processing',
    version: 1,
    created_at: now,
    due_at: now,
    submitted_at: now,
    refund_id: found.refundId,
    succeeded_at: null,
    refusal: null,
    next_check_at: now,
    unanswered_count: 0,
    doubted_at: null,
    absent_count: 0,
    received_account: null,
  }
  await insertRefund(writer, refund, {
    event: 'found',
    evidence: { ...evidence, amountFen: found.amountFen },
  })
  return refund
}
