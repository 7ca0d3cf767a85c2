import type { Merchant } from '../world/merchants.ts'
import { newTrade, newTransactionId, tradeKey } from '../world/trade.ts'
import type { Combine, Trade, TradeType } from '../world/trade.ts'
import type { World } from '../world/world.ts'
import type { Answer, Call } from './call.ts'
import { combineFields } from './combine-fields.ts'
import { expiry } from './expiry.ts'
import { checkFields } from './fields.ts'
import {
  noSubMerchant,
  requireApp,
  requireSameCaller,
  requireSubApp,
  requireSubMerchant,
} from './identity.ts'
import { checkNotifyUrl } from './notify-url.ts'
import { parametersDigest } from './parameters.ts'
import { openIdentity } from './real-name.ts'
import type { Identity } from './real-name.ts'
import { checkReentry } from './reentry.ts'
import { badParameter, invalidRequest, NUMBERS, openidMismatch } from './refusal.ts'
import { ticket } from './ticket.ts'

/** One part of a combined order after its fields were checked. */
interface SubOrder {
  mchid: string
  sub_mchid?: string | null
  sub_appid?: string | null
  out_trade_no: string
  attach: string
  description: string
  amount: { total_amount: number; currency: string }
}

/** A combined order's body after its fields were checked. */
interface CombinedOrder {
  combine_appid: string
  combine_mchid: string
  combine_out_trade_no: string
  sub_orders: SubOrder[]
  combine_payer_info?: {
    openid?: string | null
    sub_openid?: string | null
    identity?: Identity | null
  } | null
  scene_info?: { device_id?: string | null; payer_client_ip?: string | null } | null
  time_start?: string | null
  time_expire?: string | null
  notify_url: string
}

/** POST /v3/combine-transactions/…: registers several orders as one, or re-registers them. */
export function combinePrepay(tradeType: TradeType): (call: Call) => Answer {
  const fields = combineFields(tradeType)
  return ({ world, merchant, body, serial }) => {
    checkFields(fields, body)
    const order = body as unknown as CombinedOrder
    const { combine_payer_info: payer } = order
    if (payer) openIdentity(merchant, serial, payer, '/body/combine_payer_info')
    requireSameCaller(merchant, order.combine_mchid, '/body/combine_mchid')
    requireApp(world, merchant.appids, order.combine_appid, tradeType)
    checkCount(merchant, order.sub_orders.length)
    checkNotifyUrl(order.notify_url, world.localNotify)
    const combine = readCombine(world, tradeType, order)
    const parts = order.sub_orders.map((sub, index) =>
      readPart(world, combine, sub, `/body/sub_orders/${index}`),
    )
    const known = world.ledger.findCombine(merchant.mchid, combine.outTradeNo)
    if (known) checkReentry(world, known, combine)
    else requireFresh(world, parts)
    let prepayId = ''
    world.journal().together(() => {
      if (!known) world.ledger.openCombine(combine, parts)
      prepayId = world.ledger.addPrepay(known ?? combine).id
    })
    return ticket(world, tradeType, prepayId)
  }
}

/** Merchants combine 2 to 10 orders, partners up to 50. https://pay.wechatpay.cn/doc/v3/merchant/4012556982 */
function checkCount({ role }: Merchant, count: number): void {
  const [least, most] = role === 'partner' ? [1, 50] : [2, 10]
  if (count >= least && count <= most) return
  throw badParameter('/body/sub_orders', count, `子单信息sub_orders的数量应为${least}至${most}`)
}

function readCombine(world: World, tradeType: TradeType, order: CombinedOrder): Combine {
  const nowMs = world.clock.nowMs()
  const [first] = order.sub_orders
  // Only read for its format: paying may begin at once.
  expiry(order.time_start ?? null, nowMs, '/body/time_start')
  const trade = newTrade({
    mchid: order.combine_mchid,
    outTradeNo: order.combine_out_trade_no,
    appid: order.combine_appid,
    subMchid: null,
    subAppid: order.sub_orders.find((sub) => sub.sub_appid)?.sub_appid ?? null,
    tradeType,
    description: `${first!.description}等${order.sub_orders.length}笔`,
    attach: null,
    deviceId: order.scene_info?.device_id ?? null,
    payerClientIp: order.scene_info?.payer_client_ip ?? null,
    notifyUrl: order.notify_url,
    amountFen: order.sub_orders.reduce((sum, sub) => sum + sub.amount.total_amount, 0),
    ...readPayer(world, tradeType, order),
    parameters: parametersDigest([tradeType, order]),
    createdAtMs: nowMs,
    expiresAtMs: expiry(order.time_expire ?? null, nowMs),
  })
  return {
    ...trade,
    transactionId: newTransactionId(nowMs),
    parts: order.sub_orders.map((sub) => ({ mchid: sub.mchid, outTradeNo: sub.out_trade_no })),
  }
}

function readPayer(
  world: World,
  tradeType: TradeType,
  { combine_appid: appid, combine_payer_info: payer, sub_orders: subs }: CombinedOrder,
): Pick<Trade, 'payerOpenid' | 'payerUnderSub'> {
  const [own, sub] = [payer?.openid ?? null, payer?.sub_openid ?? null]
  const subAppid = subs.find((one) => one.sub_appid)?.sub_appid ?? ''
  const source = '/body/combine_payer_info'
  if (own !== null && !world.people.byOpenid(appid, own)) throw openidMismatch(`${source}/openid`, own)
  if (sub !== null && !world.people.byOpenid(subAppid, sub)) throw openidMismatch(`${source}/sub_openid`, sub)
  if (tradeType === 'JSAPI' && own === null && sub === null) {
    const message = 'openid和sub_openid必须传其一'
    throw badParameter(source, null, message, NUMBERS.missingOpenid)
  }
  return sub === null ? { payerOpenid: own, payerUnderSub: false } : { payerOpenid: sub, payerUnderSub: true }
}

/** A part as an order of its own, which only the combined order can pay. Its mchid is bound to combine_appid. */
function readPart(world: World, combine: Combine, sub: SubOrder, source: string): Trade {
  const merchant = world.merchants.byMchid.get(sub.mchid)
  requireApp(world, merchant?.appids ?? [], combine.appid, combine.tradeType)
  const payee = readPayee(merchant!, sub, source)
  if (payee && sub.sub_appid) requireSubApp(world, payee, sub.sub_appid, combine.tradeType)
  if (sub.amount.currency !== 'CNY') {
    throw badParameter(`${source}/amount/currency`, sub.amount.currency, '境内商户号仅支持人民币：CNY')
  }
  return newTrade({
    mchid: sub.mchid,
    outTradeNo: sub.out_trade_no,
    appid: combine.appid,
    subMchid: payee?.mchid ?? null,
    subAppid: sub.sub_appid ?? null,
    tradeType: combine.tradeType,
    description: sub.description,
    attach: sub.attach,
    deviceId: combine.deviceId,
    payerClientIp: combine.payerClientIp,
    notifyUrl: combine.notifyUrl,
    amountFen: sub.amount.total_amount,
    combined: { mchid: combine.mchid, outTradeNo: combine.outTradeNo },
    payerOpenid: combine.payerOpenid,
    payerUnderSub: combine.payerUnderSub,
    // Ordering the number by itself repeats nothing.
    parameters: '',
    createdAtMs: combine.createdAtMs,
    expiresAtMs: combine.expiresAtMs,
  })
}

/** Of a partner's part the sub-merchant, who must be named; a merchant has none. */
function readPayee(
  merchant: Merchant,
  sub: SubOrder,
  source: string,
): Merchant['subMerchants'][number] | null {
  const subMchid = sub.sub_mchid ?? null
  if (subMchid !== null) return requireSubMerchant(merchant, subMchid, `${source}/sub_mchid`)
  if (merchant.role !== 'partner') return null
  throw noSubMerchant()
}

/** No number twice, and none that is an order already. */
function requireFresh(world: World, parts: readonly Trade[]): void {
  if (new Set(parts.map(tradeKey)).size < parts.length) throw invalidRequest('子单商户订单号重复')
  for (const { mchid, outTradeNo } of parts) {
    if (!world.ledger.find(mchid, outTradeNo)) continue
    throw invalidRequest('请求重入时，参数与首次请求时不一致', NUMBERS.reentry)
  }
}
