import type { RefundStatus } from '../world/refunds.ts'
import type { World } from '../world/world.ts'
import { combineAnswer } from './combine-answer.ts'
import { medicalAnswer } from './medical-answer.ts'
import type { Delivery } from './notification.ts'
import { refundNotice } from './refund-answer.ts'
import { transaction } from './transaction.ts'

/** What a notification is about: for which app, and the resource before it is encrypted. */
export interface Content {
  appid: string
  resource: Record<string, unknown>
}

/** A later attempt still tells what happened then, whatever became of it since. Null: it is no longer known. */
export function contentOf(world: World, delivery: Delivery): Content | null {
  const { mchid, outTradeNo } = delivery
  if (delivery.originalType === 'med_ins') return medicalContent(world, delivery)
  if (delivery.isCombine) {
    const combine = world.ledger.findCombine(mchid, outTradeNo)
    return combine ? { appid: combine.appid, resource: combineAnswer(world, combine, () => 'SUCCESS') } : null
  }
  const trade = world.ledger.find(mchid, outTradeNo)
  if (!trade) return null
  const { appid } = trade
  if (delivery.originalType === 'transaction') {
    return { appid, resource: transaction(world.people, trade, 'SUCCESS') }
  }
  const refund = world.refunds.findById(delivery.refundId ?? '')
  const status = delivery.eventType.replace('REFUND.', '') as RefundStatus
  return refund ? { appid, resource: refundNotice(trade, refund, status) } : null
}

function medicalContent(world: World, { mixTradeNo }: Delivery): Content | null {
  const order = world.medical.find(mixTradeNo ?? '')
  return order ? { appid: order.appid, resource: medicalAnswer(world, order) } : null
}
