import type { PaymentRow } from '../store/tables.ts'
import type { ChannelTrade } from './payment-channel.ts'
import { channelOf, type PaymentDeps } from './payment-deps.ts'
import { snapshotOf } from './payment-view.ts'
import { settlePayment } from './settle-payment.ts'

/**
 * Asks the channel about a payment and settles its answer. Null: the channel has never heard of it.
 * Throws ChannelUnknown or ChannelRefused; nothing has changed then.
 */
export async function queryPayment(deps: PaymentDeps, payment: PaymentRow): Promise<ChannelTrade | null> {
  const trade = await channelOf(deps, payment.channel).query(snapshotOf(payment))
  if (trade) await settlePayment(deps, trade, { from: 'query' })
  return trade
}
