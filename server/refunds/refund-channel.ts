import type { ChannelRefund, PaymentSnapshot } from '../payments/payment-channel.ts'

/** A refund with everything about it frozen: out of which payment, under which number, how much. */
export interface RefundSnapshot {
  payment: PaymentSnapshot
  outRefundNo: string
  /** Fen. */
  amountFen: number
  /** Shown on the customer's bill; the channel cuts longer ones. */
  reason: string | null
}

/** A way to give back. Every method but the first may throw ChannelRefused (a verified no) or ChannelUnknown. */
export interface RefundChannel {
  /** The exact body of the request. Stored, so that the same bytes can be sent again. Pure. */
  composeRefund(snapshot: RefundSnapshot): string
  /** Asks for a refund; asked again with the same bytes it is the same refund. */
  refund(snapshot: RefundSnapshot, body: string): Promise<ChannelRefund>
  /** Null: the channel has never heard of this number. */
  queryRefund(snapshot: RefundSnapshot): Promise<ChannelRefund | null>
}
