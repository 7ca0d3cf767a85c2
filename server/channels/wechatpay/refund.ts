import { z } from 'zod'
import type { ChannelRefund, PaymentSnapshot } from '../../payments/payment-channel.ts'
import type { RefundChannel, RefundSnapshot } from '../../refunds/refund-channel.ts'
import { ChannelRefused, ChannelUnknown } from '../../shared/errors.ts'
import { fitText } from './description.ts'
import { readAnswer } from './exchange.ts'
import type { Answer, Exchange } from './exchange.ts'
import type { KeyRing } from './key-ring.ts'
import { plainNumber } from './out-trade-no.ts'
import { subMchidOf } from './partner.ts'
import type { ApiRequest } from './sign.ts'

/** Merchants and partners share it; it carries no appid. https://pay.weixin.qq.com/doc/v3/merchant/4012556457 */
const PATH = '/v3/refund/domestic/refunds'
/** string(80), counted like every text of WeChat's. */
const REASON_BYTES = 80

/** WeChat's status of a refund in our words. */
export const OUTCOMES = {
  PROCESSING: 'processing',
  SUCCESS: 'succeeded',
  CLOSED: 'closed',
  ABNORMAL: 'abnormal',
} as const satisfies Record<string, ChannelRefund['outcome']>

/** The exact text of the body: asked again with other bytes, WeChat refuses the number. */
const composeRefundBody = ({ payment, outRefundNo, amountFen, reason }: RefundSnapshot): string =>
  JSON.stringify({
    sub_mchid: payment.mode === 'partner' ? subMchidOf(payment) : undefined,
    out_trade_no: plainNumber(payment),
    out_refund_no: outRefundNo,
    reason: (reason && fitText(reason, REASON_BYTES)) || undefined,
    notify_url: payment.notifyUrl,
    amount: { refund: amountFen, total: payment.amountFen, currency: 'CNY' },
  })

/** The request around a stored body. */
const refundRequest = (body: string): ApiRequest => ({ method: 'POST', path: PATH, body })

/** https://pay.weixin.qq.com/doc/v3/merchant/4012810601 */
const refundQueryRequest = ({ payment, outRefundNo }: RefundSnapshot): ApiRequest => {
  const query =
    payment.mode === 'partner' ? `?${new URLSearchParams({ sub_mchid: subMchidOf(payment) })}` : ''
  return { method: 'GET', path: `${PATH}/${encodeURIComponent(outRefundNo)}${query}`, body: '' }
}

const id = z.string().min(1).max(64)
/** Only shown: one that is missing or of another shape spoils no answer. */
export const receivedAccount = z.string().min(1).max(64).nullish().catch(null)

const refundSchema = z.object({
  refund_id: id,
  out_refund_no: id,
  transaction_id: id,
  out_trade_no: id,
  status: z.enum(Object.keys(OUTCOMES) as [keyof typeof OUTCOMES]),
  success_time: z.iso.datetime({ offset: true }).nullish().catch(null),
  user_received_account: receivedAccount,
  amount: z.object({ total: z.int().positive(), refund: z.int().positive(), currency: z.literal('CNY') }),
})

/**
 * What an answer to asking or querying proves. It names no merchant: it is the one whose request it answers. A signature
 * does not say which question it answers, so an answer about another refund is none.
 */
const readRefund = ({ payment, outRefundNo }: RefundSnapshot, answer: Answer): ChannelRefund => {
  const refund = readAnswer(refundSchema, answer)
  if (refund.out_refund_no !== outRefundNo) throw new ChannelUnknown('the answer is about another refund')
  const outcome = OUTCOMES[refund.status]
  return {
    outcome,
    outRefundNo: refund.out_refund_no,
    outTradeNo: refund.out_trade_no,
    mchid: payment.mchid,
    subMchid: payment.subMchid,
    refundId: refund.refund_id,
    transactionId: refund.transaction_id,
    amountFen: refund.amount.refund,
    totalFen: refund.amount.total,
    succeededAt: outcome === 'succeeded' && refund.success_time ? new Date(refund.success_time) : null,
    receivedAccount: refund.user_received_account ?? null,
  }
}

/** Refunds behind the port. `ringOf` finds today's keys of the merchant that a payment was made with. */
export const createRefunds = (
  ringOf: (payment: PaymentSnapshot) => KeyRing,
  exchange: Exchange,
): RefundChannel => ({
  composeRefund: composeRefundBody,

  async refund(snapshot, body) {
    return readRefund(snapshot, await exchange(ringOf(snapshot.payment), refundRequest(body)))
  },

  async queryRefund(snapshot) {
    try {
      return readRefund(snapshot, await exchange(ringOf(snapshot.payment), refundQueryRequest(snapshot)))
    } catch (error) {
      if (error instanceof ChannelRefused && error.channelCode === 'RESOURCE_NOT_EXISTS') return null
      throw error
    }
  },
})
