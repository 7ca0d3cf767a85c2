import { z } from 'zod'
import type { ChannelTrade } from '../../payments/payment-channel.ts'

/**
 * WeChat's trade_state in our words. REFUND means "was paid, and at least one refund was made". USERPAYING, REVOKED and
 * PAYERROR belong to payment codes. https://pay.weixin.qq.com/doc/v3/merchant/4012556352
 */
const OUTCOMES = {
  SUCCESS: 'paid',
  REFUND: 'paid-then-refunded',
  NOTPAY: 'unpaid',
  USERPAYING: 'unpaid',
  CLOSED: 'closed',
  REVOKED: 'closed',
  PAYERROR: 'failed',
} as const satisfies Record<string, ChannelTrade['outcome']>

const tradeState = z.enum(Object.keys(OUTCOMES) as [keyof typeof OUTCOMES])
const id = z.string().min(1).max(32)

const merchantIdentity = z.object({ out_trade_no: id, trade_state: tradeState, mchid: id, appid: id })
const partnerIdentity = z.object({
  out_trade_no: id,
  trade_state: tradeState,
  sp_mchid: id,
  sp_appid: id,
  sub_mchid: id,
  sub_appid: id.nullish(),
})

/**
 * What only a paid trade has; while unpaid WeChat sends parts of it, or empty strings. A part that is missing or not as
 * documented is null: it will match no payment, so that somebody looks at it.
 */
const text = (maxLength: number) => z.string().min(1).max(maxLength).nullable().catch(null)
const money = z.object({
  transaction_id: text(32),
  success_time: z.iso.datetime({ offset: true }).nullable().catch(null),
  amount: z
    .object({ total: z.int().positive().nullable().catch(null), currency: text(16) })
    .catch({ total: null, currency: null }),
  payer: z
    .object({ openid: text(128), sp_openid: text(128), sub_openid: text(128) })
    .catch({ openid: null, sp_openid: null, sub_openid: null }),
})

type Identity = Pick<ChannelTrade, 'outcome' | 'outTradeNo' | 'mchid' | 'appid' | 'subMchid' | 'subAppid'>

const readIdentity = (value: unknown): Identity | null => {
  const own = merchantIdentity.safeParse(value).data
  if (own !== undefined) {
    const { out_trade_no: outTradeNo, trade_state, mchid, appid } = own
    return { outcome: OUTCOMES[trade_state], outTradeNo, mchid, appid, subMchid: null, subAppid: null }
  }
  const partner = partnerIdentity.safeParse(value).data
  if (partner === undefined) return null
  return {
    outcome: OUTCOMES[partner.trade_state],
    outTradeNo: partner.out_trade_no,
    mchid: partner.sp_mchid,
    appid: partner.sp_appid,
    subMchid: partner.sub_mchid,
    subAppid: partner.sub_appid ?? null,
  }
}

/** The payer under the appid that the payment was made with: the sub-merchant's when it has one. */
const payerUnder = (
  { subMchid, subAppid }: Identity,
  payer: z.infer<typeof money>['payer'],
): string | null => {
  if (subMchid === null) return payer.openid
  return subAppid === null ? payer.sp_openid : payer.sub_openid
}

const NOTHING_PAID = {
  openid: null,
  transactionId: null,
  amountFen: null,
  currency: null,
  paidAt: null,
  refundedFen: null,
}

/** Whether money has come in. */
export const isPaid = ({ outcome }: Pick<ChannelTrade, 'outcome'>): boolean =>
  outcome === 'paid' || outcome === 'paid-then-refunded'

/**
 * The body of a query or of an opened payment notification, in our words; merchant and partner mode tell themselves
 * apart. Null when it is not a trade as documented: no number, no merchant, or a trade_state we do not know.
 */
export const readTrade = (value: unknown): ChannelTrade | null => {
  const identity = readIdentity(value)
  if (identity === null) return null
  if (!isPaid(identity)) {
    return { ...identity, ...NOTHING_PAID }
  }
  const { transaction_id, success_time, amount, payer } = money.parse(value)
  return {
    ...identity,
    openid: payerUnder(identity, payer),
    transactionId: transaction_id,
    amountFen: amount.total,
    currency: amount.currency,
    paidAt: success_time === null ? null : new Date(success_time),
    refundedFen: null,
  }
}
