import type { PaymentHint } from '../../contract/payment.ts'
import { launchPayment } from '../api/payments.ts'
import { bridgeReady } from '../entry/bridge.ts'
import { currentEnvironment } from '../entry/environment.ts'
import type { CashierEnding, OpenCashier } from './cashier.ts'

/** The bridge may come late on a slow phone; after this the customer is told to open the page again. */
const bridgeTimeoutMs = 10_000

/** WeChat's cashier over an official-account page (https://pay.weixin.qq.com/doc/v3/merchant/4012791857). */
export const openCashier: OpenCashier = async ({ id }) => {
  if (!currentEnvironment().startsWith('wechat')) return { is: 'not-opened', why: 'pay.wrong-place' }
  const [bridge, launch] = await Promise.all([bridgeReady(bridgeTimeoutMs), launchPayment(id)])
  if (!bridge) return { is: 'not-opened', why: 'pay.no-bridge' }
  if (launch.way !== 'jsapi') return { is: 'not-opened', why: 'pay.wrong-place' }
  const { way: _, ...parameters } = launch
  return new Promise<CashierEnding>((resolve) => {
    bridge.invoke('getBrandWCPayRequest', parameters, ({ err_msg }) => resolve({ is: hintOf(err_msg) }))
  })
}

/** "get_brand_wcpay_request:ok" and its kin. What is neither ok nor cancel (system:access_denied …) is a fail. */
function hintOf(message = ''): PaymentHint {
  const ending = /^get_brand_wcpay_request:(ok|cancel)$/.exec(message)?.[1]
  return ending === 'ok' || ending === 'cancel' ? ending : 'fail'
}
