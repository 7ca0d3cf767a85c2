import type { PaymentState } from './payment.ts'
import type { RefundState } from './refund.ts'

/**
 * GET /api/books (operator's bearer): application/x-ndjson, one line a payment, in no order that means anything. Made
 * for programs outside that compare our books with the channel's.
 */
export interface BookLine {
  outTradeNo: string
  orderId: string
  /** e.g. "wechatpay" */
  channel: string
  mchid: string
  state: PaymentState
  /** Fen. */
  amountFen: number
  /** This payment pays its order; another paid one is surplus. */
  kept: boolean
  /** Fen that have gone back. */
  refundedFen: number
  /** Fen that are neither back nor on their way back; 0 while unpaid, and while a refund of the channel is not recorded. */
  refundableFen: number
  refunds: BookRefund[]
}

export interface BookRefund {
  outRefundNo: string
  state: RefundState
  /** Fen. */
  amountFen: number
}
