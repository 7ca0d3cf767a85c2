import type { PaidDisplayState, Payment } from './payment.ts'
import type { Refund, RefundRequest } from './refund.ts'
import type { Shipping, ShippingField, ShippingRequest } from './shipping.ts'

export type OrderState = 'pending' | 'paid' | 'closed'

/**
 * How an order is shown in every list, on every page. Clients choose badge, title and colour by it and derive nothing from
 * other fields.
 * - unpaid: 待支付
 * - paying: a cashier was opened, and its outcome is not known yet
 * - cancelling: its buyer cancels it, and a close at the channel is unanswered; cancelled: closed by its buyer
 * - closed-refunding: closed, and money that arrived afterwards is on its way back
 * Once an order is paid, refunds of the payment that pays it decide.
 */
export type OrderDisplayState =
  PaidDisplayState | 'unpaid' | 'paying' | 'cancelling' | 'cancelled' | 'closed' | 'closed-refunding'

/** What a client may say about a line: never anything about money. */
export interface OrderLineRequest {
  productId: string
  /** Whole number from 1 to 99. */
  quantity: number
}

/** POST /api/{entry}/quotes (public) */
export interface QuoteRequest {
  /** 1 to 20 lines, each product once. */
  lines: OrderLineRequest[]
}

/** POST /api/{entry}/orders (needs a session and the header Idempotency-Key). */
export interface OrderRequest extends QuoteRequest {
  /** What the quote's `shippingFields` ask for. */
  shipping?: ShippingRequest
}

export interface OrderLine {
  productId: string
  name: string
  picture: string
  /** Fen, as frozen when the order was placed. */
  unitPriceFen: number
  quantity: number
  /** Fen: unitPriceFen × quantity. */
  amountFen: number
}

export interface QuoteLine extends OrderLine {
  /** Pieces that may still be bought; null: as many as anybody wants. */
  piecesLeft: number | null
  /** Pieces that one customer may buy, in all their orders together; null: as many as anybody wants. */
  purchaseLimit: number | null
}

/** What an order would cost now. Whether there is enough of everything shows when it is placed. */
export interface Quote {
  lines: QuoteLine[]
  /** Fen. */
  totalFen: number
  /** What the shop asks for beside the goods; empty: nothing. */
  shippingFields: ShippingField[]
}

export interface Order {
  /** 13 characters of Crockford base32. */
  id: string
  state: OrderState
  displayState: OrderDisplayState
  /** Money may be on its way (支付中): a cashier was opened and nothing proves that the customer turned away. */
  paying: boolean
  lines: OrderLine[]
  /** Fen. */
  totalFen: number
  /** ISO 8601. */
  createdAt: string
  /** A payment may begin now: the order is unpaid and does not close within a minute. */
  payable: boolean
  /** ISO 8601: unpaid orders close after this moment. */
  expiresAt: string
  /** ISO 8601: the server's time when it answered. What is left until `expiresAt` counts from it, not from a phone's clock. */
  serverTime: string
  /** ISO 8601, or null while unpaid. */
  paidAt: string | null
  /** Fen of what paid the order that have gone back to the customer: totalFen when all of it has. */
  refundedFen: number
  /** ISO 8601, or null unless closed. */
  closedAt: string | null
  /** buyer: cancelled by its buyer. expiry: not paid in time. Null unless closed. */
  closedBy: 'buyer' | 'expiry' | null
  /** Unpaid, and its buyer has asked to cancel it: it closes when the channel has closed every attempt to pay it. */
  cancelling: boolean
  /** ISO 8601 of the buyer's wish to cancel, or null. A paid order keeps it: the money had come before the close. */
  cancelAskedAt: string | null
}

/** The shop changed what an unpaid order costs. */
export interface PriceChange {
  /** ISO 8601. */
  at: string
  /** Fen: the order's total until then. */
  fromFen: number
  /** Fen: the order's total from then on. */
  toFen: number
}

/**
 * POST /api/{entry}/orders/{orderId}/cancel: the buyer cancels an unpaid order. Answers OrderDetail: closed, or `cancelling`
 * while a close at the channel is unanswered. Repeated it does no more. 409 `order-paid` when it is paid, or turns out to be.
 */

/** GET /api/{entry}/orders/{orderId} */
export interface OrderDetail extends Order {
  /** Oldest first; empty when the order costs what its lines add up to. */
  priceChanges: PriceChange[]
  /** Newest first. */
  payments: Payment[]
  /** Oldest first. */
  refunds: Refund[]
  /** Fen of the payment that pays the order and that are neither back nor on their way back; 0 while unpaid. */
  refundableFen: number
  /** The customer's newest request for the money, or null. */
  refundRequest: RefundRequest | null
  /** What the customer wrote for the shop, or null. */
  shipping: Shipping | null
}

/**
 * What a list of orders may be narrowed to: a state, or `refund`: the orders, of the customer's newest 1,000, that have a
 * refund or a claim for one that was not withdrawn.
 */
export type OrderFilter = OrderState | 'refund'

/** GET /api/{entry}/orders?state=pending&cursor=… — newest first, 10 a page; `state` is an OrderFilter. */
export interface OrderPage {
  orders: Order[]
  /** Give it back as ?cursor= for the next page; null on the last. */
  nextCursor: string | null
  /** Orders of each filter, counted up to 100, which means more than 99. On first pages only. */
  counts?: Record<OrderFilter, number>
}

/**
 * GET /api/{entry}/orders/{orderId}/result: what the result page shows. The server decides, the page shows.
 * - checking: not known yet, ask again in `askAgainMs`
 * - paid: proven by WeChat's notification or by a query
 * - unpaid: proven NOTPAY, may be paid again
 * - closed: expired or closed, cannot be paid any more
 */
export interface OrderResult {
  order: Order
  result: 'checking' | 'paid' | 'unpaid' | 'closed'
  /** Number of the payment that was looked at; null when the order has none yet. */
  paymentId: string | null
  /** None while it is checked; oldest first. */
  refunds: Refund[]
  /** Whole milliseconds to wait before the next look; null when the result is final or only the customer can move on. */
  askAgainMs: number | null
}

/**
 * GET /api/{entry}/orders/{orderId}/status?link=… : for a browser without the customer's session, by the signed link in
 * the address that a cashier comes back to. An hour long, and nothing but this.
 */
export interface OrderStatus {
  result: OrderResult['result']
  displayState: OrderDisplayState
  /** Fen. */
  totalFen: number
}
