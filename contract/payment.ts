import type { EntryKind } from './entry.ts'

export type PaymentState = 'created' | 'pending' | 'paid' | 'closing' | 'closed' | 'failed'

/** One attempt to collect for an order through one entry. */
export interface Payment {
  /** The out_trade_no, 32 characters. Whoever knows it can do nothing with it. */
  id: string
  orderId: string
  state: PaymentState
  entryCode: string
  entryKind: EntryKind
  /** Fen. */
  amountFen: number
  /** ISO 8601. */
  createdAt: string
  /** ISO 8601: the last moment to pay. */
  expiresAt: string
  /** ISO 8601, or null while unpaid. */
  paidAt: string | null
}

/** GET /api/{entry}/payments?cursor=… — the customer's payments in every entry, newest first, 10 a page. */
export interface PaymentPage {
  payments: Payment[]
  nextCursor: string | null
}

/**
 * POST /api/{entry}/orders/{orderId}/payments: starts, or takes up again, the payment of this order through this entry.
 * GET /api/{entry}/payments/{paymentId}: the same shape, for the payer (same entry, same openid) only.
 */
export interface PaymentView extends Payment {
  /** What is bought, e.g. "明前龙井 等 2 件". */
  description: string
  /** How the client collects it. */
  way: 'mini-program' | 'jsapi'
}

/**
 * POST /api/{entry}/payments/{paymentId}/launch: signed parameters for WeChat's cashier, for the payer only.
 * Hand them to wx.requestPayment (mini-program) or getBrandWCPayRequest (JSAPI) as they are.
 */
export interface PaymentLaunch {
  /** Present for JSAPI only. */
  appId?: string
  /** Seconds since 1970, as a string. */
  timeStamp: string
  nonceStr: string
  /** "prepay_id=…" */
  package: string
  signType: 'RSA'
  paySign: string
}

/** What the cashier told the client. A hint: it makes the server ask WeChat, it proves nothing. */
export type PaymentHint = 'ok' | 'cancel' | 'fail'

/** POST /api/{entry}/payments/{paymentId}/check: "ask WeChat now", at most one query every 2 s. Answers 200 with Payment. */
export interface PaymentCheckRequest {
  hint?: PaymentHint
}
