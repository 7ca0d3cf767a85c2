import { newTrade } from '../world/trade.ts'
import type { Trade, TradeType } from '../world/trade.ts'
import type { Merchant } from '../world/merchants.ts'
import type { World } from '../world/world.ts'
import type { Answer, Call } from './call.ts'
import { checkFields } from './fields.ts'
import { requireSameCaller, requireSubMerchant } from './identity.ts'
import { checkNotifyUrl } from './notify-url.ts'
import { parametersDigest } from './parameters.ts'
import { prepayFields } from './prepay-fields.ts'
import type { Mode } from './prepay-fields.ts'
import { badParameter, invalidRequest, NUMBERS, Refused } from './refusal.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
/** Without time_expire an order may be paid for seven days. */
const DEFAULT_LIFETIME_MS = 7 * DAY_MS
const LONGEST_LIFETIME_MS = 90 * DAY_MS

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
  payer?: { openid?: string; sp_openid?: string | null; sub_openid?: string | null }
  scene_info?: { device_id?: string | null } | null
}

/** POST /v3/pay/transactions/… and /v3/pay/partner/transactions/…: registers an order, or re-registers it. */
export function prepay(mode: Mode, tradeType: TradeType): (call: Call) => Answer {
  const fields = prepayFields(mode, tradeType)
  return ({ world, merchant, body }) => {
    checkFields(fields, body)
    const order = body as unknown as Order
    const trade = readOrder(world, merchant, mode, tradeType, order)
    const known = world.ledger.find(merchant.mchid, trade.outTradeNo)
    if (known) checkReentry(world, known, trade)
    const live = known ?? trade
    let prepayId = ''
    world.journal().together(() => {
      if (!known) world.ledger.open(trade)
      prepayId = world.ledger.addPrepay(live).id
    })
    return ticket(tradeType, prepayId)
  }
}

function ticket(tradeType: TradeType, prepayId: string): Answer {
  if (tradeType === 'NATIVE') return { code_url: `weixin://wxpay/bizpayurl/up?pr=${prepayId}&groupid=00` }
  if (tradeType === 'MWEB') {
    return {
      h5_url: `https://wx.tenpay.com/cgi-bin/mmpayweb-bin/checkmweb?prepay_id=${prepayId}&package=${prepayId.slice(-10)}`,
    }
  }
  return { prepay_id: prepayId }
}

function readOrder(world: World, merchant: Merchant, mode: Mode, tradeType: TradeType, order: Order): Trade {
  const mchid = mode === 'merchant' ? order.mchid! : order.sp_mchid!
  const appid = mode === 'merchant' ? order.appid! : order.sp_appid!
  requireSameCaller(merchant, mchid)
  const sub = mode === 'partner' ? requireSubMerchant(merchant, order.sub_mchid!) : null
  const subAppid = order.sub_appid ?? null
  requireApp(world, merchant.appids, appid, tradeType)
  if (sub && subAppid !== null) requireApp(world, sub.appids, subAppid, tradeType)
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
    notifyUrl: order.notify_url,
    amountFen: order.amount.total,
    ...readPayer(world, order, appid, subAppid),
    parameters: parametersDigest([tradeType, order]),
    createdAtMs: nowMs,
    expiresAtMs: expiry(order.time_expire ?? null, nowMs),
  })
}

/** The kinds of app that may order in each way. */
const KINDS: Record<TradeType, readonly string[]> = {
  JSAPI: ['official-account', 'mini-program'],
  NATIVE: ['official-account', 'mini-program', 'mobile-app'],
  MWEB: ['official-account', 'mini-program', 'mobile-app'],
  APP: ['mobile-app'],
}

function requireApp(world: World, bound: readonly string[], appid: string, tradeType: TradeType): void {
  const app = world.merchants.apps.get(appid)
  if (!app || !bound.includes(appid) || !KINDS[tradeType].includes(app.kind)) {
    throw new Refused({
      status: 400,
      code: 'APPID_MCHID_NOT_MATCH',
      message: 'appid和mch_id不匹配',
      number: NUMBERS.appidOfMerchant,
    })
  }
}

function readPayer(
  world: World,
  { payer }: Order,
  appid: string,
  subAppid: string | null,
): Pick<Trade, 'payerOpenid' | 'payerUnderSub'> {
  if (!payer) return { payerOpenid: null, payerUnderSub: false }
  const subOpenid = payer.sub_openid ?? null
  const own = payer.openid ?? payer.sp_openid ?? null
  const mismatch = (field: string, value: string) =>
    badParameter(`/body/payer/${field}`, value.slice(0, 64), 'appid和openid不匹配')
  if (own !== null && !world.people.byOpenid(appid, own)) {
    throw mismatch(payer.openid === undefined ? 'sp_openid' : 'openid', own)
  }
  if (subOpenid !== null && (subAppid === null || !world.people.byOpenid(subAppid, subOpenid))) {
    throw mismatch('sub_openid', subOpenid)
  }
  if (own === null && subOpenid === null) {
    throw badParameter('/body/payer', null, 'sp_openid和sub_openid必须传其一', NUMBERS.missingOpenid)
  }
  return subOpenid === null
    ? { payerOpenid: own, payerUnderSub: false }
    : { payerOpenid: subOpenid, payerUnderSub: true }
}

const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/

/** Sooner than in a minute becomes a minute, later than 90 days becomes 90 days. */
function expiry(timeExpire: string | null, nowMs: number): number {
  if (timeExpire === null) return nowMs + DEFAULT_LIFETIME_MS
  const atMs = RFC_3339.test(timeExpire) ? Date.parse(timeExpire) : Number.NaN
  if (Number.isNaN(atMs)) {
    throw badParameter('/body/time_expire', timeExpire, '交易结束时间time_expire格式错误，应为rfc3339格式')
  }
  return Math.min(Math.max(atMs, nowMs + MINUTE_MS), nowMs + LONGEST_LIFETIME_MS)
}

/**
 * Ordering again with the same out_trade_no. Paid and closed orders say so; open ones insist on the same parameters.
 * https://pay.weixin.qq.com/doc/v3/merchant/4012791869
 */
function checkReentry(world: World, known: Trade, again: Trade): void {
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
