import { sql } from 'kysely'
import { limits } from '../config/limits.ts'
import type { ChannelName } from '../payments/payment-channel.ts'
import type { Database } from './database.ts'
import type { NotificationRow } from './tables.ts'

export interface InboxKey {
  /** '' when the number in the notification names no order of ours. */
  orderId: string
  notificationId: string
  mchid: string
}

/**
 * What jsonb can keep of a resource: all of it, but for NUL and half a surrogate pair, e.g. of a coupon's name that was cut.
 * JSON.stringify writes only those as escapes that begin so. What is no JSON, or is nested beyond all reason, is kept as text.
 */
function keepable(resource: string): string {
  const asJson = (value: unknown) =>
    JSON.stringify(value).replaceAll(/\\(?:(u0000|ud[89a-f]..)|.)/g, (escape, lost) =>
      lost ? '\ufffd' : escape,
    )
  try {
    return asJson(JSON.parse(resource))
  } catch {
    return asJson({ unreadable: resource })
  }
}

/** Stores a verified notification before anything is done with it. False: it came before. */
export async function storeNotification(
  db: Database,
  key: InboxKey,
  received: { channel: ChannelName; eventType: string; resource: string; at: Date },
): Promise<boolean> {
  const result = await db
    .insertInto('notifications')
    .values({
      order_id: key.orderId,
      notification_id: key.notificationId,
      mchid: key.mchid,
      channel: received.channel,
      event_type: received.eventType,
      resource: keepable(received.resource),
      received_at: received.at,
      settled_at: null,
      outcome: null,
      attempts: 0,
      next_attempt_at: new Date(received.at.getTime() + limits.unsettledNotificationMs),
    })
    .onConflict((conflict) => conflict.columns(['order_id', 'notification_id', 'mchid']).doNothing())
    .executeTakeFirst()
  return result.numInsertedOrUpdatedRows === 1n
}

/** Notes what a notification led to. A copy that found nothing left to do never hides what another copy did. */
export async function markNotificationSettled(
  db: Database,
  key: InboxKey,
  outcome: string,
  at: Date,
): Promise<void> {
  await db
    .updateTable('notifications')
    .set({ settled_at: at, outcome })
    .where('order_id', '=', key.orderId)
    .where('notification_id', '=', key.notificationId)
    .where('mchid', '=', key.mchid)
    .where((row) =>
      outcome === 'unchanged'
        ? row('settled_at', 'is', null)
        : row.or([row('settled_at', 'is', null), row('outcome', '=', 'unchanged')]),
    )
    .execute()
}

/**
 * Takes notifications that were stored and then left, by a crash or because settling them failed, each for one caller
 * only, and counts the try. The next one is later each time.
 */
export async function claimUnsettledNotifications(
  db: Database,
  now: Date,
  count: number,
): Promise<NotificationRow[]> {
  const ladder = limits.notificationLadderMs
  const { rows } = await sql<NotificationRow>`
    update notifications
    set attempts = attempts + 1,
        next_attempt_at = ${now}::timestamptz
          + (${[...ladder]}::int[])[least(attempts + 1, ${ladder.length}::int)] * interval '1 millisecond'
    where (order_id, notification_id, mchid) in (
      select order_id, notification_id, mchid from notifications
      where settled_at is null and next_attempt_at <= ${now}
      order by next_attempt_at limit ${count} for update skip locked)
    returning *`.execute(db)
  return rows
}

export const findNotification = (db: Database, key: InboxKey) =>
  db
    .selectFrom('notifications')
    .selectAll()
    .where('order_id', '=', key.orderId)
    .where('notification_id', '=', key.notificationId)
    .where('mchid', '=', key.mchid)
    .executeTakeFirst()
