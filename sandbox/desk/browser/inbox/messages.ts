import type { CallView, NotificationView } from '../sandbox/views.ts'

/** Something your server and WeChat said to each other. */
export type Message =
  | { kind: 'call'; key: string; at: string; call: CallView }
  | { kind: 'notification'; key: string; at: string; notification: NotificationView }

/** What the list is narrowed to. */
export interface Filter {
  /** Part of an order number. */
  order: string
  failuresOnly: boolean
}

/** Calls and notifications as one list, newest first. A notification stands where it was last heard of. */
export function timeline(
  calls: Iterable<CallView>,
  notifications: Iterable<NotificationView>,
  { order, failuresOnly }: Filter,
): Message[] {
  const messages: Message[] = []
  for (const call of calls) {
    if (!(call.outTradeNo ?? '').includes(order) || (failuresOnly && isWell(call))) continue
    messages.push({ kind: 'call', key: `call ${call.id}`, at: call.at, call })
  }
  for (const notification of notifications) {
    if (!notification.outTradeNo.includes(order)) continue
    if (failuresOnly && notification.state === 'accepted') continue
    const at = notification.attempts.at(-1)?.at ?? notification.nextAt ?? ''
    messages.push({ kind: 'notification', key: `notification ${notification.id}`, at, notification })
  }
  return messages.reverse().sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0))
}

/** Answered, and not by an error: the platform and Alipay answer 200 to what they refuse. */
export function isWell({ status, verdict }: Pick<CallView, 'status' | 'verdict'>): boolean {
  return status >= 200 && status < 400 && verdict === 'ok'
}
