import type { CallView, NotificationView } from '../sandbox/views.ts'
import { kindOf } from './kinds.ts'
import type { Kind } from './kinds.ts'
import type { Message } from './message.ts'

/** What the list is narrowed to. */
export interface Filter {
  /** Part of an order number. */
  order: string
  /** Empty: every kind. */
  kind: Kind | ''
  failuresOnly: boolean
}

/** Calls and notifications as one list, newest first. A notification stands where it was last heard of. */
export function timeline(
  calls: Iterable<CallView>,
  notifications: Iterable<NotificationView>,
  { order, kind, failuresOnly }: Filter,
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
  const wanted = kind === '' ? messages : messages.filter((message) => kindOf(message) === kind)
  return wanted.reverse().sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0))
}

/** Answered, and not by an error: the platform and Alipay answer 200 to what they refuse. */
export function isWell({ status, verdict }: Pick<CallView, 'status' | 'verdict'>): boolean {
  return status >= 200 && status < 400 && verdict === 'ok'
}
