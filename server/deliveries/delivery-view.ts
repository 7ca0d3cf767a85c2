import type { Delivery, DeliveryLogLine } from '../../contract/delivery.ts'
import type { ShopEvent } from '../../contract/shop-event.ts'
import type { DeliveryOfEvent } from '../store/deliveries.ts'
import type { DeliveryLogRow } from '../store/tables.ts'

/** A delivery as operators see it. */
export const toDelivery = (delivery: DeliveryOfEvent): Delivery => ({
  id: delivery.delivery_id,
  eventId: delivery.event_id,
  type: delivery.type,
  orderId: delivery.order_id,
  subscriber: delivery.subscriber,
  state: delivery.state,
  attempts: delivery.attempts,
  nextAttemptAt: delivery.next_attempt_at?.toISOString() ?? null,
  createdAt: delivery.created_at.toISOString(),
  deliveredAt: delivery.delivered_at?.toISOString() ?? null,
})

/** What the subscriber reads. The facts were written in this shape, by the statement that made the step. */
export const toShopEvent = ({ event_id: id, type, at, facts }: DeliveryOfEvent): ShopEvent =>
  ({ id, type, timestamp: at.toISOString(), data: facts }) as unknown as ShopEvent

/** One line of a delivery's log. */
export const toLogLine = (row: DeliveryLogRow): DeliveryLogLine => ({
  at: row.at.toISOString(),
  event: row.event,
  status: row.status,
  error: row.error,
  tookMs: row.took_ms,
  replayedBy: row.replayed_by,
})
