import type { NativeQrLaunch } from '../../contract/payment.ts'
import { launchPayment } from '../api/payments.ts'

/** What to scan now: the server orders again with the same parameters when the last code is nearly over. Null: not by code. */
export async function freshCodeUrl(paymentId: string): Promise<NativeQrLaunch | null> {
  const launch = await launchPayment(paymentId)
  return launch.way === 'native-qr' ? launch : null
}
