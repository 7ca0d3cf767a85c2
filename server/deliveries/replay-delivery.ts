import type { DeliveryDetail } from '../../contract/delivery.ts'
import type { Clock } from '../shared/clock.ts'
import { KindError } from '../shared/errors.ts'
import type { Database } from '../store/database.ts'
import { findDelivery, moveDelivery } from '../store/deliveries.ts'
import { isSubscribed } from '../store/shop-events.ts'
import { readDelivery } from './read-deliveries.ts'

/**
 * Sends a message again at once, under the id it always had, whatever became of it, and the whole ladder again if need be.
 * Throws NotFound, Conflict (the subscriber is gone, or the delivery has just changed).
 */
export async function replayDelivery(
  { db, clock }: { db: Database; clock: Clock },
  { deliveryId, by }: { deliveryId: string; by: string },
): Promise<DeliveryDetail> {
  const delivery = await findDelivery(db, deliveryId)
  if (!delivery) throw new KindError('NotFound', '没有这条投递，请从列表里重新打开。')
  if (!(await isSubscribed(db, delivery.subscriber)))
    throw new KindError('Conflict', '配置里已经没有这个订阅方，请先加回去并重启。')
  const at = clock.now()
  const line = { status: null, error: null, took_ms: null, replayed_by: by }
  if (!(await moveDelivery(db, delivery, 'replayed', { at, nextAttemptAt: at, line })))
    throw new KindError('Conflict', '这条投递刚刚有了结果，请刷新后再试。')
  return readDelivery(db, deliveryId)
}
