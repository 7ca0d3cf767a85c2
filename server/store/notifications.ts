import type { ChannelName } from '../payments/payment-channel.ts'
import type { Database } from './database.ts'

export interface InboxKey {
  /** '' when the number in the notification names no order of ours. */
  orderId: string
  notificationId: string
  mchid: string
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
      resource: received.resource,
      received_at: received.at,
      settled_at: null,
      outcome: null,
    })
    .onConflict((conflict) => conflict.columns(['order_id', 'notification_id', 'mchid']).doNothing())
    .executeTakeFirst()
  return result.numInsertedOrUpdatedRows === 1n
}

/** Notes what a notification led to. */
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
    .where('settled_at', 'is', null)
    .execute()
}

/** Notifications that were stored and then forgotten by a crash, oldest first. */
export const unsettledNotifications = (db: Database, receivedBefore: Date, count: number) =>
  db
    .selectFrom('notifications')
    .selectAll()
    .where('settled_at', 'is', null)
    .where('received_at', '<=', receivedBefore)
    .orderBy('received_at')
    .limit(count)
    .execute()

export const findNotification = (db: Database, key: InboxKey) =>
  db
    .selectFrom('notifications')
    .selectAll()
    .where('order_id', '=', key.orderId)
    .where('notification_id', '=', key.notificationId)
    .where('mchid', '=', key.mchid)
    .executeTakeFirst()
