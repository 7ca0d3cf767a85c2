import type { Merchant } from '../world/merchants.ts'
import type { TradeType } from '../world/trade.ts'
import type { World } from '../world/world.ts'
import { badParameter, NUMBERS, Refused } from './refusal.ts'

/**
 * The mchid of the Authorization header must be the one in the request (of a partner: sp_mchid).
 * https://pay.weixin.qq.com/doc/v3/merchant/4012791869
 */
export function requireSameCaller(merchant: Merchant, mchid: string, source = '/body/mchid'): void {
  if (mchid === merchant.mchid) return
  throw badParameter(source, mchid, 'http header中的mchid与post payload中的mchid不匹配')
}

/**
 * A partner names no sub-merchant where the address is shared with merchants. WeChat answers without a detail:
 * https://github.com/yansongda/pay/issues/1049
 */
export function noSubMerchant(): Refused {
  return new Refused({
    status: 400,
    code: 'PARAM_ERROR',
    message: '受理机构必须传入sub_mch_id',
    number: NUMBERS.subMerchantMissing,
  })
}

/** A partner may collect only for its own sub-merchants, never for itself. */
export function requireSubMerchant(
  partner: Merchant,
  subMchid: string,
  source = '/body/sub_mchid',
): Merchant['subMerchants'][number] {
  if (subMchid === partner.mchid) {
    throw badParameter(source, subMchid, '子商户mchid不能与自身mchid相同', NUMBERS.subMerchantIsPartner)
  }
  const sub = partner.subMerchants.find(({ mchid }) => mchid === subMchid)
  if (!sub) throw badParameter(source, subMchid, '受理关系不存在', NUMBERS.noSubMerchant)
  return sub
}

/** The kinds of app that may order in each way. */
const KINDS: Record<TradeType, readonly string[]> = {
  JSAPI: ['official-account', 'mini-program'],
  NATIVE: ['official-account', 'mini-program', 'mobile-app'],
  MWEB: ['official-account', 'mini-program', 'mobile-app'],
  APP: ['mobile-app'],
}

/** An appid may order for those mchids only to which it is bound. https://pay.weixin.qq.com/doc/v3/merchant/4012525167 */
export function requireApp(
  world: World,
  bound: readonly string[],
  appid: string,
  tradeType: TradeType,
  message = 'appid和mch_id不匹配',
): void {
  const app = world.merchants.apps.get(appid)
  if (!app || !bound.includes(appid) || !KINDS[tradeType].includes(app.kind)) {
    throw new Refused({
      status: 400,
      code: 'APPID_MCHID_NOT_MATCH',
      message,
      number: NUMBERS.appidOfMerchant,
    })
  }
}

/** The same for sub_appid and the sub-merchant. https://pay.weixin.qq.com/doc/v3/partner/4012523579 */
export function requireSubApp(
  world: World,
  sub: Merchant['subMerchants'][number] | undefined,
  subAppid: string,
  tradeType: TradeType,
): void {
  requireApp(world, sub?.appids ?? [], subAppid, tradeType, 'sub_mch_id与sub_appid不匹配')
}
