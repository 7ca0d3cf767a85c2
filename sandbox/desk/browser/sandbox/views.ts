import type { SignatureFinding } from '../../../gateway/signature-finding.ts'
import type { AttemptRecord, CallRecord, NotificationRecord } from '../../../world/inbox.ts'

// What the control routes answer, as far as the desk shows it.

/** By machine time calls are judged, not shown. A status of 0: nothing was answered. */
export type CallView = Omit<CallRecord, 'receivedAtMs'>
export type AttemptView = AttemptRecord
export type NotificationView = NotificationRecord

/** GET /_sandbox/calls/{id} */
export interface ExplainedCall extends CallView {
  /** Null: calls of this kind are not signed. */
  signature: SignatureFinding | null
}

export interface TradeView {
  /** Read from Alipay's trades: its merchant is a seller, and nobody acts for a person here. */
  isAtAlipay?: true
  mchid: string
  appid: string
  subMchid: string | null
  subAppid: string | null
  outTradeNo: string
  transactionId: string | null
  tradeType: string
  tradeState: string
  amountFen: number
  description: string
  notifyUrl: string
  payerOpenid: string | null
  paidBy: string | null
  createdAt: string
  expiresAt: string
  paidAt: string | null
}

/** A trade at Alipay: there is one as soon as somebody opened its cashier. */
export interface AlipayTradeView {
  appId: string
  sellerId: string
  outTradeNo: string
  tradeNo: string
  productCode: string
  tradeStatus: string
  amountFen: number
  subject: string
  notifyUrl: string | null
  /** Whoever opened its cashier: nobody else may pay. */
  buyer: string
  createdAt: string
  expiresAt: string
  paidAt: string | null
  refunds: { outRequestNo: string; amountFen: number; at: string }[]
}

export interface RefundView {
  mchid: string
  outTradeNo: string
  outRefundNo: string
  refundId: string
  status: string
  amountFen: number
  onPlatform: boolean
  steps: { status: string; at: string }[]
}

export interface ClockView {
  now: string
  nowMs: number
  frozen: boolean
  offsetMs: number
}

/** GET /_sandbox/snapshots */
export interface SnapshotView {
  id: string
  /** Empty: it has none. */
  name: string
  /** Business time. */
  at: string
}

export interface RuleView {
  id: string
  match: Record<string, unknown>
  effect: Record<string, unknown>
  struck: number
}

export interface PersonView {
  id: string
  name: string
  unionid: string
  balanceFen: number
  openids: Record<string, string>
}

export interface AppView {
  appid: string
  appsecret: string
  kind: string
  name: string
}

export interface MerchantView {
  mchid: string
  name: string
  role: 'merchant' | 'partner'
  mode: 'certificate' | 'migrating' | 'public-key'
  publicKeyPercent: number
  serialNo: string
  privateKeyPem: string
  certificatePem: string
  apiV3Key: string
  appids: AppView[]
  publicKeyId: string
  publicKeyPem: string
  platformSerialNo: string
  platformCertificatePem: string
  subMerchants: { mchid: string; name: string; appids: AppView[] }[]
}

/** What is wrong between the ledger and a merchant's books; the kinds: docs/sandbox.md. */
export interface DifferenceView {
  kind:
    | 'lost'
    | 'invented'
    | 'doubled'
    | 'unreturned'
    | 'wrong-amount'
    | 'refund-missing'
    | 'refund-invented'
    | 'refund-amount'
    | 'refund-state'
    | 'open-too-long'
    | 'still-payable'
  mchid: string
  outTradeNo: string
  /** A state, or an amount in fen; null: nothing. */
  actual?: string | number | null
  books?: string | number | null
}

export interface VerdictView {
  clean: boolean
  differences: DifferenceView[]
  counts: Record<string, number>
}
