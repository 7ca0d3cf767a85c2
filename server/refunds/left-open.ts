import { limits } from '../config/limits.ts'
import { keepAnomaly, moveAnomaly } from '../store/anomalies.ts'
import { endedSinceShown, paymentsLeftOpen, refundsLeftOpen } from '../store/left-open.ts'
import type { PaymentRow, RefundRow } from '../store/tables.ts'
import type { RefundDeps } from './refund-deps.ts'

/**
 * The janitor: what should have ended long ago becomes an operator's task that says why it has not, once; and the task
 * ends by itself when the thing does. Nothing is settled here, the sweep goes on trying.
 */
export async function showLeftOpen({ db, clock }: Pick<RefundDeps, 'db' | 'clock'>): Promise<void> {
  const now = clock.now()
  const ago = (ms: number) => new Date(now.getTime() - ms)
  const count = limits.sweepBatchCount
  for (const payment of await paymentsLeftOpen(db, ago(limits.paymentLeftOpenMs), count))
    await keepAnomaly(db, { ...aboutPayment(payment), kind: 'left-open', foundAt: now })
  const refundsBefore = {
    refused: ago(limits.refusedRefundLeftOpenMs),
    any: ago(limits.refundLeftOpenMs),
  }
  for (const refund of await refundsLeftOpen(db, refundsBefore, count))
    await keepAnomaly(db, { ...aboutRefund(refund), kind: 'left-open', foundAt: now })
  for (const anomaly of await endedSinceShown(db, count))
    await moveAnomaly(db, anomaly, 'resolved', now, { by: 'channel' })
}

const aboutPayment = (payment: PaymentRow) => ({
  orderId: payment.order_id,
  outTradeNo: payment.out_trade_no,
  evidenceId: payment.out_trade_no,
  particulars: {
    of: 'payment',
    state: payment.state,
    amountFen: payment.amount_fen,
    expiredAt: payment.expires_at.toISOString(),
    reason: 'the channel has neither confirmed nor closed it since it expired',
  },
})

const aboutRefund = (refund: RefundRow) => ({
  orderId: refund.order_id,
  outTradeNo: refund.out_trade_no,
  evidenceId: refund.out_refund_no,
  particulars: {
    of: 'refund',
    outRefundNo: refund.out_refund_no,
    state: refund.state,
    amountFen: refund.amount_fen,
    reason: refund.refusal ?? 'the channel has not ended it',
  },
})
