import { lockOrder } from '../store/orders.ts'
import { lockPayment } from '../store/payments.ts'
import { attendRefund } from './attend-refund.ts'
import { openRefund } from './open-refund.ts'
import type { RefundDeps } from './refund-deps.ts'

/**
 * Gives back in full a payment of an order that another payment pays already. Called by the job that was left when it
 * was settled, and by the sweep; only the first to come opens a refund.
 */
export async function refundSurplus(deps: RefundDeps, orderId: string, outTradeNo: string): Promise<void> {
  const refund = await deps.db.transaction().execute(async (writer) => {
    const order = await lockOrder(writer, orderId)
    const payment = await lockPayment(writer, orderId, outTradeNo)
    if (!order || payment?.state !== 'paid' || payment.kept || payment.refund_count > 0) return null
    return openRefund(deps, writer, order, payment, {
      origin: 'surplus',
      amount_fen: payment.amount_fen,
      reason: '重复支付，原路退回',
      requested_by: null,
      idempotency_key: null,
      request_hash: null,
    })
  })
  if (refund) await attendRefund(deps, refund)
}
