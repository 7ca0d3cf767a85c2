/** The identities a payment was made with. Frozen when the payment is created; query, close and refund use it for ever. */
export interface PaymentSnapshot {
  outTradeNo: string
  /** 'partner': mchid/appid are the provider's (sp_), subMchid/subAppid the merchant's. */
  mode: 'merchant' | 'partner'
  mchid: string
  appid: string
  subMchid: string | null
  subAppid: string | null
  /** The payer under `appid` (or under `subAppid` when that is set). */
  openid: string
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
}

/** A verified, decrypted notification. */
export interface ChannelNotification {
  /** The channel's own id of the notification. */
  id: string
  /** e.g. "TRANSACTION.SUCCESS" */
  eventType: string
  /** Present for payment events. */
  trade: ChannelTrade | null
  /** The decrypted resource as text, for the inbox. Personal: never logged. */
  resource: string
}

/** What the client hands to WeChat's cashier, without the appid (JSAPI adds it). */
export interface LaunchParameters {
  appId: string
  timeStamp: string
  nonceStr: string
  package: string
  signType: 'RSA'
  paySign: string
}

/** A way to collect. Every method may throw ChannelRefused (a verified no) or ChannelUnknown (nobody knows). */
export interface PaymentChannel {
  /** The exact prepay body for this snapshot. Stored, so that the same bytes can be sent again. Pure. */
  composePrepay(snapshot: PaymentSnapshot): string
  /** Registers the payment, or re-registers it with identical parameters. Returns the prepay_id, good for 2 hours. */
  prepay(snapshot: PaymentSnapshot, body: string): Promise<string>
  /** Null: the channel has never heard of this number (a verified ORDER_NOT_EXIST). */
  query(snapshot: PaymentSnapshot): Promise<ChannelTrade | null>
  /** 'paid': too late, the channel has taken the money; query to settle. */
  close(snapshot: PaymentSnapshot): Promise<'closed' | 'paid'>
  /** Signed parameters for the cashier. */
  launch(snapshot: PaymentSnapshot, prepayId: string): LaunchParameters
  /**
   * Verifies on the raw bytes, then decrypts. `headers` are lower-case. Throws InvalidNotification when anything is wrong.
   * `merchant` is the mchid named by the notify path.
   */
  readNotification(
    merchant: string,
    headers: Record<string, string | string[] | undefined>,
    body: Buffer,
  ): ChannelNotification
  /** The trade in a resource that readNotification verified earlier and the inbox kept, or null. Pure. */
  readStoredResource(eventType: string, resource: unknown): ChannelTrade | null
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
