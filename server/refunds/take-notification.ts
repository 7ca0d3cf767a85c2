import { limits } from '../config/limits.ts'
import { orderIdOf } from '../shared/id.ts'
import { keepAnomaly } from '../store/anomalies.ts'
import {
  findNotification,
  markNotificationSettled,
  storeNotification,
  type InboxKey,
} from '../store/notifications.ts'
import type { NotificationRow } from '../store/tables.ts'
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

/** Signed, and of an event, a state or a shape that we do not know: it settles nothing, and somebody should look at it. */
async function showUnread(deps: RefundDeps, key: InboxKey): Promise<'not-understood'> {
  const stored = (await findNotification(deps.db, key)) as NotificationRow
  const number = (stored.resource as { out_trade_no?: unknown } | null)?.out_trade_no
  const outTradeNo = typeof number === 'string' ? number : ''
  await keepAnomaly(deps.db, {
    orderId: orderIdOf(outTradeNo) ?? '',
    outTradeNo,
    kind: 'mismatch',
    evidenceId: key.notificationId,
    foundAt: deps.clock.now(),
    particulars: { fields: ['shape'], eventType: stored.event_type, mchid: key.mchid },
  })
  return 'not-understood'
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
      : await showUnread(deps, key)
  await markNotificationSettled(deps.db, key, outcome, new Date())
}

/** Settles a notification that was stored and then left: by the sweep, after a crash. */
export async function settleStored(deps: RefundDeps, key: InboxKey): Promise<void> {
  const stored = await findNotification(deps.db, key)
  if (!stored || stored.settled_at !== null) return
  const event = channelOf(deps, stored.channel).readStoredResource(stored.event_type, stored.resource)
  await settleNotification(deps, key, event)
}

/**
 * Tries a notification that was left once more. When that has failed too often, an operator is shown it with the reason;
 * it is tried all the same, every hour. Throws what went wrong.
 */
export async function settleLeft(deps: RefundDeps, row: NotificationRow): Promise<void> {
  const key = { orderId: row.order_id, notificationId: row.notification_id, mchid: row.mchid }
  try {
    await settleStored(deps, key)
  } catch (error) {
    if (row.attempts >= limits.notificationTriesCount)
      await keepAnomaly(deps.db, {
        orderId: row.order_id,
        outTradeNo: outTradeNoIn(deps, row),
        kind: 'left-open',
        evidenceId: row.notification_id,
        foundAt: deps.clock.now(),
        particulars: {
          of: 'notification',
          mchid: row.mchid,
          eventType: row.event_type,
          attempts: row.attempts,
          reason: error instanceof Error ? error.message : String(error),
        },
      })
    throw error
  }
}

/** '' when it says nothing that we understand. */
function outTradeNoIn(deps: RefundDeps, { channel, event_type: type, resource }: NotificationRow): string {
  const { trade, refund } = channelOf(deps, channel).readStoredResource(type, resource)
  return (trade ?? refund)?.outTradeNo ?? ''
}
