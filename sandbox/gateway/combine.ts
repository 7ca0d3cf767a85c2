import { tradeKey } from '../world/trade.ts'
import type { Combine } from '../world/trade.ts'
import type { Answer, Call } from './call.ts'
import { requireClosable } from './close.ts'
import { combineAnswer } from './combine-answer.ts'
import { COMBINE_CLOSE_FIELDS, COMBINE_OUT_TRADE_NO } from './combine-fields.ts'
import { checkFields, checkText, readQuery } from './fields.ts'
import { noSuchOrder } from './query.ts'
import { badParameter, invalidRequest } from './refusal.ts'

/** A part as a close names it. */
interface NamedPart {
  mchid: string
  out_trade_no: string
  sub_mchid?: string | null
}

/** GET /v3/combine-transactions/out-trade-no/{combine_out_trade_no}, for the merchant that combined. */
export function combineQuery(call: Call): Answer {
  readQuery({}, call.query)
  const combine = findCombine(call)
  return combineAnswer(call.world, combine, call.world.ledger.stateOf)
}

/** POST …/close: 204. It names the same parts as the order, all of them; their order does not matter. */
export function combineClose(call: Call): Answer {
  const { world, body, weather } = call
  checkFields(COMBINE_CLOSE_FIELDS, body)
  const given = body as { combine_appid: string; sub_orders: NamedPart[] }
  const combine = findCombine(call)
  if (given.combine_appid !== combine.appid) {
    throw badParameter('/body/combine_appid', given.combine_appid, '合单商户appid与下单时不一致')
  }
  const named = new Set(
    given.sub_orders.map((sub) => tradeKey({ mchid: sub.mchid, outTradeNo: sub.out_trade_no })),
  )
  const isWhole = named.size === given.sub_orders.length && named.size === combine.parts.length
  const isOfSub = ({ mchid, out_trade_no: outTradeNo, sub_mchid: subMchid = null }: NamedPart) =>
    subMchid === null || world.ledger.find(mchid, outTradeNo)?.subMchid === subMchid
  if (
    !isWhole ||
    !combine.parts.every((part) => named.has(tradeKey(part))) ||
    !given.sub_orders.every(isOfSub)
  ) {
    throw invalidRequest('关单的子单信息与下单时不一致')
  }
  requireClosable(world, combine, weather)
  if (combine.state !== 'CLOSED') world.ledger.markClosed(combine)
  return null
}

function findCombine({ world, merchant, params }: Call): Combine {
  const outTradeNo = params['outTradeNo']!
  checkText(COMBINE_OUT_TRADE_NO, outTradeNo, '/uri_template/combine_out_trade_no')
  const combine = world.ledger.findCombine(merchant.mchid, outTradeNo)
  if (!combine) throw noSuchOrder()
  return combine
}
