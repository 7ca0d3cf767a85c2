import type { Trade } from '../world/trade.ts'
import type { RefundStatus } from '../world/refunds.ts'
import type { World } from '../world/world.ts'
import type { Delivery } from './notification.ts'
import { refundNotice } from './refund-answer.ts'
import { transaction } from './transaction.ts'

/** What a notification is about: the trade, and the resource before it is encrypted. Null: it is no longer known. */
export function contentOf(
  world: World,
  delivery: Delivery,
): { trade: Trade; resource: Record<string, unknown> } | null {
  const trade = world.ledger.find(delivery.mchid, delivery.outTradeNo)
  if (!trade) return null
  if (delivery.originalType === 'transaction') {
    return { trade, resource: transaction(world.people, trade, 'SUCCESS') }
  }
  const refund = world.refunds.findById(delivery.refundId ?? '')
  if (!refund) return null
  // A later attempt still tells what happened then, whatever became of the refund since.
  const status = delivery.eventType.replace('REFUND.', '') as RefundStatus
  return { trade, resource: refundNotice(trade, refund, status) }
}
