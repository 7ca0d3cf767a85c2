import { beijingTime } from '../world/clock.ts'
import { payerFen } from '../world/trade.ts'
import type { Trade } from '../world/trade.ts'
import { couponId } from './transaction.ts'
import { refundStatus } from '../world/refunds.ts'
import type { Refund, RefundStatus } from '../world/refunds.ts'

/** When it ended well, in WeChat's words; nothing before. */
function successTime({ steps }: Refund, status: RefundStatus): { success_time?: string } {
  const step = steps.findLast((one) => one.status === 'SUCCESS')
  return status === 'SUCCESS' && step ? { success_time: beijingTime(step.atMs) } : {}
}

/** Refunds have other words for a coupon than payments: COUPON is one that was paid for beforehand. */
function promotionRefunds(trade: Trade, { discountFen }: Refund): object[] {
  if (trade.couponFen === 0) return []
  const coupon = { promotion_id: couponId(trade), scope: 'GLOBAL', type: 'COUPON', amount: trade.couponFen }
  return [{ ...coupon, refund_amount: discountFen }]
}

/** A refund as the answers to creating and querying it show it. https://pay.weixin.qq.com/doc/v3/merchant/4012810601 */
export function refundAnswer(trade: Trade, refund: Refund): Record<string, unknown> {
  const status = refundStatus(refund)
  return {
    refund_id: refund.refundId,
    out_refund_no: refund.outRefundNo,
    transaction_id: trade.transactionId,
    out_trade_no: trade.outTradeNo,
    channel: refund.channel,
    user_received_account: refund.receivedAccount,
    ...successTime(refund, status),
    create_time: beijingTime(refund.steps[0]!.atMs),
    status,
    funds_account: refund.fundsAccount,
    amount: {
      total: trade.amountFen,
      refund: refund.amountFen,
      from: refund.from,
      payer_total: payerFen(trade),
      payer_refund: refund.amountFen - refund.discountFen,
      settlement_refund: refund.amountFen,
      settlement_total: trade.amountFen,
      discount_refund: refund.discountFen,
      currency: 'CNY',
      refund_fee: 0,
    },
    promotion_detail: promotionRefunds(trade, refund),
  }
}

/**
 * What a notification says of a refund that ended: other names than in answers, no currency and no appid.
 * https://pay.weixin.qq.com/doc/v3/merchant/4012810605
 */
export function refundNotice(trade: Trade, refund: Refund, status: RefundStatus): Record<string, unknown> {
  const identity =
    trade.subMchid === null ? { mchid: trade.mchid } : { sp_mchid: trade.mchid, sub_mchid: trade.subMchid }
  return {
    ...identity,
    out_trade_no: trade.outTradeNo,
    transaction_id: trade.transactionId,
    out_refund_no: refund.outRefundNo,
    refund_id: refund.refundId,
    refund_status: status,
    ...successTime(refund, status),
    user_received_account: refund.receivedAccount,
    amount: {
      total: trade.amountFen,
      refund: refund.amountFen,
      payer_total: payerFen(trade),
      payer_refund: refund.amountFen - refund.discountFen,
    },
  }
}
