import type { PaymentSnapshot } from '../../payments/payment-channel.ts'
import { plainNumber } from './out-trade-no.ts'

/** Every message of partner mode names the sub-merchant. */
export const subMchidOf = ({ subMchid }: PaymentSnapshot): string => {
  if (subMchid === null) throw new Error('a payment in partner mode needs a subMchid')
  return subMchid
}

/** https://pay.weixin.qq.com/docs/partner/apis/partner-query-order/partner-jsons/partner-query-by-out-trade-no.html */
export const partnerTradePath = (snapshot: PaymentSnapshot): string =>
  `/v3/pay/partner/transactions/out-trade-no/${plainNumber(snapshot)}`
