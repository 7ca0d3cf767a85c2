import { payeeOf } from '../world/trade.ts'
import type { Trade } from '../world/trade.ts'
import { refundCost, refundStatus } from '../world/refunds.ts'
import type { World } from '../world/world.ts'
import { NUMBERS, Refused } from './refusal.ts'

const MINUTE_MS = 60_000
/** A payment can be given back for a year. */
const REFUNDABLE_MS = 365 * 86_400_000
const MOST_REFUNDS = 50

/**
 * Throws when this much of a trade cannot be given back now, whoever asks: the merchant by API, or a person on WeChat's
 * own platform. https://pay.weixin.qq.com/doc/v3/merchant/4012556457
 */
export function requireRefundable(world: World, trade: Trade, amountFen: number): void {
  const nowMs = world.clock.nowMs()
  if (trade.paidAtMs === null) throw noSuchOrder()
  if (nowMs > trade.paidAtMs + REFUNDABLE_MS) throw broken('订单已超过可退款的最大期限')
  // A closed refund gave the money back to the merchant and counts for nothing.
  const refunds = world.refunds.ofTrade(trade).filter((refund) => refundStatus(refund) !== 'CLOSED')
  const sumFen = refunds.reduce((sum, refund) => sum + refundCost(refund), 0)
  if (sumFen >= trade.amountFen) throw broken('订单已全额退款')
  if (sumFen + amountFen > trade.amountFen) throw broken('申请退款金额大于订单可退金额')
  if (refunds.length >= MOST_REFUNDS) throw broken('一笔订单最多支持50次部分退款')
  if (refunds.some(({ steps }) => nowMs < steps[0]!.atMs + MINUTE_MS)) {
    throw new Refused({
      status: 429,
      code: 'FREQUENCY_LIMITED',
      message: '同一笔订单的多次退款请间隔1分钟后再提交',
      number: NUMBERS.frequency,
    })
  }
  if (world.funds.balanceOf(payeeOf(trade)) < amountFen) {
    throw new Refused({
      status: 403,
      code: 'NOT_ENOUGH',
      message: '基本账户余额不足，请充值后重新发起',
      number: NUMBERS.parameter,
    })
  }
}

/** There is no order to give back, or nobody paid it. */
export function noSuchOrder(): Refused {
  return new Refused({
    status: 404,
    code: 'RESOURCE_NOT_EXISTS',
    message: '订单不存在或未支付',
    number: NUMBERS.noSuchOrder,
  })
}

/** There is no such refund of this merchant. */
export function noSuchRefund(): Refused {
  return new Refused({
    status: 404,
    code: 'RESOURCE_NOT_EXISTS',
    message: '退款单不存在',
    number: NUMBERS.noSuchOrder,
  })
}

const broken = (message: string) =>
  new Refused({ status: 400, code: 'INVALID_REQUEST', message, number: NUMBERS.parameter })
