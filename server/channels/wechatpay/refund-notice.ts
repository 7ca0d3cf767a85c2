import { z } from 'zod'
import type { ChannelRefund } from '../../payments/payment-channel.ts'
import { OUTCOMES, receivedAccount } from './refund.ts'

const id = z.string().min(1).max(64)

/** Other names than in answers: refund_status, no currency, and the merchant. https://pay.weixin.qq.com/doc/v3/merchant/4012810605 */
const noticeSchema = z.object({
  mchid: id.optional(),
  sp_mchid: id.optional(),
  sub_mchid: id.optional(),
  out_trade_no: id,
  transaction_id: id,
  out_refund_no: id,
  refund_id: id,
  refund_status: z.enum(['SUCCESS', 'CLOSED', 'ABNORMAL']),
  success_time: z.iso.datetime({ offset: true }).nullish().catch(null),
  user_received_account: receivedAccount,
  amount: z.object({ total: z.int().positive(), refund: z.int().positive() }),
})

/** The refund that a notification proves, or null. One whose event and status contradict each other proves nothing. */
export const readNotifiedRefund = (eventType: string, resource: unknown): ChannelRefund | null => {
  const notice = noticeSchema.safeParse(resource).data
  if (notice === undefined || eventType !== `REFUND.${notice.refund_status}`) return null
  const mchid = notice.sp_mchid ?? notice.mchid
  if (mchid === undefined) return null
  const outcome = OUTCOMES[notice.refund_status]
  return {
    outcome,
    outRefundNo: notice.out_refund_no,
    outTradeNo: notice.out_trade_no,
    mchid,
    subMchid: notice.sp_mchid === undefined ? null : (notice.sub_mchid ?? null),
    refundId: notice.refund_id,
    transactionId: notice.transaction_id,
    amountFen: notice.amount.refund,
    totalFen: notice.amount.total,
    succeededAt: outcome === 'succeeded' && notice.success_time ? new Date(notice.success_time) : null,
    receivedAccount: notice.user_received_account ?? null,
  }
}
