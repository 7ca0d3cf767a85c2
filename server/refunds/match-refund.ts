import type { ChannelRefund } from '../payments/payment-channel.ts'
import type { PaymentRow, RefundRow } from '../store/tables.ts'

/**
 * Which fields of a verified refund differ from the payment it came out of, and from the refund that bears its number
 * here, if there is one. An empty list: it is this one. Pure.
 */
export function refundDifferences(
  payment: PaymentRow,
  refund: Pick<RefundRow, 'out_trade_no' | 'amount_fen'> | undefined,
  found: ChannelRefund,
): string[] {
  const differ: string[] = []
  const expect = (field: string, ours: unknown, theirs: unknown) => {
    if (ours !== theirs) differ.push(field)
  }
  expect('outTradeNo', refund?.out_trade_no ?? payment.out_trade_no, found.outTradeNo)
  expect('mchid', payment.mchid, found.mchid)
  expect('subMchid', payment.sub_mchid, found.subMchid)
  expect('transactionId', payment.transaction_id, found.transactionId)
  expect('totalFen', payment.amount_fen, found.totalFen)
  if (refund) expect('amountFen', refund.amount_fen, found.amountFen)
  if (found.outcome === 'succeeded' && !found.succeededAt) differ.push('succeededAt')
  return differ
}
