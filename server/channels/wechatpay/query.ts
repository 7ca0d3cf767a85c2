import { z } from 'zod'
import type { ChannelTrade, PaymentSnapshot } from '../../payments/payment-channel.ts'
import { ChannelUnknown } from '../../shared/errors.ts'
import { readAnswer } from './exchange.ts'
import type { Answer } from './exchange.ts'
import { plainNumber } from './out-trade-no.ts'
import { partnerTradePath, subMchidOf } from './partner.ts'
import type { RequestBuilder } from './request-builder.ts'
import type { ApiRequest } from './sign.ts'
import { readTrade } from './trade.ts'

/** Unpaid orders can be found only by out_trade_no. https://pay.weixin.qq.com/doc/v3/merchant/4012556352 */
export const queryRequest = (builder: RequestBuilder, snapshot: PaymentSnapshot): ApiRequest => {
  if (snapshot.mode === 'merchant') return builder.query(plainNumber(snapshot))
  const merchants = new URLSearchParams({ sp_mchid: snapshot.mchid, sub_mchid: subMchidOf(snapshot) })
  return { method: 'GET', path: `${partnerTradePath(snapshot)}?${merchants}`, body: '' }
}

/** A signature does not say which question it answers, so an answer about another number is none. */
export const readQueriedTrade = (snapshot: PaymentSnapshot, answer: Answer): ChannelTrade => {
  const trade = readTrade(readAnswer(z.unknown(), answer))
  if (trade === null) throw new ChannelUnknown(`answer ${answer.status} is not a trade as documented`)
  if (trade.outTradeNo !== snapshot.outTradeNo)
    throw new ChannelUnknown('the answer is about another payment')
  return trade
}
