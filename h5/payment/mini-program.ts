import { loadPart } from '../load-part.ts'
import { isHeldByMiniProgram, weixinSdk } from '../entry/native.ts'
import type { CashierEnding, OpenCashier } from './cashier.ts'

/**
 * A web-view may not pay: the native pay page does, and only the payment's opaque id goes there
 * (https://developers.weixin.qq.com/miniprogram/dev/component/web-view.html). A page stack holds ten; one more is refused.
 */
export const openCashier: OpenCashier = async ({ id }) => {
  if (!(await isHeldByMiniProgram())) return { is: 'not-opened', why: 'pay.wrong-place' }
  const { miniProgram } = (await loadPart(weixinSdk)).default
  return new Promise<CashierEnding>((resolve) => {
    miniProgram.navigateTo({
      url: `/pages/pay/pay?payment=${encodeURIComponent(id)}`,
      success: () => resolve({ is: 'handed-over' }),
      fail: () => resolve({ is: 'not-opened', why: 'pay.stack-full' }),
    })
  })
}
