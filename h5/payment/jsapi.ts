import type { PaymentHint } from '../../contract/payment.ts'
import { launchPayment } from '../api/payments.ts'
import { answerWithin } from '../entry/answer-within.ts'
import { bridgeReady } from '../entry/bridge.ts'
import { currentEnvironment } from '../entry/environment.ts'
import type { CashierEnding, OpenCashier } from './cashier.ts'

/** WeChat's cashier over an official-account page (https://pay.weixin.qq.com/doc/v3/merchant/4012791857). */
export const openCashier: OpenCashier = async ({ id }) => {
  if (!currentEnvironment().startsWith('wechat')) return { is: 'not-opened', why: 'pay.wrong-place' }
  const [bridge, launch] = await Promise.all([bridgeReady(), launchPayment(id)])
  if (!bridge) return { is: 'not-opened', why: 'pay.no-bridge' }
  if (launch.way !== 'jsapi') return { is: 'not-opened', why: 'pay.wrong-place' }
  const { way: _, ...parameters } = launch
  const ending = new Promise<CashierEnding>((resolve) => {
    bridge.invoke('getBrandWCPayRequest', parameters, ({ err_msg }) => resolve({ is: hintOf(err_msg) }))
  })
  return answerWithin<CashierEnding>(
    (answer) => void ending.then(answer),
    () => ({ is: 'silent', ending }),
  )
}

/** "get_brand_wcpay_request:ok" and its kin. What is neither ok nor cancel (system:access_denied …) is a fail. */
function hintOf(message = ''): PaymentHint {
  const ending = /^get_brand_wcpay_request:(ok|cancel)$/.exec(message)?.[1]
  return ending === 'ok' || ending === 'cancel' ? ending : 'fail'
}
