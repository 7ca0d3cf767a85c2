import type { ColumnType, Generated, Selectable } from 'kysely'
import type { EntryKind } from '../../contract/entry.ts'
import type { PaymentHint, PaymentWay } from '../../contract/payment.ts'
import type { ShopEventType } from '../../contract/shop-event.ts'
import type { DeliveryEvent, DeliveryState } from '../deliveries/delivery-state.ts'
import type { OrderState } from '../orders/order-state.ts'
import type { ChannelName } from '../payments/payment-channel.ts'
import type { PaymentState } from '../payments/payment-state.ts'
import type { AnomalyState } from '../refunds/anomaly-state.ts'
import type { ApprovalState } from '../refunds/approval-state.ts'
import type { RefundState } from '../refunds/refund-state.ts'
import type { RequestState } from '../refunds/request-state.ts'

/** Rows as PostgreSQL has them; what each column means stands in migrations/. */
export interface Tables {
  products: ProductTable
  stock_changes: {
    product_id: string
    at: Date
    changed_by: string
    change_by: number
    stock: number
    /** Null: from before changes had one. */
    idempotency_key: string | null
  }
  accounts: { id: string; created_at: Date }
  identities: {
    appid: string
    openid: string
    account_id: string
    unionid: string | null
    created_at: Date
    origin_id: string | null
    sole: true | null
  }
  unions: { unionid: string; account_id: string; sole: true | null }
  sessions: SessionRow
  web_view_tickets: {
    ticket_hash: Buffer
    entry_code: string
    appid: string
    openid: string
    account_id: string
    expires_at: Date
    used_at: Date | null
  }
  oauth_states: {
    state_hash: Buffer
    entry_code: string
    pre_session_hash: Buffer
    return_path: string
    expires_at: Date
    used_at: Date | null
    openid: string | null
    account_id: string | null
    is_virtual: boolean | null
    is_prefixed: boolean
    claimed_at: Date | null
    exchange_count: Generated<number>
  }
  rate_counters: { purpose: string; subject_hash: Buffer; hits: number; ends_at: Date }
  join_offers: JoinOfferRow
  account_history: AccountHistoryRow
  bind_codes: { code_hash: Buffer; account_id: string; expires_at: Date; used_at: Date | null }
  orders: OrderRow
  order_lines: OrderLineRow
  order_shipping: OrderShippingRow
  address_picks: AddressPickRow
  order_requests: {
    account_id: string
    idempotency_key: string
    request_hash: Buffer
    order_id: string
    created_at: Date
  }
  payments: PaymentRow
  refunds: RefundRow
  second_looks: SecondLookRow
  history: {
    order_id: string
    subject: 'order' | 'payment' | 'refund' | 'anomaly' | 'request' | 'approval'
    subject_no: string
    version: number
    at: Date
    event: string
    from_state: string | null
    to_state: string
    evidence: Json
  }
  notifications: NotificationRow
  server_keys: { name: string; key: Buffer }
  chores: { name: string; due_at: Date; place: string | null }
  anomalies: AnomalyTable
  refund_requests: RefundRequestRow
  operator_days: { operator: string; day: string; given_fen: number; limit_fen: number }
  refund_approvals: RefundApprovalRow
  subscribers: { name: string; event_types: ShopEventType[] }
  shop_events: ShopEventTable
  deliveries: DeliveryRow
  delivery_log: DeliveryLogRow
}

/** Written as text, read as a value. */
type Json = ColumnType<Record<string, unknown>, string, never>

interface ProductTable {
  id: string
  position: number
  name: string
  summary: string
  price_fen: number
  goods_type: string
  picture: string
  on_sale: boolean
  stock: number | null
  held: Generated<number>
  purchase_limit: number | null
}

export type ProductRow = Selectable<ProductTable>
export type StockChangeRow = Tables['stock_changes']

export interface SessionRow {
  token_hash: Buffer
  kind: 'native' | 'web'
  entry_code: string
  appid: string | null
  openid: string | null
  account_id: string
  is_virtual: boolean
  created_at: Date
  expires_at: Date
  origin_id: string | null
  is_shared: boolean
  is_prefixed: boolean
}

export interface JoinOfferRow {
  account_id: string
  code_hash: Buffer
  created_at: Date
  expires_at: Date
  join_id: string | null
  asked_by: string | null
  asked_at_entry: string | null
  asked_at: Date | null
  refused_at: Date | null
}

export interface AccountHistoryRow {
  account_id: string
  at: Date
  event: 'joined' | 'split'
  other_id: string
  changed_by: string
  reason: string | null
  order_count: number
}

export interface OrderRow {
  order_id: string
  account_id: string
  entry_code: string
  goods_type: string
  total_fen: number
  state: OrderState
  version: number
  payment_count: number
  created_at: Date
  expires_at: Date
  paid_at: Date | null
  closed_at: Date | null
  placed_from: string | null
  placed_site: string | null
  origin_id: string | null
  cancel_asked_at: Date | null
}

export interface OrderLineRow {
  order_id: string
  line_no: number
  product_id: string
  name: string
  picture: string
  unit_price_fen: number
  quantity: number
  held: number
}

export interface PaymentRow {
  order_id: string
  out_trade_no: string
  account_id: string
  entry_code: string
  entry_kind: EntryKind
  channel: ChannelName
  mode: 'merchant' | 'partner'
  mchid: string
  appid: string
  sub_mchid: string | null
  sub_appid: string | null
  way: PaymentWay
  openid: string | null
  payer_ip: string | null
  amount_fen: number
  description: string
  notify_url: string
  expires_at: Date
  prepay_body: string
  state: PaymentState
  version: number
  created_at: Date
  handle: string | null
  handle_at: Date | null
  transaction_id: string | null
  paid_at: Date | null
  paid_by: string | null
  kept: boolean
  launched_at: Date | null
  hint: PaymentHint | null
  hint_at: Date | null
  unpaid_since: Date | null
  unpaid_at: Date | null
  asked_at: Date | null
  next_check_at: Date | null
  reserved_fen: number
  refunded_fen: number
  refund_count: number
  overdrawn_fen: number | null
}

/** Personal data of an order. */
export interface OrderShippingRow {
  order_id: string
  note: string | null
  phone: string | null
  name: string | null
  region: string | null
  detail: string | null
}

/** A chosen address on its way from the native page to the web-view. */
export interface AddressPickRow {
  account_id: string
  pick: string
  name: string
  phone: string
  region: string
  detail: string
  expires_at: Date
}

export interface RefundRow {
  order_id: string
  out_refund_no: string
  out_trade_no: string
  origin: 'operator' | 'surplus' | 'platform'
  requested_by: string | null
  reason: string | null
  idempotency_key: string | null
  request_hash: Buffer | null
  amount_fen: number
  request_body: string | null
  state: RefundState
  version: number
  created_at: Date
  due_at: Date
  submitted_at: Date | null
  refund_id: string | null
  succeeded_at: Date | null
  refusal: string | null
  next_check_at: Date | null
  unanswered_count: number | null
  doubted_at: Date | null
  absent_count: number
  received_account: string | null
}

/** Who takes the money: a merchant number of WeChat Pay's, or a seller of Alipay's. */
export type Payee = Pick<PaymentRow, 'channel' | 'mchid'>

export interface SecondLookRow {
  order_id: string
  out_trade_no: string
  channel: PaymentRow['channel']
  mchid: string
  due_at: Date
}

export interface NotificationRow {
  order_id: string
  notification_id: string
  mchid: string
  channel: ChannelName
  event_type: string
  resource: Json
  received_at: Date
  settled_at: Date | null
  outcome: string | null
  attempts: number
  next_attempt_at: Date | null
}

interface AnomalyTable {
  order_id: string
  out_trade_no: string
  /**
   * mismatch: a verified message that differs from what we have. orphan: paid or refunded at the channel, unknown here.
   * unknown-refund: the channel says that something was refunded, and not what. refund-abnormal, refund-failed: the
   * money did not reach the customer, see the refund. refunded-twice: a refund that counted as refused went out after all,
   * and another was made meanwhile. out-of-stock: paid after its order had closed and its pieces were sold.
   * left-open: something that should have ended long ago and says why it has not.
   */
  kind:
    | 'mismatch'
    | 'orphan'
    | 'unknown-refund'
    | 'refund-abnormal'
    | 'refund-failed'
    | 'refunded-twice'
    | 'out-of-stock'
    | 'left-open'
  evidence_id: string
  found_at: Date
  particulars: Json
  anomaly_id: Generated<string>
  state: Generated<AnomalyState>
  version: Generated<number>
}

export type AnomalyRow = Selectable<AnomalyTable>

export interface RefundRequestRow {
  order_id: string
  request_id: string
  reason: string
  state: RequestState
  version: number
  created_at: Date
  reply: string | null
}

export interface RefundApprovalRow {
  order_id: string
  approval_id: string
  out_trade_no: string
  amount_fen: number
  reason: string
  asked_by: string
  idempotency_key: string
  request_hash: Buffer
  state: ApprovalState
  version: number
  created_at: Date
  expires_at: Date
  decided_by: string | null
  out_refund_no: string | null
}

export type SubscriberRow = Tables['subscribers']

interface ShopEventTable {
  order_id: string
  event_id: string
  subject: 'order' | 'payment' | 'refund'
  subject_no: string
  version: number
  type: ShopEventType
  at: Date
  facts: Json
}

export type ShopEventRow = Selectable<ShopEventTable>

export interface DeliveryRow {
  order_id: string
  delivery_id: string
  event_id: string
  subscriber: string
  state: DeliveryState
  version: number
  created_at: Date
  attempts: number
  rung: number
  next_attempt_at: Date | null
  delivered_at: Date | null
}

export interface DeliveryLogRow {
  order_id: string
  delivery_id: string
  version: number
  at: Date
  event: DeliveryEvent
  status: number | null
  error: string | null
  took_ms: number | null
  replayed_by: string | null
}
