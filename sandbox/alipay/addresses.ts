import type { AlipayApp } from '../world/alipay-apps.ts'
import type { AlipayTrade } from '../world/alipay-trades.ts'
import { alipayTime } from './moment.ts'
import { signed } from './signature.ts'
import { yuanOf } from './yuan.ts'

/**
 * Where the buyer goes after paying: return_url with parameters signed as a notification's are. It proves nothing that
 * the merchant may rely on: whoever closes the page early never goes there. https://opendocs.alipay.com/open/203/107090
 */
export function returnAddress(app: AlipayApp, trade: AlipayTrade, returnUrl: string, method: string): string {
  const url = new URL(returnUrl)
  const parameters = signed(app.signingKey, {
    app_id: app.appId,
    auth_app_id: app.appId,
    charset: 'utf-8',
    method: `${method}.return`,
    out_trade_no: trade.outTradeNo,
    seller_id: app.sellerId,
    // This one is the machine's time, like every timestamp on the wire.
    timestamp: alipayTime(Date.now()),
    total_amount: yuanOf(trade.amountFen),
    trade_no: trade.tradeNo,
    version: '1.0',
  })
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  return url.href
}
