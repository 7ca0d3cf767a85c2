import { z } from 'zod'
import type { PaymentSnapshot } from '../../payments/payment-channel.ts'
import { fitDescription } from './description.ts'
import { readAnswer } from './exchange.ts'
import type { Answer } from './exchange.ts'
import { subMchidOf } from './partner.ts'
import type { RequestBuilder } from './request-builder.ts'
import type { ApiRequest } from './sign.ts'

/** JSAPI collects in official accounts and in mini-programs alike. https://pay.weixin.qq.com/doc/v3/merchant/4012525167 */
const PATHS = {
  merchant: '/v3/pay/transactions/jsapi',
  partner: '/v3/pay/partner/transactions/jsapi',
} as const

const prepaid = z.object({ prepay_id: z.string().min(1).max(64) })

const CHINA_OFFSET_MS = 8 * 60 * 60 * 1000

/** RFC 3339 as WeChat prints it: whole seconds, +08:00, e.g. "2026-11-21T18:30:00+08:00". */
export const chinaTime = (moment: Date): string =>
  `${new Date(moment.getTime() + CHINA_OFFSET_MS).toISOString().slice(0, 19)}+08:00`

const terms = (snapshot: PaymentSnapshot) => ({
  description: fitDescription(snapshot.description),
  out_trade_no: snapshot.outTradeNo,
  time_expire: chinaTime(snapshot.expiresAt),
  notify_url: snapshot.notifyUrl,
  amount: { total: snapshot.amountFen, currency: 'CNY' },
})

/** https://pay.weixin.qq.com/doc/v3/partner/4012523579: the payer goes by the sub-merchant's appid when there is one. */
const composePartner = (snapshot: PaymentSnapshot): string =>
  JSON.stringify({
    sp_appid: snapshot.appid,
    sp_mchid: snapshot.mchid,
    sub_appid: snapshot.subAppid ?? undefined,
    sub_mchid: subMchidOf(snapshot),
    ...terms(snapshot),
    payer: snapshot.subAppid === null ? { sp_openid: snapshot.openid } : { sub_openid: snapshot.openid },
  })

/** The exact text of the body. WeChat takes the same number again only with the same parameters. */
export const composePrepayBody = (builder: RequestBuilder, snapshot: PaymentSnapshot): string => {
  if (snapshot.mode === 'partner') return composePartner(snapshot)
  const { appid, mchid } = snapshot
  return builder.jsapi({ appid, mchid, ...terms(snapshot), payer: { openid: snapshot.openid } }).body
}

/** The request around a stored body. */
export const prepayRequest = ({ mode }: PaymentSnapshot, body: string): ApiRequest => ({
  method: 'POST',
  path: PATHS[mode],
  body,
})

/** The prepay_id, good for 2 hours. */
export const readPrepayId = (answer: Answer): string => readAnswer(prepaid, answer).prepay_id
