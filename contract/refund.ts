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
  /** ISO 8601: when the channel was first asked for it; null before. */
  submittedAt: string | null
  /** What the shop gave as its reason, or null. */
  reason: string | null
  /** Where the money goes in the channel's words, e.g. "招商银行信用卡0403"; null until it says so. */
  receivedAccount: string | null
  /** What kind of account that is, for how long it takes. */
  goesTo: 'balance' | 'card' | 'unknown'
}

/**
 * POST /api/{entry}/orders/{orderId}/refund-requests {reason}: asks the shop for the money back; one that is open at a
 * time. Nothing goes back before an operator approves.
 */
export interface RefundRequestWish {
  reason: string
}

/**
 * What became of an approved request, or of the refund that was made in place of a failed one.
 * - underway: the shop has asked for it; the channel has not finished it
 * - succeeded: the money is back
 * - abnormal: the customer's card did not take it; the shop has to send it elsewhere
 * - failed: the channel refused or closed it, no money went back; the shop has to act
 */
export interface RequestedRefund {
  /** The out_refund_no. */
  id: string
  /** Fen. */
  amountFen: number
  outcome: 'underway' | 'succeeded' | 'abnormal' | 'failed'
}

export interface RefundRequest {
  id: string
  state: 'open' | 'approved' | 'declined' | 'withdrawn'
  reason: string
  /** What the shop answered, or null. */
  reply: string | null
  /** The refund that it led to, with what the channel said of it; null while it is open, and when it is declined. */
  refund: RequestedRefund | null
  /** ISO 8601. */
  createdAt: string
  /** ISO 8601: when it was approved, declined or withdrawn; null while it is open. */
  endedAt: string | null
}

/**
 * POST /api/{entry}/orders/{orderId}/refund-requests/{requestId}/withdraw: the customer takes an undecided request back.
 * Answers RefundRequest. Repeated it does no more. 409 when an operator has decided it.
 */
