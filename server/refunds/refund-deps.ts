import type { ChannelName } from '../payments/payment-channel.ts'
import type { PaymentDeps } from '../payments/payment-deps.ts'
import type { RefundChannel } from './refund-channel.ts'

/** What refunding needs besides. */
export interface RefundDeps extends PaymentDeps {
  refundChannels: ReadonlyMap<ChannelName, RefundChannel>
}

/** The channel that a payment goes back through: the one it came by. Throws when it is not wired: a defect. */
export function refundChannelOf({ refundChannels }: RefundDeps, channel: ChannelName): RefundChannel {
  const found = refundChannels.get(channel)
  if (!found) throw new Error(`channel ${channel} gives nothing back: it is not wired`)
  return found
}
