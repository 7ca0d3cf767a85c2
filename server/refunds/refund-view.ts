import type { Refund, RefundRequest } from '../../contract/refund.ts'
import type { RefundRequestRow, RefundRow } from '../store/tables.ts'

/** The refunds that a customer sees: on their way or there. One that WeChat refused moved nothing. */
export const toRefunds = (refunds: RefundRow[]): Refund[] =>
  refunds.filter(({ state }) => state !== 'closed' && state !== 'refused').map(toRefund)

const toRefund = (refund: RefundRow): Refund => ({
  id: refund.out_refund_no,
  paymentId: refund.out_trade_no,
  state: refund.state === 'succeeded' ? 'succeeded' : 'processing',
  surplus: refund.origin === 'surplus',
  amountFen: refund.amount_fen,
  createdAt: refund.created_at.toISOString(),
  succeededAt: refund.succeeded_at?.toISOString() ?? null,
})

/** A customer's request and the shop's answer. */
export const toRefundRequest = (row: RefundRequestRow): RefundRequest => ({
  id: row.request_id,
  state: row.state,
  reason: row.reason,
  reply: row.reply,
  createdAt: row.created_at.toISOString(),
})
