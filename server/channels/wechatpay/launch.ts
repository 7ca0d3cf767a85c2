import type { LaunchParameters, PaymentSnapshot } from '../../payments/payment-channel.ts'
import type { KeyRing } from './key-ring.ts'
import { freshNonce, machineSeconds, signText } from './sign.ts'

/** The four lines under paySign; signType is not among them. https://pay.weixin.qq.com/doc/v3/merchant/4012365341 */
export const launchText = (appId: string, timeStamp: string, nonceStr: string, packageText: string): string =>
  `${appId}\n${timeStamp}\n${nonceStr}\n${packageText}\n`

/** The appid is that of the app in which the cashier opens: the sub-merchant's when the payment has one. */
export const signLaunch = (ring: KeyRing, snapshot: PaymentSnapshot, prepayId: string): LaunchParameters => {
  const appId = snapshot.subAppid ?? snapshot.appid
  const timeStamp = String(machineSeconds())
  const nonceStr = freshNonce()
  const packageText = `prepay_id=${prepayId}`
  const paySign = signText(ring.signer.privateKey, launchText(appId, timeStamp, nonceStr, packageText))
  return { appId, timeStamp, nonceStr, package: packageText, signType: 'RSA', paySign }
}
