import { snapshotOf } from '../payments/payment-view.ts'
import type { PaymentRow, RefundRow } from '../store/tables.ts'
import type { RefundSnapshot } from './refund-channel.ts'

/** What the channel is asked with: the identities of the payment that the money goes back out of, never today's entry. */
export const refundSnapshot = (
  payment: PaymentRow,
  refund: Pick<RefundRow, 'out_refund_no' | 'amount_fen' | 'reason'>,
): RefundSnapshot => ({
  payment: snapshotOf(payment),
  outRefundNo: refund.out_refund_no,
  amountFen: refund.amount_fen,
  reason: refund.reason,
})
