import type { Merchant } from '../world/merchants.ts'
import { badParameter, NUMBERS } from './refusal.ts'

/**
 * The mchid of the Authorization header must be the one in the request (of a partner: sp_mchid).
 * https://pay.weixin.qq.com/doc/v3/merchant/4012791869
 */
export function requireSameCaller(merchant: Merchant, mchid: string, source = '/body/mchid'): void {
  if (mchid === merchant.mchid) return
  throw badParameter(source, mchid, 'http header中的mchid与post payload中的mchid不匹配')
}

/** A partner may collect only for its own sub-merchants, never for itself. */
export function requireSubMerchant(
  partner: Merchant,
  subMchid: string,
  source = '/body/sub_mchid',
): Merchant['subMerchants'][number] {
  if (subMchid === partner.mchid) {
    throw badParameter(source, subMchid, '子商户号不能与服务商商户号相同', NUMBERS.subMerchantIsPartner)
  }
  const sub = partner.subMerchants.find(({ mchid }) => mchid === subMchid)
  if (!sub) throw badParameter(source, subMchid, '子商户号未与服务商建立受理关系', NUMBERS.noSubMerchant)
  return sub
}
