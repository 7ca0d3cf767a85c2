/** Something that happened in the shop, as its own systems are told. */
export type ShopEventType =
  | 'order.paid'
  | 'order.closed'
  | 'payment.surplus'
  | 'refund.succeeded'
  | 'refund.closed'
  | 'refund.abnormal'
  | 'refund.refused'

/**
 * The body of a message to a subscriber, signed as Standard Webhooks says. It may come more than once, and later than one
 * that happened after it: `id` tells whether it came before, `timestamp` which was first.
 */
export type ShopEvent = OrderShopEvent | PaymentShopEvent | RefundShopEvent

/** order.paid may come after order.closed: the customer's money was late, and the order stands. */
export interface OrderShopEvent {
  /** The same in every repeat, and in the header webhook-id. */
  id: string
  type: 'order.paid' | 'order.closed'
  /** ISO 8601: when it happened. */
  timestamp: string
  data: {
    /** The order's id. */
    id: string
    state: 'paid' | 'closed'
    entryCode: string
    /** Fen. */
    totalFen: number
    /** The payment that pays it, or null. */
    paymentId: string | null
    /** Fen of it that are back already. This and the next two are absent in events that an earlier version wrote. */
    refundedFen?: number
    /** Fen of it that are neither back nor on their way back. */
    refundableFen?: number
    /** Of order.closed: buyer: cancelled by its buyer; expiry: not paid in time. Absent in events of an earlier version. */
    closedBy?: 'buyer' | 'expiry' | null
    /**
     * Not null: part of the money was given back at the channel before the order was known to be paid, and this event
     * waited for it. refund-recorded: the amounts above are right. refund-unknown: an operator ended the wait without
     * recording a refund, so check at the channel how much is left before anything is delivered.
     */
    note?: 'refund-recorded' | 'refund-unknown' | null
    /**
     * The customer left a note, a phone number or an address. Messages carry no personal data: read it at
     * GET /api/operator/orders/{orderId}. Absent in events that an earlier version wrote.
     */
    hasShipping?: boolean
  }
}

/** Paid though another payment pays the order, or at a price that the order no longer has: it goes back by itself. */
export interface PaymentShopEvent {
  id: string
  type: 'payment.surplus'
  timestamp: string
  data: {
    /** The out_trade_no. */
    id: string
    orderId: string
    channel: 'wechatpay' | 'alipay'
    mchid: string
    /** The channel's number. */
    transactionId: string
    /** Fen. */
    amountFen: number
  }
}

/** closed, refused: nothing went back. abnormal: it did not reach the customer, and somebody has to do something. */
export interface RefundShopEvent {
  id: string
  type: 'refund.succeeded' | 'refund.closed' | 'refund.abnormal' | 'refund.refused'
  timestamp: string
  data: {
    /** The out_refund_no. */
    id: string
    orderId: string
    paymentId: string
    state: 'succeeded' | 'closed' | 'abnormal' | 'refused'
    origin: 'operator' | 'surplus' | 'platform'
    /** Fen. */
    amountFen: number
    /** The channel's own number, or null when it never gave one. */
    refundId: string | null
  }
}
