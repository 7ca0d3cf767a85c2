import type { TradeType } from '../world/trade.ts'
import type { World } from '../world/world.ts'
import type { Answer } from './call.ts'
import { h5PayUrl } from './h5-pay-link.ts'

/** What opens the cashier, in the shape of each way of paying. https://pay.weixin.qq.com/doc/v3/merchant/4012525167 */
export function ticket({ publicUrl }: World, tradeType: TradeType, prepayId: string): Answer {
  if (tradeType === 'NATIVE') return { code_url: `weixin://wxpay/bizpayurl/up?pr=${prepayId}&groupid=00` }
  if (tradeType === 'MWEB') return { h5_url: h5PayUrl(publicUrl, prepayId) }
  return { prepay_id: prepayId }
}
