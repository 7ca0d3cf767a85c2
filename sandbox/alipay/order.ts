import type { AlipayApp } from '../world/alipay-apps.ts'
import type { AlipayTrade, AlipayTradeWish } from '../world/alipay-trades.ts'
import * as field from './fields.ts'
import { readAlipayTime } from './moment.ts'
import { businessFailed, invalidParameter } from './refusal.ts'
import type { Parameters } from './signature.ts'

/** What a merchant asks to be paid for, checked, before any trade exists. */
export interface Order {
  wish: AlipayTradeWish
  /** Where the buyer goes after paying. */
  returnUrl: string | null
  /** Where the buyer goes after turning away; phones only. */
  quitUrl: string | null
}

/** How each way of paying is called in product_code. */
export const WAP_PRODUCT = { value: 'QUICK_WAP_WAY', required: true }
export const PAGE_PRODUCT = { value: 'FAST_INSTANT_TRADE_PAY', required: true }
export const QR_PRODUCT = { value: 'FACE_TO_FACE_PAYMENT', required: false }

const MINUTE_MS = 60_000
const LONGEST_MS = 15 * 86_400_000
const UNITS: Record<string, number> = { m: MINUTE_MS, h: 60 * MINUTE_MS, d: 1_440 * MINUTE_MS }

/**
 * Reads the order of wap.pay, page.pay and precreate.
 * https://opendocs.alipay.com/apis/api_1/alipay.trade.wap.pay
 * @param productCode the one that belongs to the method
 */
export function readOrder(
  app: AlipayApp,
  given: { parameters: Parameters; biz: Record<string, unknown>; nowMs: number },
  productCode: { value: string; required: boolean },
): Order {
  const { parameters, biz, nowMs } = given
  const outTradeNo = field.outTradeNo(biz)
  const amountFen = field.requiredYuan(biz, 'total_amount')
  const subject = field.requiredText(biz, 'subject', 256)
  if (/[/=&]/.test(subject)) throw invalidParameter('subject', '不能包含/、=、&等特殊字符')
  const product = field.text(biz, 'product_code', 64)
  if (product === null && productCode.required) throw invalidParameter('product_code', '不能为空')
  if (product !== null && product !== productCode.value)
    throw invalidParameter('product_code', `应为${productCode.value}`)
  const sellerId = field.text(biz, 'seller_id', 28)
  if (sellerId !== null && sellerId !== app.sellerId)
    throw businessFailed('ACCESS_FORBIDDEN', '收款账号与应用不属于同一商家')
  return {
    wish: {
      appId: app.appId,
      sellerId: app.sellerId,
      outTradeNo,
      productCode: productCode.value,
      subject,
      body: field.text(biz, 'body', 128),
      passbackParams: field.text(biz, 'passback_params', 512),
      amountFen,
      notifyUrl: addressOf(parameters, 'notify_url'),
      expiresAtMs: expiryOf(biz, nowMs),
    },
    returnUrl: addressOf(parameters, 'return_url'),
    quitUrl: field.text(biz, 'quit_url', 400),
  }
}

function addressOf(parameters: Parameters, name: string): string | null {
  const address = parameters[name] ?? ''
  if (address === '') return null
  const isWeb = /^https?:$/.test(URL.parse(address)?.protocol ?? '')
  if (!isWeb || address.length > 256 || /\s/.test(address))
    throw invalidParameter(name, '应为http或https开头的完整地址，不超过256个字符')
  return address
}

/** time_expire is a moment and wins over timeout_express, a length of time from now; fifteen days without either. */
function expiryOf(biz: Record<string, unknown>, nowMs: number): number {
  const timeExpire = field.text(biz, 'time_expire', 32)
  if (timeExpire !== null) {
    const atMs = readAlipayTime(timeExpire, 'optional')
    if (atMs === null) throw invalidParameter('time_expire', '应为yyyy-MM-dd HH:mm:ss')
    if (atMs > nowMs + LONGEST_MS) throw invalidParameter('time_expire', '应在15天以内')
    return atMs
  }
  const timeout = field.text(biz, 'timeout_express', 6)
  if (timeout === null) return nowMs + LONGEST_MS
  const match = /^(\d{1,5})([mhd])$/.exec(timeout)
  const lengthMs = match ? Number(match[1]) * UNITS[match[2]!]! : 0
  if (lengthMs < MINUTE_MS || lengthMs > LONGEST_MS)
    throw invalidParameter('timeout_express', '取值范围为1m到15d')
  return nowMs + lengthMs
}

/** Ordering a number again must repeat the amount and the words; then it is the same trade. */
export function requireSameOrder(trade: AlipayTrade, wish: AlipayTradeWish): void {
  const isSame = (['amountFen', 'subject', 'body'] as const).every((name) => trade[name] === wish[name])
  if (!isSame) throw businessFailed('CONTEXT_INCONSISTENT', '交易信息被篡改')
}
