import { KindError } from '../shared/errors.ts'
import { findPayment } from '../store/payments.ts'
import { findRefund } from '../store/refunds.ts'
import type { PaymentRow, RefundRow } from '../store/tables.ts'
import { refundChannelOf, type RefundDeps } from './refund-deps.ts'
import { refundSnapshot } from './refund-snapshot.ts'
import { settleRefund } from './settle-refund.ts'

/**
 * Counts a refund that was made on the channel's own platform, by the number that an operator found there. The channel is
 * asked about it, and its answer is what is counted. WeChat Pay finds a refund by the merchant's number only
 * (https://pay.weixin.qq.com/doc/v3/merchant/4012810601). Throws NotFound, Conflict (unpaid, no such refund, of another
 * payment, does not match), ChannelRefused, ChannelUnknown.
 */
export async function recordRefund(
  deps: RefundDeps,
  {
    orderId,
    paymentId,
    outRefundNo,
    by,
  }: { orderId: string; paymentId: string; outRefundNo: string; by: string },
): Promise<{ refund: RefundRow; isNew: boolean }> {
  const payment = await findPayment(deps.db, orderId, paymentId)
  if (!payment) throw new KindError('NotFound', '这个订单没有这笔支付，请核对支付单号。')
  if (payment.state !== 'paid') throw new KindError('Conflict', '还没有收到付款，没有可登记的退款。')
  const settled = await settleByNumber(deps, payment, outRefundNo, by)
  const refund = (await findRefund(deps.db, orderId, outRefundNo)) as RefundRow
  return { refund, isNew: settled === 'found' }
}

/** Asks the channel about a refund of a payment and settles its answer, for an operator. Throws as recordRefund does. */
export async function settleByNumber(
  deps: RefundDeps,
  payment: PaymentRow,
  outRefundNo: string,
  by: string,
): Promise<'applied' | 'found' | 'unchanged'> {
  const wanted = { out_refund_no: outRefundNo, amount_fen: 0, reason: null }
  const found = await refundChannelOf(deps, payment.channel).queryRefund(refundSnapshot(payment, wanted))
  if (!found)
    throw new KindError(
      'Conflict',
      '支付平台没有这个退款单号。请填商户退款单号（不是微信退款单号），核对后再试。',
    )
  if (found.outTradeNo !== payment.out_trade_no)
    throw new KindError('Conflict', '这个退款单号属于另一笔支付，请核对后再试。')
  const settled = await settleRefund(deps, found, { from: 'query', by })
  if (settled === 'mismatch' || settled === 'orphan')
    throw new KindError('Conflict', '支付平台的说法与账上仍然对不上，没有改动任何账目。请核对后再试。')
  return settled
}
