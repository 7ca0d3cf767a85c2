import type { TradeType } from '../world/trade.ts'
import type { Answer } from './call.ts'

/** What opens the cashier, in the shape of each way of paying. https://pay.weixin.qq.com/doc/v3/merchant/4012525167 */
export function ticket(tradeType: TradeType, prepayId: string): Answer {
  if (tradeType === 'NATIVE') return { code_url: `weixin://wxpay/bizpayurl/up?pr=${prepayId}&groupid=00` }
  if (tradeType === 'MWEB') {
    return {
      h5_url: `https://wx.tenpay.com/cgi-bin/mmpayweb-bin/checkmweb?prepay_id=${prepayId}&package=${prepayId.slice(-10)}`,
    }
  }
  return { prepay_id: prepayId }
}
