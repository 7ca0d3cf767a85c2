import type { DeliveryDetail, DeliveryPage } from '../../contract/delivery.ts'
import { limits } from '../config/limits.ts'
import { readCursor, writeCursor } from '../shared/cursor.ts'
import { KindError } from '../shared/errors.ts'
import type { Database } from '../store/database.ts'
import { findDelivery, logOf, pageOfDeliveries } from '../store/deliveries.ts'
import type { DeliveryState } from './delivery-state.ts'
import { toDelivery, toLogLine, toShopEvent } from './delivery-view.ts'

/** One page of deliveries, newest first. Throws InvalidInput for a cursor that is none of ours. */
export async function listDeliveries(
  db: Database,
  wanted: { state?: DeliveryState; subscriber?: string; cursor?: string },
): Promise<DeliveryPage> {
  const rows = await pageOfDeliveries(db, {
    state: wanted.state,
    subscriber: wanted.subscriber,
    after: wanted.cursor === undefined ? undefined : readCursor(wanted.cursor),
    count: limits.pageSize + 1,
  })
  const page = rows.slice(0, limits.pageSize)
  const last = rows.length > limits.pageSize ? page.at(-1) : undefined
  return {
    deliveries: page.map(toDelivery),
    nextCursor: last ? writeCursor(last.created_at, last.delivery_id) : null,
  }
}

/** A delivery with what it says and all that was tried. Throws NotFound. */
export async function readDelivery(db: Database, deliveryId: string): Promise<DeliveryDetail> {
  const delivery = await findDelivery(db, deliveryId)
  if (!delivery) throw new KindError('NotFound', '没有这条投递，请从列表里重新打开。')
  const log = await logOf(db, delivery)
  return { ...toDelivery(delivery), event: toShopEvent(delivery), log: log.map(toLogLine) }
}
