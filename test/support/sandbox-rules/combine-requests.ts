import type { Reply } from '../sandbox-client.ts'
import { PARTNER, SUB } from './refund-requests.ts'
import { MCHID } from './rule.ts'
import type { Stage } from './rule.ts'

export const COMBINE = '/v3/combine-transactions'
/** The partner's other sub-merchant. */
export const SECOND_SUB = '1900000023'

/** A part of ¥88, with changes. */
export const part = (stage: Stage, changes: object = {}): Record<string, unknown> => ({
  mchid: MCHID,
  attach: '茶室',
  amount: { total_amount: 8_800, currency: 'CNY' },
  out_trade_no: stage.freshNumber(),
  description: '白瓷盖碗',
  ...changes,
})

/** So many parts. */
export const parts = (stage: Stage, count: number, changes: object = {}): Record<string, unknown>[] =>
  Array.from({ length: count }, () => part(stage, changes))

/** A right combined order of alice in the mini-program, with changes. */
export const combined = (stage: Stage, changes: object = {}): Record<string, unknown> => ({
  combine_appid: stage.miniAppid,
  combine_mchid: MCHID,
  combine_out_trade_no: stage.freshNumber(),
  sub_orders: parts(stage, 2),
  combine_payer_info: { openid: stage.sandbox.openid('alice', stage.miniAppid) },
  notify_url: stage.receiver.url,
  ...changes,
})

export const combine = (stage: Stage, changes: object = {}, type = 'jsapi'): Promise<Reply> =>
  stage.sandbox.call(MCHID, 'POST', `${COMBINE}/${type}`, combined(stage, changes))

/** A combined order that is there. */
export interface Combined {
  outTradeNo: string
  prepayId: string
  parts: { mchid: string; out_trade_no: string }[]
}

export async function combinedOrder(stage: Stage, changes: object = {}): Promise<Combined> {
  const body = combined(stage, changes)
  const answer = await stage.sandbox.call(MCHID, 'POST', `${COMBINE}/jsapi`, body)
  if (answer.status !== 200) throw new Error(`the combined order was refused: ${answer.text}`)
  return {
    outTradeNo: String(body['combine_out_trade_no']),
    prepayId: answer.body.prepay_id,
    parts: body['sub_orders'] as Combined['parts'],
  }
}

export async function paidCombine(stage: Stage): Promise<Combined> {
  const order = await combinedOrder(stage)
  await stage.pay(order.prepayId)
  return order
}

export const queryCombine = (stage: Stage, outTradeNo: string, mchid = MCHID): Promise<Reply> =>
  stage.sandbox.call(mchid, 'GET', `${COMBINE}/out-trade-no/${outTradeNo}`)

export const closeCombine = (stage: Stage, order: Combined, changes: object = {}): Promise<Reply> =>
  stage.sandbox.call(MCHID, 'POST', `${COMBINE}/out-trade-no/${order.outTradeNo}/close`, {
    combine_appid: stage.miniAppid,
    sub_orders: order.parts.map(({ mchid, out_trade_no }) => ({ mchid, out_trade_no })),
    ...changes,
  })

/** A part for one of the partner's sub-merchants. */
export const partnerPart = (stage: Stage, changes: object = {}): Record<string, unknown> =>
  part(stage, { mchid: PARTNER, sub_mchid: SUB, ...changes })

/** The partner's combined order for bob, with changes. */
export function combineByPartner(stage: Stage, changes: object = {}): Promise<Reply> {
  const { appid } = stage.sandbox.merchant(PARTNER).appids[0]!
  const body = combined(stage, {
    combine_appid: appid,
    combine_mchid: PARTNER,
    sub_orders: [partnerPart(stage), partnerPart(stage, { sub_mchid: SECOND_SUB })],
    combine_payer_info: { openid: stage.sandbox.openid('bob', appid) },
    ...changes,
  })
  return stage.sandbox.call(PARTNER, 'POST', `${COMBINE}/jsapi`, body)
}
