import type { Logger } from 'pino'
import { limits } from '../config/limits.ts'
import type { Clock } from '../shared/clock.ts'
import type { Database } from '../store/database.ts'
import { deliveriesToNobody, moveDelivery } from '../store/deliveries.ts'

/**
 * Ends what has long been due to a subscriber that the configuration does not name any more, and says so: nobody sends it,
 * and it would wait unseen for ever. An operator may replay it when the subscriber is back.
 */
export async function endUndeliverable(deps: {
  db: Database
  clock: Clock
  log: Pick<Logger, 'warn'>
}): Promise<void> {
  const at = deps.clock.now()
  const dueBefore = new Date(at.getTime() - limits.unsubscribedKeptMs)
  const line = { status: null, error: 'unsubscribed', took_ms: null, replayed_by: null }
  for (const delivery of await deliveriesToNobody(deps.db, dueBefore, limits.unsubscribedBatchCount)) {
    await moveDelivery(deps.db, delivery, 'failed', { at, nextAttemptAt: null, line })
    const { subscriber, delivery_id: deliveryId } = delivery
    deps.log.warn({ subscriber, deliveryId }, 'a message for a subscriber that is gone')
  }
}
