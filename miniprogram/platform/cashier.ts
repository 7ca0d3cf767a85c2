import type { MiniProgramLaunch, PaymentHint } from '../../contract/payment'
import { standIn } from './stand-in'

export interface CashierAnswer {
  hint: PaymentHint
  /** WeChat's own words, e.g. "requestPayment:fail cancel". */
  errMsg: string
}

/**
 * Opens WeChat's cashier before this call returns, so that a tap handler may use it (HarmonyOS demands that).
 * The promise never settles when the answer is lost: callers must not rely on it.
 */
export function openCashier(launch: MiniProgramLaunch): Promise<CashierAnswer> {
  const requestPayment = standIn()?.requestPayment ?? wx.requestPayment
  return new Promise((resolve) => {
    requestPayment({
      timeStamp: launch.timeStamp,
      nonceStr: launch.nonceStr,
      package: launch.package,
      // The default is MD5, which APIv3 refuses.
      signType: 'RSA',
      paySign: launch.paySign,
      success: ({ errMsg }) => resolve({ hint: 'ok', errMsg }),
      fail: ({ errMsg }) => resolve({ hint: hintOf(errMsg), errMsg }),
      // Clients up to 6.5.2 tell a cancelled payment here and nowhere else; later ones repeat what was said above.
      complete: ({ errMsg }) => resolve({ hint: hintOf(errMsg), errMsg }),
    })
  })
}

/** "requestPayment:ok", "requestPayment:fail cancel", "requestPayment:cancel", "requestPayment:fail (detail)". */
function hintOf(errMsg: string): PaymentHint {
  if (errMsg.endsWith(':ok')) return 'ok'
  return /:(fail )?cancel$/.test(errMsg) ? 'cancel' : 'fail'
}
