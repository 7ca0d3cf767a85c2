import { launchPayment } from '../api/payments.ts'
import type { OpenCashier } from './cashier.ts'

/**
 * A page of WeChat's that opens the app, for phones' browsers. It takes this page's place: back leads to the order and
 * never to a link that was used. It reads the Referer, which our pages therefore send. It comes back by itself to
 * /orders/:id/return, perhaps before the payment has ended. https://pay.weixin.qq.com/doc/v3/merchant/4012791832
 */
export const openCashier: OpenCashier = async ({ id }) => {
  const launch = await launchPayment(id)
  if (launch.way !== 'h5') return { is: 'not-opened', why: 'pay.wrong-place' }
  location.replace(launch.url)
  return { is: 'handed-over' }
}
