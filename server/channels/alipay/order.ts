import type { AlipayLaunch, PaymentWay } from '../../../contract/payment.ts'
import type { Opening, PaymentSnapshot } from '../../payments/payment-channel.ts'
import { alipayTime } from './alipay-time.ts'
import type { AlipayApp } from './app.ts'
import { fitSubject } from './subject.ts'
import { toYuan } from './yuan.ts'

type AlipayWay = AlipayLaunch['way']

/** https://opendocs.alipay.com/apis/api_1/alipay.trade.wap.pay, …/alipay.trade.page.pay */
const ways: Record<AlipayWay, { method: string; productCode: string }> = {
  'alipay-wap': { method: 'alipay.trade.wap.pay', productCode: 'QUICK_WAP_WAY' },
  'alipay-page': { method: 'alipay.trade.page.pay', productCode: 'FAST_INSTANT_TRADE_PAY' },
}

function alipayWay(way: PaymentWay): AlipayWay {
  if (way === 'alipay-wap' || way === 'alipay-page') return way
  throw new Error(`Alipay does not collect by ${way}`)
}

/**
 * The order that the buyer's address carries, frozen. time_expire is a moment, not a length of time: it kills the address
 * too, which no close can do as long as nobody opened it. See decision 0012.
 */
export function composeOrder(snapshot: PaymentSnapshot): string {
  return JSON.stringify({
    out_trade_no: snapshot.outTradeNo,
    total_amount: toYuan(snapshot.amountFen),
    subject: fitSubject(snapshot.description),
    product_code: ways[alipayWay(snapshot.way)].productCode,
    seller_id: snapshot.mchid,
    time_expire: alipayTime(snapshot.expiresAt),
  })
}

/** The address of Alipay's cashier, signed now. It is a redirect, never a form: our CSP lets no script submit one. */
export function composeLaunch(app: AlipayApp, snapshot: PaymentSnapshot, opening: Opening): AlipayLaunch {
  const way = alipayWay(snapshot.way)
  const order = JSON.parse(opening.handle) as Record<string, string>
  const url = app.sdk.pageExecute(ways[way].method, 'GET', {
    timestamp: alipayTime(new Date()),
    notifyUrl: snapshot.notifyUrl,
    returnUrl: opening.returnUrl,
    bizContent: way === 'alipay-wap' ? { ...order, quit_url: quitUrl(opening.returnUrl) } : order,
  })
  return { way, url }
}

/** The return page with a mark that the customer left the cashier on purpose. A hint: the page still has Alipay asked. */
function quitUrl(returnUrl: string): string {
  const url = new URL(returnUrl)
  url.searchParams.set('left', '1')
  return url.href
}
