import { orderIdOf } from '../shared/id.ts'
import {
  findNotification,
  markNotificationSettled,
  storeNotification,
  type InboxKey,
} from '../store/notifications.ts'
import type { ChannelName, ChannelNotification, ProvenEvent } from '../payments/payment-channel.ts'
import { channelOf } from '../payments/payment-deps.ts'
import { settlePayment } from '../payments/settle-payment.ts'
import type { RefundDeps } from './refund-deps.ts'
import { settleRefund } from './settle-refund.ts'

/** Stores a verified notification, whatever it says. `isNew` is false when it came before. */
export async function storeVerified(
  deps: RefundDeps,
  from: { channel: ChannelName; mchid: string },
  notification: ChannelNotification,
): Promise<{ key: InboxKey; isNew: boolean }> {
  const about = notification.trade ?? notification.refund
  const orderId = (about && orderIdOf(about.outTradeNo)) ?? ''
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
  deps: RefundDeps,
  key: InboxKey,
  { trade, refund }: ProvenEvent,
): Promise<void> {
  const evidence = { from: 'notification', notificationId: key.notificationId } as const
  const outcome = trade
    ? await settlePayment(deps, trade, evidence)
    : refund
      ? await settleRefund(deps, refund, evidence)
      : 'not-understood'
  await markNotificationSettled(deps.db, key, outcome, new Date())
}

/** Settles a notification that was stored and then left: by a job, or by the sweep after a crash. */
export async function settleStored(deps: RefundDeps, key: InboxKey): Promise<void> {
  const stored = await findNotification(deps.db, key)
  if (!stored || stored.settled_at !== null) return
  const event = channelOf(deps, stored.channel).readStoredResource(stored.event_type, stored.resource)
  await settleNotification(deps, key, event)
}
