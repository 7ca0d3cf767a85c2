import type { ShopEvent, ShopEventType } from './shop-event.ts'

/** One event on its way to one subscriber. */
export interface Delivery {
  id: string
  /** The webhook-id that the subscriber reads. */
  eventId: string
  type: ShopEventType
  orderId: string
  /** Its name in the configuration. */
  subscriber: string
  /** failed: the last retry was not taken either, nothing more is tried by itself. */
  state: 'pending' | 'delivered' | 'failed'
  /** Messages that were sent so far. */
  attempts: number
  /** ISO 8601, or null when nothing is planned. */
  nextAttemptAt: string | null
  /** ISO 8601: when it happened. */
  createdAt: string
  /** ISO 8601, or null. */
  deliveredAt: string | null
}

/** GET /api/operator/deliveries?state=…&subscriber=…&cursor=… : newest first. */
export interface DeliveryPage {
  deliveries: Delivery[]
  nextCursor: string | null
}

/** GET /api/operator/deliveries/{deliveryId} */
export interface DeliveryDetail extends Delivery {
  /** What is sent, every time. */
  event: ShopEvent
  /** Every attempt and replay, oldest first. */
  log: DeliveryLogLine[]
}

export interface DeliveryLogLine {
  /** ISO 8601. */
  at: string
  event: 'delivered' | 'postponed' | 'failed' | 'replayed'
  /** The HTTP status that came back, or null. */
  status: number | null
  /** Why none came back, e.g. "timeout", or null. */
  error: string | null
  tookMs: number | null
  /** The operator who had it sent again, or null. */
  replayedBy: string | null
}
