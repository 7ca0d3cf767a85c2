import { beijingTime } from '../world/clock.ts'
import { payerFen } from '../world/trade.ts'
import type { Trade, TradeState } from '../world/trade.ts'
import type { People } from '../world/people.ts'

const DESCRIPTIONS: Record<TradeState, string> = {
  NOTPAY: '订单未支付',
  SUCCESS: '支付成功',
  REFUND: '转入退款',
  CLOSED: '订单已关闭',
}

/**
 * A trade as query answers and notifications show it. What only a payment brings is left out until there is one.
 * https://pay.weixin.qq.com/doc/v3/merchant/4012556352
 */
export function transaction(people: People, trade: Trade, state: TradeState): Record<string, unknown> {
  const identity =
    trade.subMchid === null
      ? { appid: trade.appid, mchid: trade.mchid }
      : {
          sp_appid: trade.appid,
          sp_mchid: trade.mchid,
          ...(trade.subAppid !== null && { sub_appid: trade.subAppid }),
          sub_mchid: trade.subMchid,
        }
  return {
    ...identity,
    out_trade_no: trade.outTradeNo,
    trade_state: state,
    trade_state_desc: DESCRIPTIONS[state],
    ...(trade.paidAtMs !== null && {
      transaction_id: trade.transactionId,
      trade_type: trade.tradeType,
      bank_type: 'OTHERS',
      ...(trade.attach !== null && { attach: trade.attach }),
      success_time: beijingTime(trade.paidAtMs),
      payer: payer(people, trade),
      amount: {
        total: trade.amountFen,
        payer_total: payerFen(trade),
        currency: 'CNY',
        payer_currency: 'CNY',
      },
      ...promotions(trade),
    }),
    ...(trade.deviceId !== null && { scene_info: { device_id: trade.deviceId } }),
  }
}

/** The coupon's number: the same in every answer about the trade. */
export const couponId = ({ transactionId }: Trade): string => transactionId?.slice(-12) ?? ''

/** A coupon that somebody paid for beforehand (CASH): the merchant gets the whole amount. Absent: none was used. */
export function promotions(trade: Trade): { promotion_detail?: object[] } {
  if (trade.couponFen === 0) return {}
  const coupon = {
    coupon_id: couponId(trade),
    name: '沙箱代金券',
    scope: 'GLOBAL',
    type: 'CASH',
    amount: trade.couponFen,
    stock_id: '10000001',
    wechatpay_contribute: trade.couponFen,
    merchant_contribute: 0,
    other_contribute: 0,
    currency: 'CNY',
  }
  return { promotion_detail: [coupon] }
}

function payer(people: People, trade: Trade): Record<string, string> {
  const person = people.find(trade.paidBy ?? '')
  if (!person) return {}
  const openid = people.openid(person, trade.appid)
  if (trade.subMchid === null) return { openid }
  if (trade.subAppid === null) return { sp_openid: openid }
  return { sp_openid: openid, sub_openid: people.openid(person, trade.subAppid) }
}
