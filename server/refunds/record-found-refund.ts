import type { ChannelRefund } from '../payments/payment-channel.ts'
import { KindError } from '../shared/errors.ts'
import { transact } from '../store/database.ts'
import { lockOrder } from '../store/orders.ts'
import { lockPayment } from '../store/payments.ts'
import { findRefund, insertRefund } from '../store/refunds.ts'
import type { PaymentRow, RefundRow } from '../store/tables.ts'
import { endTrouble } from './keep-trouble.ts'
import type { RefundDeps } from './refund-deps.ts'

/**
 * Counts a refund that was made on the channel's own platform, as one that is being processed. False: somebody has just
 * done so. Throws Conflict while our own refunds hold its money: the channel will refuse them, and then it fits.
 */
export async function recordFoundRefund(
  deps: RefundDeps,
  { order_id: orderId, out_trade_no: outTradeNo }: PaymentRow,
  found: ChannelRefund,
  evidence: Record<string, unknown>,
): Promise<boolean> {
  const now = deps.clock.now()
  return transact(deps.db, async (writer) => {
    await lockOrder(writer, orderId)
    const payment = (await lockPayment(writer, orderId, outTradeNo)) as PaymentRow
    if (await findRefund(writer, orderId, found.outRefundNo)) return false
    if (payment.reserved_fen + payment.refunded_fen + found.amountFen > payment.amount_fen)
      throw new KindError('Conflict', '微信侧的退款与正在进行的退款相加超过了支付金额，稍后会自动再核对。')
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
    }
    const step = { event: 'found', evidence: { ...evidence, amountFen: found.amountFen } }
    await insertRefund(writer, refund, step)
    await endTrouble(writer, refund, 'unknown-refund', now)
    return true
  })
}
