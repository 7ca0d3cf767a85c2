import { newTrade } from '../world/trade.ts'
import type { Trade, TradeType } from '../world/trade.ts'
import type { Merchant } from '../world/merchants.ts'
import type { World } from '../world/world.ts'
import type { Answer, Call } from './call.ts'
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
import { prepayFields } from './prepay-fields.ts'
import type { Mode } from './prepay-fields.ts'
import { openIdentity } from './real-name.ts'
import type { Identity } from './real-name.ts'
import { checkReentry } from './reentry.ts'
import { badParameter, NUMBERS, openidMismatch } from './refusal.ts'
import { ticket } from './ticket.ts'

/** An order's body after its fields were checked. */
interface Order {
  appid?: string
  mchid?: string
  sp_appid?: string
  sp_mchid?: string
  sub_appid?: string | null
  sub_mchid?: string
  description: string
  out_trade_no: string
  time_expire?: string | null
  attach?: string | null
  notify_url: string
  amount: { total: number; currency?: string | null }
  payer?: {
    openid?: string
    sp_openid?: string | null
    sub_openid?: string | null
    identity?: Identity | null
  } | null
  scene_info?: { device_id?: string | null; payer_client_ip?: string | null } | null
}

/** POST /v3/pay/transactions/… and /v3/pay/partner/transactions/…: registers an order, or re-registers it. */
export function prepay(mode: Mode, tradeType: TradeType): (call: Call) => Answer {
  const fields = prepayFields(mode, tradeType)
  return ({ world, merchant, body, serial }) => {
    checkFields(fields, body)
    const order = body as unknown as Order
    if (order.payer) openIdentity(merchant, serial, order.payer, '/body/payer')
    const trade = readOrder(world, merchant, mode, tradeType, order)
    const known = world.ledger.find(merchant.mchid, trade.outTradeNo)
    if (known) checkReentry(world, known, trade)
    return ticket(world, tradeType, world.ledger.addPrepay(known ?? trade).id)
  }
}

function readOrder(world: World, merchant: Merchant, mode: Mode, tradeType: TradeType, order: Order): Trade {
  const mchid = mode === 'merchant' ? order.mchid! : order.sp_mchid!
  const appid = mode === 'merchant' ? order.appid! : order.sp_appid!
  requireSameCaller(merchant, mchid)
  if (mode === 'merchant' && merchant.role === 'partner') throw noSubMerchant()
  const sub = mode === 'partner' ? requireSubMerchant(merchant, order.sub_mchid!) : null
  const subAppid = order.sub_appid ?? null
  requireApp(world, merchant.appids, appid, tradeType)
  if (sub && subAppid !== null) requireSubApp(world, sub, subAppid, tradeType)
  if ((order.amount.currency ?? 'CNY') !== 'CNY') {
    throw badParameter('/body/amount/currency', order.amount.currency, '境内商户号仅支持人民币：CNY')
  }
  checkNotifyUrl(order.notify_url, world.localNotify)
  const nowMs = world.clock.nowMs()
  return newTrade({
    mchid,
    outTradeNo: order.out_trade_no,
    appid,
    subMchid: sub?.mchid ?? null,
    subAppid,
    tradeType,
    description: order.description,
    attach: order.attach ?? null,
    deviceId: order.scene_info?.device_id ?? null,
    payerClientIp: order.scene_info?.payer_client_ip ?? null,
    notifyUrl: order.notify_url,
    amountFen: order.amount.total,
    ...(tradeType === 'JSAPI' ? readPayer(world, order, appid, subAppid) : ANYBODY),
    parameters: parametersDigest([tradeType, order]),
    createdAtMs: nowMs,
    expiresAtMs: expiry(order.time_expire ?? null, nowMs),
  })
}

/** Whoever comes first. */
const ANYBODY = { payerOpenid: null, payerUnderSub: false }

function readPayer(
  world: World,
  { payer }: Order,
  appid: string,
  subAppid: string | null,
): Pick<Trade, 'payerOpenid' | 'payerUnderSub'> {
  if (!payer) return ANYBODY
  const subOpenid = payer.sub_openid ?? null
  const own = payer.openid ?? payer.sp_openid ?? null
  if (own !== null && !world.people.byOpenid(appid, own)) {
    throw openidMismatch(`/body/payer/${payer.openid === undefined ? 'sp_openid' : 'openid'}`, own)
  }
  if (subOpenid !== null && (subAppid === null || !world.people.byOpenid(subAppid, subOpenid))) {
    throw openidMismatch('/body/payer/sub_openid', subOpenid)
  }
  if (own === null && subOpenid === null) {
    throw badParameter('/body/payer', null, 'sp_openid和sub_openid必须传其一', NUMBERS.missingOpenid)
  }
  return subOpenid === null
    ? { payerOpenid: own, payerUnderSub: false }
    : { payerOpenid: subOpenid, payerUnderSub: true }
}
