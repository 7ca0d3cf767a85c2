import type { PaymentLaunch, WechatLaunch } from '../../../contract/payment.ts'
import type { Opening, PaymentSnapshot } from '../../payments/payment-channel.ts'
import type { KeyRing } from './key-ring.ts'
import { freshNonce, machineSeconds, signText } from './sign.ts'

/** The four lines under paySign; signType is not among them. https://pay.weixin.qq.com/doc/v3/merchant/4012365341 */
export const launchText = (appId: string, timeStamp: string, nonceStr: string, packageText: string): string =>
  `${appId}\n${timeStamp}\n${nonceStr}\n${packageText}\n`

/**
 * What opens WeChat's cashier, in the way the payment was registered for. Of an h5_url nothing may change but that
 * redirect_url is appended: https://pay.weixin.qq.com/doc/v3/merchant/4012791832
 */
export function composeLaunch(ring: KeyRing, snapshot: PaymentSnapshot, opening: Opening): PaymentLaunch {
  const { handle, goodUntil } = opening
  // The appid is that of the app in which the cashier opens: the sub-merchant's when the payment has one.
  const appId = snapshot.subAppid ?? snapshot.appid
  switch (snapshot.way) {
    case 'mini-program':
      return { way: 'mini-program', ...signLaunch(ring, appId, handle) }
    case 'jsapi':
      return { way: 'jsapi', appId, ...signLaunch(ring, appId, handle) }
    case 'h5':
      return { way: 'h5', url: `${handle}&redirect_url=${encodeURIComponent(opening.returnUrl)}` }
    case 'native-qr':
      return { way: 'native-qr', codeUrl: handle, expiresAt: goodUntil.toISOString() }
    case 'alipay-wap':
    case 'alipay-page':
      throw new Error(`WeChat Pay does not collect by ${snapshot.way}`)
  }
}

function signLaunch(ring: KeyRing, appId: string, prepayId: string): WechatLaunch {
  const timeStamp = String(machineSeconds())
  const nonceStr = freshNonce()
  const packageText = `prepay_id=${prepayId}`
  const paySign = signText(ring.signer.privateKey, launchText(appId, timeStamp, nonceStr, packageText))
  return { timeStamp, nonceStr, package: packageText, signType: 'RSA', paySign }
}
