import type { Delivery } from './delivery.ts'
import type { Order } from './order.ts'
import type { Payment } from './payment.ts'
import type { RefundRequest, RefundState } from './refund.ts'
import type { Shipping } from './shipping.ts'

/** GET /api/operator/orders/{orderId}: everything about an order, for whoever answers its customer. */
export interface OperatorOrder {
  order: Order
  /** Newest first. */
  payments: OperatorPayment[]
  /** Oldest first. */
  refunds: OperatorRefund[]
  /** What happened to the order, its payments and refunds, oldest first. Nothing is ever taken out of it. */
  timeline: TimelineEvent[]
  /** Who was told of it, and whether they took it, oldest first. */
  deliveries: Delivery[]
  /** What the customer wrote for the shop, or null. Personal data. */
  shipping: Shipping | null
}

export interface OperatorPayment extends Payment {
  /** This payment pays the order; another paid one is surplus. */
  kept: boolean
  mchid: string
  /** WeChat's number, or null while unpaid. */
  transactionId: string | null
  /** Fen of refunds that are asked for and not over. */
  reservedFen: number
  /** Fen that have gone back. */
  refundedFen: number
  /** Fen that are neither back nor on their way back; 0 while a refund of the channel is not recorded. */
  refundableFen: number
}

export interface OperatorRefund {
  /** The out_refund_no. */
  id: string
  paymentId: string
  state: RefundState
  /** operator: asked for. surplus: paid twice. platform: made at WeChat and found. */
  origin: 'operator' | 'surplus' | 'platform'
  /** The operator's name, or null. */
  requestedBy: string | null
  reason: string | null
  /** Fen. */
  amountFen: number
  /** WeChat's own number, or null until it answered. */
  refundId: string | null
  /** WeChat's last refusal, e.g. "NOT_ENOUGH": the merchant's balance is short, it is tried again. */
  refusal: string | null
  /** ISO 8601. */
  createdAt: string
  /** ISO 8601: not sent before this moment. */
  dueAt: string
  /** ISO 8601, or null until it succeeded. */
  succeededAt: string | null
}

/** One step of something's life. */
export interface TimelineEvent {
  /** ISO 8601. */
  at: string
  subject: 'order' | 'payment' | 'refund' | 'anomaly' | 'request' | 'approval'
  /** Its number or id. */
  number: string
  /** e.g. "paid" */
  event: string
  /** Null for the first step. */
  fromState: string | null
  toState: string
  /** Why it is believed: where from, which notification, who asked. */
  evidence: Record<string, unknown>
}

/** POST /api/operator/orders/{orderId}/refunds, with the header Idempotency-Key. Answers OperatorRefund. */
export interface OperatorRefundRequest {
  /** Without it: the payment that pays the order. */
  paymentId?: string
  /** Fen; without it all that is left. */
  amountFen?: number
  /** At most 80 bytes of it reach the customer's bill. */
  reason?: string
}

/** Something that fits nothing here, or money that did not reach its customer: an operator's task. */
export interface Anomaly {
  id: string
  /** Null when the number names no order of ours. */
  orderId: string | null
  /** The out_trade_no it is about. */
  paymentId: string
  kind:
    | 'mismatch'
    | 'orphan'
    | 'unknown-refund'
    | 'refund-abnormal'
    | 'refund-failed'
    | 'refunded-twice'
    | 'out-of-stock'
    | 'left-open'
  state: 'open' | 'resolved' | 'dismissed'
  /** ISO 8601. */
  foundAt: string
  /** What differs, in our words. */
  particulars: Record<string, unknown>
  /** What may be done about it. */
  actions: AnomalyAction['action'][]
}

/** GET /api/operator/anomalies?cursor=… : the open ones, oldest first. */
export interface AnomalyPage {
  anomalies: Anomaly[]
  nextCursor: string | null
}

/** GET /api/operator/anomalies/{anomalyId}: also one that has ended, with who did what, when and why. */
export interface AnomalyDetail extends Anomaly {
  /** Oldest first. */
  timeline: TimelineEvent[]
}

/**
 * POST /api/operator/orders/{orderId}/payments/{paymentId}/found-refunds: counts a refund that was made on the channel's own
 * platform, by its out_refund_no (商户退款单号); the channel is asked about it. Answers OperatorRefund.
 */
export interface FoundRefund {
  outRefundNo: string
}

/**
 * POST /api/operator/anomalies/{anomalyId}/actions. Answers Anomaly.
 * - settle-again: ask WeChat again and settle its answer, after somebody has mended what was wrong
 * - record-refund: count a refund that was made on WeChat's platform, by the number that the platform shows
 * - refund-again: give the same amount back under a new number, or what is left when that is less
 * - dismiss: nothing is to be done; the note says why
 */
export type AnomalyAction =
  | { action: 'settle-again' }
  | { action: 'record-refund'; outRefundNo: string }
  | { action: 'refund-again' }
  | { action: 'dismiss'; note: string }

/** GET /api/operator/refund-requests?cursor=… : the open ones, oldest first. */
export interface RefundRequestPage {
  requests: (RefundRequest & {
    orderId: string
    /** Fen that an approval would give back. */
    refundableFen: number
  })[]
  nextCursor: string | null
}

/**
 * POST /api/operator/refund-requests/{requestId}/decision. Approved: everything that is left of the order goes back.
 * Answers RefundDecided.
 */
export interface RefundDecision {
  approved: boolean
  /** For the customer to read. */
  reply?: string
}

/** The request as it stands now, with what the channel has said in the same moment. */
export interface RefundDecided extends RefundRequest {
  /** The channel's code of its refusal, e.g. "NO_AUTH", or null. */
  refusal: string | null
  /** The open anomaly to go on with when the refund failed, or null. */
  anomalyId: string | null
}

/** A refund above its operator's limit, for another operator to approve. No money is reserved before. */
export interface RefundApproval {
  id: string
  orderId: string
  paymentId: string
  /** Fen. */
  amountFen: number
  reason: string
  state: 'open' | 'approved' | 'declined'
  /** The operator who asked; never the one who approves. */
  askedBy: string
  decidedBy: string | null
  /** The out_refund_no of the refund that was opened, or null. */
  refundId: string | null
  /** ISO 8601. */
  createdAt: string
  /** ISO 8601: not to be decided after this moment. */
  expiresAt: string
}

/** GET /api/operator/refund-approvals?cursor=… : those that wait and have not expired, oldest first. */
export interface RefundApprovalPage {
  approvals: RefundApproval[]
  nextCursor: string | null
}

/** POST /api/operator/orders/{orderId}/refund-approvals, with the header Idempotency-Key. Answers RefundApproval. */
export interface RefundApprovalWish {
  /** Without it: the payment that pays the order. */
  paymentId?: string
  /** Fen; without it all that is left. */
  amountFen?: number
  /** For the operator who decides; at most 80 bytes of it reach the customer's bill. */
  reason: string
}

/** POST /api/operator/refund-approvals/{approvalId}/decision. Answers RefundApproval. */
export interface RefundApprovalDecision {
  approved: boolean
}

/** POST /api/operator/products/{productId}/stock: pieces that came in, or went another way. Answers ProductStock. */
export interface StockChange {
  /** Pieces, negative when they went. */
  changeBy: number
}

export interface ProductStock {
  productId: string
  /** Pieces that the shop has, those of orders included. */
  stock: number
  /** Pieces that pending and paid orders hold. */
  held: number
  piecesLeft: number
}

/** POST /api/operator/orders/{orderId}/price: what an unpaid order costs from now on. Answers OperatorOrder. */
export interface PriceChange {
  /** Fen. */
  totalFen: number
  /** For the timeline. */
  reason: string
}
