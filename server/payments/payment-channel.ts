import type { PaymentLaunch, PaymentWay } from '../../contract/payment.ts'

/** The channels there are, by the name that a payment keeps for ever. */
export type ChannelName = 'wechatpay' | 'alipay'

/** The identities a payment was made with. Frozen when the payment is created; query, close and refund use it for ever. */
export interface PaymentSnapshot {
  outTradeNo: string
  /** 'partner': mchid/appid are the provider's (sp_), subMchid/subAppid the merchant's. */
  mode: 'merchant' | 'partner'
  mchid: string
  appid: string
  subMchid: string | null
  subAppid: string | null
  way: PaymentWay
  /** The payer under `appid` (or under `subAppid` when that is set); null where anybody may pay. */
  openid: string | null
  /** The address the payer's browser came from, where the channel compares it (H5 pay); otherwise null. */
  payerIp: string | null
  /** Fen. */
  amountFen: number
  /** At most 127 bytes of UTF-8 reach WeChat; the channel cuts longer ones. */
  description: string
  /** The last moment to pay. */
  expiresAt: Date
  /** Absolute address that the channel notifies; names the merchant, has no query. */
  notifyUrl: string
}

/** What the channel knows about a payment, in our words. Proven: it comes out of a verified answer or notification. */
export interface ChannelTrade {
  /** paid-then-refunded was paid too: settle it as paid, then look for refunds. failed: the channel gave up on it. */
  outcome: 'paid' | 'paid-then-refunded' | 'unpaid' | 'closed' | 'failed'
  outTradeNo: string
  mchid: string
  appid: string
  subMchid: string | null
  subAppid: string | null
  /** Null while unpaid. The payer under appid (or sub_appid when the snapshot has one). */
  openid: string | null
  transactionId: string | null
  /** Fen: amount.total, never payer_total. Null while unpaid. */
  amountFen: number | null
  currency: string | null
  paidAt: Date | null
  /** Fen that have gone back, where the channel tells how much; null: it does not, or nothing has. */
  refundedFen: number | null
}

/** What the channel knows about a refund, in our words. Proven, as a trade is. */
export interface ChannelRefund {
  /** abnormal: the customer's card did not take it. closed: the money stays with the merchant. */
  outcome: 'processing' | 'succeeded' | 'closed' | 'abnormal'
  outRefundNo: string
  outTradeNo: string
  mchid: string
  subMchid: string | null
  /** The channel's own number. */
  refundId: string
  transactionId: string
  /** Fen that go back. */
  amountFen: number
  /** Fen of the whole payment. */
  totalFen: number
  /** Null unless succeeded. */
  succeededAt: Date | null
  /** Where the money goes, in the channel's words and with the last digits of a card; null: it does not say. */
  receivedAccount: string | null
}

/** What a verified event proves: a trade, a refund, or nothing that we understand. */
export interface ProvenEvent {
  trade: ChannelTrade | null
  refund: ChannelRefund | null
}

/** A verified, decrypted notification. */
export interface ChannelNotification extends ProvenEvent {
  /** The channel's own id of the notification. */
  id: string
  /** e.g. "TRANSACTION.SUCCESS" */
  eventType: string
  /** The decrypted resource as text, for the inbox. Personal: never logged. */
  resource: string
}

/** What a cashier is opened with. */
export interface Opening {
  /** What prepay answered. */
  handle: string
  /** Until when the handle opens anything. */
  goodUntil: Date
  /** Absolute address that a cashier in the browser comes back to. */
  returnUrl: string
}

/** A way to collect. Every method may throw ChannelRefused (a verified no) or ChannelUnknown (nobody knows). */
export interface PaymentChannel {
  /** The exact prepay body for this snapshot. Stored, so that the same bytes can be sent again. Pure. */
  composePrepay(snapshot: PaymentSnapshot): string
  /**
   * Registers the payment, or re-registers it with identical parameters. Returns the handle that opens its cashier:
   * a prepay_id, h5_url or code_url, or for Alipay the order itself. limits.handleLifetimeMs says how long it is good.
   */
  prepay(snapshot: PaymentSnapshot, body: string): Promise<string>
  /** Null: the channel has never heard of this number (a verified ORDER_NOT_EXIST). */
  query(snapshot: PaymentSnapshot): Promise<ChannelTrade | null>
  /**
   * 'paid': too late, it is not open any more; query to settle. 'absent': the channel has nothing to close yet, and what
   * opens the cashier stays good until it expires.
   */
  close(snapshot: PaymentSnapshot): Promise<'closed' | 'paid' | 'absent'>
  /** What the client opens the cashier with. */
  launch(snapshot: PaymentSnapshot, opening: Opening): PaymentLaunch
  /**
   * Verifies on the raw bytes, then decrypts. `headers` are lower-case. Throws InvalidNotification when anything is wrong.
   * `merchant` is the mchid named by the notify path.
   */
  readNotification(
    merchant: string,
    headers: Record<string, string | string[] | undefined>,
    body: Buffer,
  ): ChannelNotification
  /** What a resource proves that readNotification verified earlier and the inbox kept. Pure. */
  readStoredResource(eventType: string, resource: unknown): ProvenEvent
}

/** A notification that does not prove anything: bad, stale, unknown key, undecryptable. Nothing of it may be used. */
export class InvalidNotification extends Error {
  /** For logs, never the body: e.g. "signature does not verify". */
  readonly reason: string
  constructor(reason: string) {
    super(`notification refused: ${reason}`)
    this.name = 'InvalidNotification'
    this.reason = reason
  }
}
