/** Every error of our API: RFC 9457, application/problem+json. */
export interface Problem {
  /** e.g. "/problems/not-found" */
  type: string
  title: string
  status: number
  /** A short, polite Chinese sentence that says what to do next. */
  detail: string
  /** Named refusals that a client treats apart. */
  code?: ProblemCode
  /** With `order-paid` and `order-closed`: the order that takes no payment any more. */
  orderId?: string
  /** With `order-closed`, when a payment was asked for: why. */
  closure?: OrderClosure
  /** Give this to support. */
  requestId: string
  /** For invalid input, and for lines that cannot be ordered: where and why. */
  errors?: { path: string; message: string }[]
}

/**
 * Why an order takes no payment any more:
 * - cancelled: its buyer cancelled it
 * - cancelling: its buyer has asked to cancel it, and a channel has not confirmed the close yet
 * - expired: it was not paid in time
 * - last-minute: it closes within a minute
 */
export type OrderClosure = 'cancelled' | 'cancelling' | 'expired' | 'last-minute'

export type ProblemCode =
  | 'ticket-spent'
  | 'code-spent'
  | 'order-paid'
  | 'order-closed'
  | 'payment-closed'
  | 'wrong-payer'
  | 'virtual-account'
  | 'address-changed'
  | 'address-unknown'
  | 'out-of-stock'
  | 'too-many-unpaid'
  | 'purchase-limit'
  | 'product-gone'
  | 'bind-code-wrong'
  | 'bind-code-own'
  | 'two-people'
  | 'joined-browser'
  | 'join-over'
  | 'outside-mini-program'
  | 'wechat-silent'
  | 'refund-asked'
  | 'refund-unknown'
  | 'over-limit'
  | 'own-approval'
