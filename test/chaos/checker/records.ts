/** One thing that should not be. `kind` is stable; `about` names the order, payment or refund. */
export interface Difference {
  kind: string
  about: string
  /** What was expected, and what was found. */
  expected?: unknown
  found?: unknown
}

/** A row of orders. */
export interface OrderRecord {
  orderId: string
  state: string
  totalFen: number
  version: number
}

/** A row of payments. */
export interface PaymentRecord {
  orderId: string
  outTradeNo: string
  state: string
  kept: boolean
  mchid: string
  appid: string
  openid: string | null
  amountFen: number
  transactionId: string | null
  /** Milliseconds since 1970. */
  paidAtMs: number | null
  /** When its cashier was last opened; milliseconds since 1970. */
  launchedAtMs: number | null
  /** Whether the channel's answer to the prepay arrived: without its handle no cashier opens. */
  hasHandle: boolean
  version: number
  /** Set aside for refunds that may still go out, and gone out. */
  reservedFen: number
  refundedFen: number
}

/** A row of refunds. */
export interface RefundRecord {
  orderId: string
  outTradeNo: string
  outRefundNo: string
  state: string
  amountFen: number
  version: number
  /** The key that it was asked for under; of a refund that is made again it begins with the anomaly's id, of an approved request it is the request's. */
  key: string | null
}

/** A row of refund_requests: a customer asks for the money back. */
export interface RequestRecord {
  orderId: string
  requestId: string
  state: string
  version: number
}

/** A row of history: one step of an order, a payment or a refund. */
export interface StepRecord {
  orderId: string
  subject: string
  subjectNo: string
  version: number
  /** Milliseconds since 1970. */
  atMs: number
  event: string
  fromState: string | null
  toState: string
  /** Where it was heard, e.g. { from: 'notification', notificationId }. */
  evidence: { from?: string; notificationId?: string }
}

/** A row of products. */
export interface ProductRecord {
  productId: string
  /** Null: as many as anybody wants. */
  stock: number | null
  held: number
}

/** A row of order_lines. */
export interface LineRecord {
  orderId: string
  productId: string
  quantity: number
  held: number
}

/** A row of shop_events: what subscribers are told about a step. */
export interface EventRecord {
  eventId: string
  type: string
  orderId: string
  subjectNo: string
}

/** A row of deliveries. */
export interface DeliveryRecord {
  eventId: string
  state: string
}

/** A message that a subscriber got. */
export interface HeardRecord {
  id: string
  type: string
  /** Of the order, payment or refund. */
  number: string
}

/** Something about a payment that an operator was shown. */
export interface AnomalyRecord {
  anomalyId: string
  outTradeNo: string
  kind: string
  state: string
  version: number
  /** The refund that it is about, or null. */
  outRefundNo: string | null
}

/** What the merchant's own tables say. */
export interface Books {
  orders: OrderRecord[]
  payments: PaymentRecord[]
  refunds: RefundRecord[]
  requests: RequestRecord[]
  steps: StepRecord[]
  products: ProductRecord[]
  lines: LineRecord[]
  events: EventRecord[]
  deliveries: DeliveryRecord[]
  /** Types of events that any subscriber has asked for from the beginning. */
  wantedEvents: string[]
  anomalies: AnomalyRecord[]
  /** Ids of all notifications that were stored. */
  inbox: string[]
  /** Ids of notifications that were stored and not settled. */
  unsettled: string[]
}

/** A trade as WeChat has it. */
export interface TradeRecord {
  mchid: string
  appid: string
  outTradeNo: string
  transactionId: string | null
  /** NOTPAY, SUCCESS, REFUND or CLOSED. */
  tradeState: string
  amountFen: number
  payerOpenid: string | null
  paidAtMs: number | null
}

/** A refund as WeChat has it. */
export interface LedgerRefund {
  mchid: string
  outTradeNo: string
  outRefundNo: string
  /** PROCESSING, SUCCESS, CLOSED or ABNORMAL. */
  status: string
  amountFen: number
}

/** What a subscriber heard; null: nobody listened. */
export type Heard = HeardRecord[] | null

/** What WeChat says happened. */
export interface Ledger {
  trades: TradeRecord[]
  refunds: LedgerRefund[]
}

/** Records under their key. Those that share one are all there. */
export function groupBy<One>(records: readonly One[], keyOf: (record: One) => string): Map<string, One[]> {
  const groups = new Map<string, One[]>()
  for (const record of records) {
    const key = keyOf(record)
    const group = groups.get(key)
    if (group) group.push(record)
    else groups.set(key, [record])
  }
  return groups
}

export const sumOf = (amounts: readonly number[]): number => amounts.reduce((sum, amount) => sum + amount, 0)
