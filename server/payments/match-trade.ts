import type { ChannelTrade, PaymentSnapshot } from './payment-channel.ts'

/**
 * Which fields of a verified trade differ from the payment it claims to be. An empty list: it is this payment.
 * The amount is amount.total, never what the customer paid after coupons. Pure.
 * Where anybody may pay, the payment knows no openid and any payer will do.
 * https://pay.weixin.qq.com/docs/partner/apis/partner-h5-payment/payment-notice.html
 */
export function differences(payment: PaymentSnapshot, trade: ChannelTrade): string[] {
  const differ: string[] = []
  const expect = (field: string, ours: unknown, theirs: unknown) => {
    if (ours !== theirs) differ.push(field)
  }
  expect('outTradeNo', payment.outTradeNo, trade.outTradeNo)
  expect('mchid', payment.mchid, trade.mchid)
  expect('appid', payment.appid, trade.appid)
  expect('subMchid', payment.subMchid, trade.subMchid)
  expect('subAppid', payment.subAppid, trade.subAppid)
  if (trade.outcome !== 'paid' && trade.outcome !== 'paid-then-refunded') return differ
  expect('amountFen', payment.amountFen, trade.amountFen)
  expect('currency', 'CNY', trade.currency)
  if (payment.openid !== null) expect('openid', payment.openid, trade.openid)
  if (!trade.transactionId) differ.push('transactionId')
  if (!trade.paidAt) differ.push('paidAt')
  return differ
}
