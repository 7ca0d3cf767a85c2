import { beijingTime } from '../world/clock.ts'
import { payerFen } from '../world/trade.ts'
import type { Combine, Trade, TradeState } from '../world/trade.ts'
import type { World } from '../world/world.ts'
import { promotions } from './transaction.ts'

/**
 * A combined order as queries and notifications show it. What only a payment brings is left out until there is one.
 * https://pay.wechatpay.cn/doc/v3/merchant/4012556982
 */
export function combineAnswer(
  world: World,
  combine: Combine,
  stateOf: (part: Trade) => TradeState,
): Record<string, unknown> {
  const person = world.people.find(combine.paidBy ?? '')
  return {
    combine_appid: combine.appid,
    combine_mchid: combine.mchid,
    combine_out_trade_no: combine.outTradeNo,
    combine_transaction_id: combine.transactionId,
    ...(combine.deviceId !== null && { scene_info: { device_id: combine.deviceId } }),
    sub_orders: world.ledger.partsOf(combine).map((part) => subOrder(world, part, stateOf(part))),
    ...(person && { combine_payer_info: { openid: world.people.openid(person, combine.appid) } }),
  }
}

function subOrder(world: World, part: Trade, state: TradeState): Record<string, unknown> {
  return {
    mchid: part.mchid,
    ...(part.subMchid !== null && { sub_mchid: part.subMchid }),
    ...(part.subAppid !== null && { sub_appid: part.subAppid }),
    out_trade_no: part.outTradeNo,
    trade_state: state,
    ...(part.paidAtMs !== null && paid(world, part, part.paidAtMs)),
  }
}

function paid(world: World, part: Trade, paidAtMs: number): Record<string, unknown> {
  const person = world.people.find(part.paidBy ?? '')
  return {
    transaction_id: part.transactionId,
    trade_type: part.tradeType,
    bank_type: 'OTHERS',
    attach: part.attach,
    success_time: beijingTime(paidAtMs),
    ...(person && part.subAppid !== null && { sub_openid: world.people.openid(person, part.subAppid) }),
    amount: {
      total_amount: part.amountFen,
      currency: 'CNY',
      payer_amount: payerFen(part),
      payer_currency: 'CNY',
    },
    ...promotions(part),
  }
}
