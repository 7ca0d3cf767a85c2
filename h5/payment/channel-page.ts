import { launchPayment } from '../api/payments.ts'
import type { OpenCashier } from './cashier.ts'

/**
 * A page of the channel's that takes this page's place: back leads to the order and never to a link that was used. It comes
 * back by itself to /orders/:id/return, perhaps before the payment has ended.
 * - h5: opens WeChat from a phone's browser. It reads the Referer, which our pages therefore send.
 *   https://pay.weixin.qq.com/doc/v3/merchant/4012791832
 * - alipay-wap, alipay-page: Alipay's cashier, for phones and for PCs. https://opendocs.alipay.com/open/203/107090
 */
export const openCashier: OpenCashier = async ({ id }) => {
  const launch = await launchPayment(id)
  if (!('url' in launch)) return { is: 'not-opened', why: 'pay.wrong-place' }
  location.replace(launch.url)
  return { is: 'handed-over' }
}
