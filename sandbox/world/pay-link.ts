import type { TradeType } from './trade.ts'

/** What a link of WeChat's own pays. */
export interface PayLink {
  prepayId: string
  /** The only way of ordering that hands out such links. */
  tradeType: TradeType
}

/**
 * Reads the links that open the cashier without a merchant's page:
 * the code_url of a native order, as a QR code holds it, https://pay.weixin.qq.com/doc/v3/merchant/4012791877;
 * and what the H5-pay page wakes WeChat with, https://pay.weixin.qq.com/doc/v3/merchant/4012791832.
 * @returns null for any other text
 */
export function readPayLink(text: string): PayLink | null {
  const link = URL.parse(text)
  if (link === null || link.protocol !== 'weixin:') return null
  const code = link.host === 'wxpay' && /^\/bizpayurl(?:\/up)?$/.test(link.pathname)
  if (code) return named(link.searchParams.get('pr'), 'NATIVE')
  const wake = link.host === 'wap' && link.pathname === '/pay'
  return wake ? named(link.searchParams.get('prepayid'), 'MWEB') : null
}

function named(prepayId: string | null, tradeType: TradeType): PayLink | null {
  return prepayId ? { prepayId, tradeType } : null
}
