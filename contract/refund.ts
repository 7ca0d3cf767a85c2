/** How far a refund is, as operators and the books see it. */
export type RefundState =
  'created' | 'submitted' | 'processing' | 'succeeded' | 'closed' | 'abnormal' | 'refused'

/** Money on its way back to the customer, or back already. One that came to nothing is not shown. */
export interface Refund {
  /** The out_refund_no. */
  id: string
  /** Out of which payment. */
  paymentId: string
  state: 'processing' | 'succeeded'
  /** Paid twice, too late or at an old price, and therefore given back without anybody asking. */
  surplus: boolean
  /** Fen. */
  amountFen: number
  /** ISO 8601. */
  createdAt: string
  /** ISO 8601, or null until it succeeded. */
  succeededAt: string | null
}

/**
 * POST /api/{entry}/orders/{orderId}/refund-requests {reason}: asks the shop for the money back; one that is open at a
 * time. Nothing goes back before an operator approves.
 */
export interface RefundRequestWish {
  reason: string
}

export interface RefundRequest {
  id: string
  state: 'open' | 'approved' | 'declined'
  reason: string
  /** What the shop answered, or null. */
  reply: string | null
  /** ISO 8601. */
  createdAt: string
}
