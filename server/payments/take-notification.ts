import { orderIdOf } from '../shared/id.ts'
import {
  findNotification,
  markNotificationSettled,
  storeNotification,
  type InboxKey,
} from '../store/notifications.ts'
import type { ChannelName, ChannelNotification, ChannelTrade } from './payment-channel.ts'
import { channelOf, type PaymentDeps } from './payment-deps.ts'
import { settlePayment } from './settle-payment.ts'

/** Stores a verified notification, whatever it says. `isNew` is false when it came before. */
export async function storeVerified(
  deps: PaymentDeps,
  from: { channel: ChannelName; mchid: string },
  notification: ChannelNotification,
): Promise<{ key: InboxKey; isNew: boolean }> {
  const orderId = (notification.trade && orderIdOf(notification.trade.outTradeNo)) ?? ''
  const key = { orderId, notificationId: notification.id, mchid: from.mchid }
  const isNew = await storeNotification(deps.db, key, {
    channel: from.channel,
    eventType: notification.eventType,
    resource: notification.resource,
    at: new Date(),
  })
  return { key, isNew }
}

/** Settles a stored notification and notes what came of it. Repeats change nothing. */
export async function settleNotification(
  deps: PaymentDeps,
  key: InboxKey,
  trade: ChannelTrade | null,
): Promise<void> {
  const outcome = trade
    ? await settlePayment(deps, trade, { from: 'notification', notificationId: key.notificationId })
    : 'not-understood'
  await markNotificationSettled(deps.db, key, outcome, new Date())
}

/** Settles a notification that was stored and then left: by a job, or by the sweep after a crash. */
export async function settleStored(deps: PaymentDeps, key: InboxKey): Promise<void> {
  const stored = await findNotification(deps.db, key)
  if (!stored || stored.settled_at !== null) return
  const trade = channelOf(deps, stored.channel).readStoredResource(stored.event_type, stored.resource)
  await settleNotification(deps, key, trade)
}
