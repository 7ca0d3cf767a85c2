import { z } from 'zod'
import type { ChannelRefund, PaymentSnapshot } from '../../payments/payment-channel.ts'
import type { RefundChannel, RefundSnapshot } from '../../refunds/refund-channel.ts'
import { ChannelRefused, ChannelUnknown } from '../../shared/errors.ts'
import { readAlipayTime } from './alipay-time.ts'
import type { AlipayApp } from './app.ts'
import type { Exchange } from './exchange.ts'
import { fitReason } from './subject.ts'
import { readYuan, toYuan } from './yuan.ts'

const asked = z.object({
  trade_no: z.string().min(1),
  out_trade_no: z.string().min(1),
  fund_change: z.enum(['Y', 'N']),
})

const known = z.object({
  trade_no: z.string().min(1),
  out_trade_no: z.string().min(1),
  out_request_no: z.string().min(1),
  total_amount: z.string(),
  refund_amount: z.string(),
  refund_status: z.string().optional(),
  gmt_refund_pay: z.string().optional(),
})

function read<T>(schema: z.ZodType<T>, node: unknown): T {
  const parsed = schema.safeParse(node)
  if (!parsed.success) throw new ChannelUnknown('answer has an unexpected shape')
  return parsed.data
}

/** Alipay gives a refund no number of its own: ours is the only one. */
function refundOf(
  { payment, outRefundNo }: RefundSnapshot,
  found: Pick<
    ChannelRefund,
    'outcome' | 'outTradeNo' | 'transactionId' | 'amountFen' | 'totalFen' | 'succeededAt'
  >,
): ChannelRefund {
  return {
    ...found,
    outRefundNo,
    refundId: outRefundNo,
    mchid: payment.mchid,
    subMchid: payment.subMchid,
    receivedAccount: null,
  }
}

/** Refunds behind the port. `appOf` finds today's keys of the app that a payment was made with. */
export function createRefunds(
  appOf: (payment: PaymentSnapshot) => AlipayApp,
  exchange: Exchange,
): RefundChannel {
  /** https://opendocs.alipay.com/apis/api_1/alipay.trade.fastpay.refund.query: the time is told only when it is asked for. */
  const queryRefund = async (snapshot: RefundSnapshot): Promise<ChannelRefund | null> => {
    const { payment, outRefundNo } = snapshot
    const node = await exchange(appOf(payment), 'alipay.trade.fastpay.refund.query', {
      out_trade_no: payment.outTradeNo,
      out_request_no: outRefundNo,
      query_options: ['gmt_refund_pay'],
    })
    // Of a refund that it never got, Alipay says that all went well, and nothing else.
    if (node['refund_amount'] === undefined) return null
    const refund = read(known, node)
    if (refund.out_request_no !== outRefundNo) throw new ChannelUnknown('the answer is about another refund')
    const succeeded = refund.refund_status === 'REFUND_SUCCESS'
    return refundOf(snapshot, {
      outcome: succeeded ? 'succeeded' : 'processing',
      outTradeNo: refund.out_trade_no,
      transactionId: refund.trade_no,
      amountFen: readYuan(refund.refund_amount) ?? 0,
      totalFen: readYuan(refund.total_amount) ?? 0,
      succeededAt: succeeded ? readAlipayTime(refund.gmt_refund_pay ?? '') : null,
    })
  }
  return {
    composeRefund: ({ payment, outRefundNo, amountFen, reason }) =>
      JSON.stringify({
        out_trade_no: payment.outTradeNo,
        refund_amount: toYuan(amountFen),
        out_request_no: outRefundNo,
        refund_reason: (reason && fitReason(reason)) || undefined,
      }),

    /**
     * code 10000 says that the request was taken, not that money went back; and of the sums in the answer none is this
     * refund's own. So the answer is only "it is on its way", and the query tells the rest.
     */
    async refund(snapshot, body) {
      const node = await exchange(
        appOf(snapshot.payment),
        'alipay.trade.refund',
        JSON.parse(body) as object,
      ).catch(asNotEnough)
      const { trade_no: transactionId, out_trade_no: outTradeNo } = read(asked, node)
      const found = await queryRefund(snapshot).catch(nullWhenUnanswered)
      if (found) return found
      const { amountFen, payment } = snapshot
      return refundOf(snapshot, {
        outcome: 'processing',
        outTradeNo,
        transactionId,
        amountFen,
        totalFen: payment.amountFen,
        succeededAt: null,
      })
    },

    queryRefund,
  }
}

/** The refund was taken before it was asked about, so a refusal of the question refuses nothing else. */
function nullWhenUnanswered(error: unknown): null {
  if (error instanceof ChannelRefused || error instanceof ChannelUnknown) return null
  throw error
}

/** Our word for a balance that is short and may be filled up. */
function asNotEnough(error: unknown): never {
  if (error instanceof ChannelRefused && error.channelCode === 'ACQ.SELLER_BALANCE_NOT_ENOUGH')
    throw new ChannelRefused('NOT_ENOUGH', error.httpStatus, {
      cause: error,
      earlierUnknown: error.earlierUnknown,
    })
  throw error
}
