import type { Logger } from 'pino'
import { limits } from '../config/limits.ts'
import type { Clock } from '../shared/clock.ts'
import type { Database } from '../store/database.ts'
import { claimDueDeliveries, moveDelivery, type DeliveryOfEvent } from '../store/deliveries.ts'
import { toShopEvent } from './delivery-view.ts'
import type { DeliveryAnswer, SubscriberChannel } from './subscriber-channel.ts'

export interface DeliverDeps {
  db: Database
  clock: Clock
  log: Logger
  subscribers: SubscriberChannel
}

/**
 * Sends what is due to one subscriber, a batch at a time. Returns how many it claimed. At least once: what a crash leaves
 * between sending and noting is sent again, under the same id, when its lease ends. Order is not kept.
 */
export async function deliverDue(deps: DeliverDeps, subscriber: string): Promise<number> {
  const due = await claimDue(deps, subscriber, limits.deliveryBatchCount)
  await Promise.all(due.map((delivery) => deliver(deps, delivery)))
  return due.length
}

/** Takes what is due to one subscriber, each for one caller only, and sets it aside until its lease ends. */
export function claimDue(deps: DeliverDeps, subscriber: string, count: number): Promise<DeliveryOfEvent[]> {
  const now = deps.clock.now()
  const leaseUntil = new Date(now.getTime() + limits.checkLeaseMs)
  return claimDueDeliveries(deps.db, subscriber, { now, leaseUntil, count })
}

/** Sends one message and notes what came back. Throws for no answer and no failed note: it is sent again after its lease. */
export async function deliver(deps: DeliverDeps, delivery: DeliveryOfEvent): Promise<void> {
  const startedAt = performance.now()
  const body = JSON.stringify(toShopEvent(delivery))
  const answer = await deps.subscribers.send(delivery.subscriber, { id: delivery.event_id, body })
  const tookMs = Math.round(performance.now() - startedAt)
  try {
    await noteAttempt(deps, delivery, answer, tookMs)
  } catch (error) {
    deps.log.error({ err: error, deliveryId: delivery.delivery_id }, 'left for a later sweep')
  }
}

/** Any 2xx is taken. Everything else, a redirect too, is tried again while the ladder has a rung. */
async function noteAttempt(
  deps: DeliverDeps,
  delivery: DeliveryOfEvent,
  answer: DeliveryAnswer,
  tookMs: number,
): Promise<void> {
  const at = deps.clock.now()
  const status = 'status' in answer ? answer.status : null
  const error = 'error' in answer ? answer.error : null
  const line = { status, error, took_ms: tookMs, replayed_by: null }
  if (status !== null && status >= 200 && status < 300) {
    await moveDelivery(deps.db, delivery, 'delivered', { at, nextAttemptAt: null, line })
    return
  }
  const afterMs = limits.deliveryLadderMs[delivery.rung]
  const nextAttemptAt = afterMs === undefined ? null : new Date(at.getTime() + afterMs)
  await moveDelivery(deps.db, delivery, nextAttemptAt ? 'postponed' : 'failed', { at, nextAttemptAt, line })
  const { subscriber, delivery_id: deliveryId } = delivery
  if (!nextAttemptAt)
    deps.log.warn({ subscriber, deliveryId, status, error }, 'a subscriber did not take a message')
}
