import type { ChannelTrade } from '../../server/payments/payment-channel.ts'
import type { Customer } from './customer.ts'
import { mchid } from './shop.ts'

/** What WeChat would prove about a payment of this customer that is paid. */
export const paidTrade = (
  { appid, openid }: Customer,
  outTradeNo: string,
  amountFen: number,
): ChannelTrade => ({
  outcome: 'paid',
  outTradeNo,
  mchid,
  appid,
  subMchid: null,
  subAppid: null,
  openid,
  transactionId: `42${outTradeNo.slice(6)}`,
  amountFen,
  currency: 'CNY',
  paidAt: new Date(),
  refundedFen: null,
})

/** The same for one that is closed. */
export const closedTrade = (customer: Customer, outTradeNo: string): ChannelTrade => ({
  ...paidTrade(customer, outTradeNo, 0),
  outcome: 'closed',
  openid: null,
  transactionId: null,
  amountFen: null,
  currency: null,
  paidAt: null,
})
