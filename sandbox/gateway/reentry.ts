import type { Trade } from '../world/trade.ts'
import type { World } from '../world/world.ts'
import { invalidRequest, NUMBERS, Refused } from './refusal.ts'

/**
 * Ordering again with the same out_trade_no. Paid and closed orders say so; open ones insist on the same parameters.
 * https://pay.weixin.qq.com/doc/v3/merchant/4012791869
 */
export function checkReentry(world: World, known: Trade, again: Pick<Trade, 'parameters'>): void {
  const state = world.ledger.stateOf(known)
  if (state === 'SUCCESS' || state === 'REFUND') {
    throw new Refused({ status: 400, code: 'ORDERPAID', message: '该订单已支付', number: NUMBERS.paid })
  }
  // A number that was closed before it was ever ordered has no parameters that could be repeated.
  if (known.parameters !== again.parameters) {
    throw invalidRequest('请求重入时，参数与首次请求时不一致', NUMBERS.reentry)
  }
  if (state === 'CLOSED' || world.clock.nowMs() >= known.expiresAtMs) {
    throw new Refused({ status: 400, code: 'ORDER_CLOSED', message: '该订单已失效', number: NUMBERS.closed })
  }
}
