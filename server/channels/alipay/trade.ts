import { z } from 'zod'
import type { ChannelTrade } from '../../payments/payment-channel.ts'
import { readAlipayTime } from './alipay-time.ts'
import { readYuan } from './yuan.ts'

const fields = z.object({
  out_trade_no: z.string(),
  trade_no: z.string().min(1),
  trade_status: z.enum(['WAIT_BUYER_PAY', 'TRADE_SUCCESS', 'TRADE_FINISHED', 'TRADE_CLOSED']),
  total_amount: z.string(),
  /** Present once it was paid, and for ever. In notifications it is called gmt_payment. */
  send_pay_date: z.string().optional(),
  gmt_payment: z.string().optional(),
  buyer_user_id: z.string().optional(),
  buyer_id: z.string().optional(),
  buyer_open_id: z.string().optional(),
})

/** Who was asked, or who the notification names: an answer to a query does not say. */
export interface Parties {
  sellerId: string
  appId: string
}

/**
 * A verified answer or notification in our words, or null when it has another shape.
 * TRADE_CLOSED is two things, and only the time of payment tells them apart: an order that nobody paid in time, and one
 * that was paid and refunded in full. https://opendocs.alipay.com/apis/api_1/alipay.trade.query
 */
export function readTrade(parties: Parties, message: unknown): ChannelTrade | null {
  const parsed = fields.safeParse(message)
  if (!parsed.success) return null
  const trade = parsed.data
  const paidAt = readAlipayTime(trade.send_pay_date ?? trade.gmt_payment ?? '')
  const outcome = outcomeOf(trade.trade_status, paidAt !== null)
  const isPaid = outcome === 'paid' || outcome === 'paid-then-refunded'
  return {
    outcome,
    outTradeNo: trade.out_trade_no,
    mchid: parties.sellerId,
    appid: parties.appId,
    subMchid: null,
    subAppid: null,
    openid: isPaid ? (trade.buyer_open_id ?? trade.buyer_user_id ?? trade.buyer_id ?? null) : null,
    transactionId: isPaid ? trade.trade_no : null,
    amountFen: isPaid ? readYuan(trade.total_amount) : null,
    currency: isPaid ? 'CNY' : null,
    paidAt: isPaid ? paidAt : null,
    // Only a trade of which everything went back is closed after it was paid.
    refundedFen: outcome === 'paid-then-refunded' ? readYuan(trade.total_amount) : null,
  }
}

function outcomeOf(
  status: z.infer<typeof fields>['trade_status'],
  wasPaid: boolean,
): ChannelTrade['outcome'] {
  switch (status) {
    case 'WAIT_BUYER_PAY':
      return 'unpaid'
    case 'TRADE_SUCCESS':
    case 'TRADE_FINISHED':
      return 'paid'
    case 'TRADE_CLOSED':
      return wasPaid ? 'paid-then-refunded' : 'closed'
  }
}

/**
 * What a number is that Alipay does not know. A trade begins when its buyer opens the cashier, so there is none before,
 * and nobody has paid it.
 */
export const unopenedTrade = (parties: Parties, outTradeNo: string): ChannelTrade => ({
  outcome: 'unpaid',
  outTradeNo,
  mchid: parties.sellerId,
  appid: parties.appId,
  subMchid: null,
  subAppid: null,
  openid: null,
  transactionId: null,
  amountFen: null,
  currency: null,
  paidAt: null,
  refundedFen: null,
})
