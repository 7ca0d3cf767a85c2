import QrDialog from '../components/QrDialog.vue'
import type { OpenCashier } from './cashier.ts'
import { freshCodeUrl } from './code-url.ts'
import { qrOnScreen } from './qr-on-screen.ts'

/** A QR code that anybody scans with WeChat. https://pay.weixin.qq.com/doc/v3/merchant/4012791874 */
export const openCashier: OpenCashier = async ({ id, orderId }) => {
  const launch = await freshCodeUrl(id)
  if (!launch) return { is: 'not-opened', why: 'pay.wrong-place' }
  const { codeUrl, expiresAt } = launch
  qrOnScreen.value = { orderId, paymentId: id, codeUrl, expiresAt, dialog: QrDialog }
  return { is: 'handed-over' }
}
