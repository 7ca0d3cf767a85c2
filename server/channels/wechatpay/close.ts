import type { PaymentSnapshot } from '../../payments/payment-channel.ts'
import { ChannelUnknown } from '../../shared/errors.ts'
import type { Answer } from './exchange.ts'
import { plainNumber } from './out-trade-no.ts'
import { partnerTradePath, subMchidOf } from './partner.ts'
import type { RequestBuilder } from './request-builder.ts'
import type { ApiRequest } from './sign.ts'

/** Closing twice is fine. https://pay.weixin.qq.com/doc/v3/merchant/4012791839 */
export const closeRequest = (builder: RequestBuilder, snapshot: PaymentSnapshot): ApiRequest => {
  if (snapshot.mode === 'merchant') return builder.close(plainNumber(snapshot))
  const body = JSON.stringify({ sp_mchid: snapshot.mchid, sub_mchid: subMchidOf(snapshot) })
  return { method: 'POST', path: `${partnerTradePath(snapshot)}/close`, body }
}

/** The documented answer is an empty, signed 204; a 202 would only promise. */
export const assertClosed = ({ status }: Answer): void => {
  if (status !== 204 && status !== 200)
    throw new ChannelUnknown(`answer ${status} does not say that it is closed`)
}
