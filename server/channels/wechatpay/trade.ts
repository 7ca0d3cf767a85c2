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

/** Only a paid trade has these; while unpaid WeChat sends parts of them, or empty strings. */
const money = z.object({
  transaction_id: id,
  success_time: z.iso.datetime({ offset: true }),
  amount: z.object({ total: z.int().positive(), currency: z.string().min(1).max(16) }),
})
const openid = z.string().min(1).max(128)
const merchantPayer = z.object({ payer: z.object({ openid }) })
const spPayer = z.object({ payer: z.object({ sp_openid: openid }) })
const subPayer = z.object({ payer: z.object({ sub_openid: openid }) })

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
const readPayer = (identity: Identity, value: unknown): string | null => {
  if (identity.subMchid === null) return merchantPayer.safeParse(value).data?.payer.openid ?? null
  if (identity.subAppid === null) return spPayer.safeParse(value).data?.payer.sp_openid ?? null
  return subPayer.safeParse(value).data?.payer.sub_openid ?? null
}

/** Whether money has come in. */
export const isPaid = ({ outcome }: Pick<ChannelTrade, 'outcome'>): boolean =>
  outcome === 'paid' || outcome === 'paid-then-refunded'

/**
 * The body of a query or of an opened payment notification, in our words; merchant and partner mode tell themselves
 * apart. Null when it is not a trade as documented: an unknown trade_state, or a paid one without its money.
 */
export const readTrade = (value: unknown): ChannelTrade | null => {
  const identity = readIdentity(value)
  if (identity === null) return null
  if (!isPaid(identity)) {
    return { ...identity, openid: null, transactionId: null, amountFen: null, currency: null, paidAt: null }
  }
  const paid = money.safeParse(value).data
  if (paid === undefined) return null
  return {
    ...identity,
    openid: readPayer(identity, value),
    transactionId: paid.transaction_id,
    amountFen: paid.amount.total,
    currency: paid.amount.currency,
    paidAt: new Date(paid.success_time),
  }
}
