import { noteUnpaid } from '../store/payments.ts'
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
  const askedAt = deps.clock.now()
  const trade = await channelOf(deps, payment.channel).query(snapshotOf(payment))
  if (!trade) return null
  const settlement = await settlePayment(deps, trade, { from: 'query' })
  if (trade.outcome === 'unpaid' && settlement === 'unchanged') await noteUnpaid(deps.db, payment, askedAt)
  return trade
}
