import { newTrade } from '../world/trade.ts'
import type { Trade } from '../world/trade.ts'
import type { Effect } from '../world/weather.ts'
import type { World } from '../world/world.ts'
import type { Answer, Call } from './call.ts'
import { checkFields, checkText, must } from './fields.ts'
import type { Fields } from './fields.ts'
import { requireSameCaller, requireSubMerchant } from './identity.ts'
import { MCHID, OUT_TRADE_NO, SP_MCHID, SUB_MCHID } from './prepay-fields.ts'
import type { Mode } from './prepay-fields.ts'
import { noSuchOrder, requireOwner } from './query.ts'
import { NUMBERS, Refused } from './refusal.ts'

const FIELDS: Record<Mode, Fields> = {
  merchant: { mchid: must(MCHID) },
  partner: { sp_mchid: must(SP_MCHID), sub_mchid: must(SUB_MCHID) },
}

/**
 * WeChat asks merchants to wait so long after ordering, otherwise a close may fail: a rule makes it fail.
 * https://pay.weixin.qq.com/wiki/doc/apiv3/apis/chapter3_4_3.shtml
 */
const EARLIEST_CLOSE_MS = 5 * 60_000

function tooEarly(): Refused {
  const message = '订单生成后5分钟内不能关闭，请稍后再试'
  return new Refused({ status: 403, code: 'TRADE_ERROR', message, number: NUMBERS.parameter })
}

/**
 * POST …/close: 204, also when it was closed before. A paid order refuses. Closing a number that was never ordered
 * succeeds too, and burns it: a later order with it is refused. https://pay.weixin.qq.com/doc/v3/merchant/4012791839
 * Of a wrong body WeChat says uri_template: https://github.com/Javen205/IJPay/issues/79
 */
export function close(mode: Mode): (call: Call) => Answer {
  return ({ world, merchant, params, body, weather }) => {
    const outTradeNo = params['outTradeNo']!
    checkText(OUT_TRADE_NO, outTradeNo, '/uri_template/out_trade_no')
    checkFields(FIELDS[mode], body, '/uri_template')
    const { mchid, sp_mchid: spMchid, sub_mchid: subMchid } = body as Record<string, string>
    requireSameCaller(merchant, mode === 'merchant' ? mchid! : spMchid!)
    if (mode === 'partner') requireSubMerchant(merchant, subMchid!)
    const owner = mode === 'partner' ? subMchid! : null
    const trade = world.ledger.find(merchant.mchid, outTradeNo)
    if (!trade) {
      world.ledger.open(buried(merchant.mchid, owner, outTradeNo, world.clock.nowMs()))
      return null
    }
    requireOwner(trade, merchant.mchid, owner)
    if (trade.combined !== null) throw noSuchOrder()
    requireClosable(world, trade, weather)
    if (trade.state !== 'CLOSED') world.ledger.markClosed(trade)
    return null
  }
}

/** A paid order is not closed; nor, in some weather, a young one. */
export function requireClosable(world: World, trade: Trade, weather: Effect): void {
  const state = world.ledger.stateOf(trade)
  if (state === 'SUCCESS' || state === 'REFUND') {
    throw new Refused({ status: 400, code: 'ORDERPAID', message: '该订单已支付', number: NUMBERS.paid })
  }
  const ageMs = world.clock.nowMs() - trade.createdAtMs
  if (weather.refuseEarlyClose && state === 'NOTPAY' && ageMs < EARLIEST_CLOSE_MS) throw tooEarly()
}

/** A number without an order behind it: closed, with parameters that nothing can repeat. */
function buried(mchid: string, subMchid: string | null, outTradeNo: string, nowMs: number): Trade {
  const trade = newTrade({
    mchid,
    outTradeNo,
    appid: '',
    subMchid,
    subAppid: null,
    tradeType: 'JSAPI',
    description: '',
    attach: null,
    deviceId: null,
    payerClientIp: null,
    notifyUrl: '',
    amountFen: 0,
    payerOpenid: null,
    payerUnderSub: false,
    parameters: '',
    createdAtMs: nowMs,
    expiresAtMs: nowMs,
  })
  return { ...trade, state: 'CLOSED' }
}
