import type { NotificationRecord } from '../world/inbox.ts'
import { markOf } from '../world/weather.ts'
import type { World } from '../world/world.ts'
import type { Delivery } from './notification.ts'
import type { Attempt } from './notify-attempt.ts'

/** Shows a fresh notification in the inbox. */
export function recordAnnounced(world: World, delivery: Delivery): void {
  world.inbox.recordNotification(newRecord(delivery))
}

/** Adds an attempt to what the inbox shows of a notification. Call after the delivery's next moment is known. */
export function recordAttempt(world: World, delivery: Delivery, attempt: Attempt): void {
  const { envelope, result, accepted, durationMs, weather } = attempt
  const record = world.inbox.notification(delivery.id) ?? newRecord(delivery)
  record.attemptCount = delivery.attempts
  // Sent again by hand, a notification that was accepted once stays accepted.
  const isAccepted = accepted || record.state === 'accepted'
  record.state = isAccepted ? 'accepted' : delivery.dueAtMs === null ? 'given-up' : 'pending'
  record.nextAt = delivery.dueAtMs === null ? null : new Date(delivery.dueAtMs).toISOString()
  record.resource = envelope.resource
  record.attempts.push({
    at: world.clock.nowText(),
    verdict: result ? result.verdict : 'lost by a rule',
    status: result?.status ?? null,
    answer: result?.answer ?? '',
    durationMs,
    headers: envelope.headers,
    body: envelope.body,
    ...markOf(weather),
  })
  world.inbox.recordNotification(record)
}

function newRecord(delivery: Delivery): NotificationRecord {
  const { id, eventType, mchid, outTradeNo, url, attempts, createdAtMs } = delivery
  const nextAt = new Date(delivery.dueAtMs ?? createdAtMs).toISOString()
  return {
    id,
    eventType,
    mchid,
    outTradeNo,
    url,
    nextAt,
    state: 'pending',
    attemptCount: attempts,
    attempts: [],
    resource: '',
  }
}
