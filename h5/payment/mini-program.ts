import { loadPart } from '../load-part.ts'
import { answerWithin } from '../entry/answer-within.ts'
import { isHeldByMiniProgram, weixinSdk } from '../entry/native.ts'
import type { CashierEnding, OpenCashier } from './cashier.ts'

/**
 * A web-view may not pay: the native pay page does, and only the payment's opaque id goes there
 * (https://developers.weixin.qq.com/miniprogram/dev/component/web-view.html). A page stack holds ten; one more is refused.
 */
export const openCashier: OpenCashier = async ({ id }) => {
  if (!(await isHeldByMiniProgram())) return { is: 'not-opened', why: 'pay.wrong-place' }
  const { miniProgram } = (await loadPart(weixinSdk)).default
  return answerWithin<CashierEnding>(
    (answer) =>
      miniProgram.navigateTo({
        url: `/pages/pay/pay?payment=${encodeURIComponent(id)}`,
        success: () => answer({ is: 'handed-over' }),
        fail: () => answer({ is: 'not-opened', why: 'pay.stack-full' }),
      }),
    // A page that is covered has been handed over, whatever became of the answer.
    () => (document.hidden ? { is: 'handed-over' } : { is: 'not-opened', why: 'pay.no-bridge' }),
  )
}
