import { z } from 'zod'
import type { PaymentWay } from '../../../contract/payment.ts'
import type { PaymentSnapshot } from '../../payments/payment-channel.ts'
import { fitDescription } from './description.ts'
import { readAnswer } from './exchange.ts'
import type { Answer } from './exchange.ts'
import { subMchidOf } from './partner.ts'
import type { RequestBuilder } from './request-builder.ts'
import type { ApiRequest } from './sign.ts'

type TradeType = 'jsapi' | 'h5' | 'native'

/** JSAPI collects in official accounts and in mini-programs alike. https://pay.weixin.qq.com/doc/v3/merchant/4012525167 */
const tradeTypes: Partial<Record<PaymentWay, TradeType>> = {
  'mini-program': 'jsapi',
  jsapi: 'jsapi',
  h5: 'h5',
  'native-qr': 'native',
}

function tradeTypeOf({ way }: Pick<PaymentSnapshot, 'way'>): TradeType {
  const tradeType = tradeTypes[way]
  if (!tradeType) throw new Error(`WeChat Pay does not collect by ${way}`)
  return tradeType
}

/** Bases of the addresses; the trade type is their last segment. */
const PATHS = {
  merchant: '/v3/pay/transactions',
  partner: '/v3/pay/partner/transactions',
} as const

/**
 * What opens the cashier: a prepay_id or code_url for 2 hours, an h5_url for 5 minutes.
 * https://pay.weixin.qq.com/doc/v3/merchant/4012791834 (H5), https://pay.weixin.qq.com/doc/v3/merchant/4012791877 (Native)
 */
const answers = {
  jsapi: z.object({ prepay_id: z.string().min(1).max(64) }).transform((answer) => answer.prepay_id),
  h5: z.object({ h5_url: z.url({ protocol: /^https?$/ }).max(512) }).transform((answer) => answer.h5_url),
  native: z
    .object({ code_url: z.string().regex(/^weixin:\/\/[\x21-\x7e]{1,500}$/) })
    .transform((answer) => answer.code_url),
} satisfies Record<TradeType, z.ZodType<string>>

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

/** H5 pay compares the address it is opened from with this one: 127.0.0.1 and a changed network are refused there. */
const sceneOf = (payerIp: string) => ({
  scene_info: { payer_client_ip: payerIp, h5_info: { type: 'Wap' } },
})

/** https://pay.weixin.qq.com/doc/v3/partner/4012523579: the payer goes by the sub-merchant's appid when there is one. */
const composePartner = (snapshot: PaymentSnapshot): string =>
  JSON.stringify({
    sp_appid: snapshot.appid,
    sp_mchid: snapshot.mchid,
    sub_appid: snapshot.subAppid ?? undefined,
    sub_mchid: subMchidOf(snapshot),
    ...terms(snapshot),
    ...(snapshot.openid !== null && {
      payer: snapshot.subAppid === null ? { sp_openid: snapshot.openid } : { sub_openid: snapshot.openid },
    }),
    ...(snapshot.payerIp !== null && sceneOf(snapshot.payerIp)),
  })

/** The exact text of the body. WeChat takes the same number again only with the same parameters. */
export function composePrepayBody(builder: RequestBuilder, snapshot: PaymentSnapshot): string {
  if (snapshot.mode === 'partner') return composePartner(snapshot)
  const order = { appid: snapshot.appid, mchid: snapshot.mchid, ...terms(snapshot) }
  switch (tradeTypeOf(snapshot)) {
    case 'jsapi':
      return builder.jsapi({ ...order, payer: { openid: present(snapshot.openid) } }).body
    case 'h5':
      return builder.h5({ ...order, ...sceneOf(present(snapshot.payerIp)) }).body
    case 'native':
      return builder.native(order).body
  }
}

/** What the payment's way demands of its snapshot; the database checks the same. */
function present(field: string | null): string {
  if (field === null) throw new Error("the snapshot lacks what the payment's way demands")
  return field
}

/** The request around a stored body. */
export const prepayRequest = (snapshot: PaymentSnapshot, body: string): ApiRequest => ({
  method: 'POST',
  path: `${PATHS[snapshot.mode]}/${tradeTypeOf(snapshot)}`,
  body,
})

/** What opens the cashier of this payment. */
export const readHandle = (snapshot: PaymentSnapshot, answer: Answer): string =>
  readAnswer<string>(answers[tradeTypeOf(snapshot)], answer)
