import { openOrder } from '../selection.ts'
import { asTrade, refundsOf } from './alipay-trades.ts'
import { ask } from './ask.ts'
import { desk, tradeKey } from './state.ts'
import type { AlipayTradeView, CallView, NotificationView, RefundView, TradeView } from './views.ts'

/**
 * Reads from the sandbox everything of the trade that is open: of it the page may have let go already, or never have
 * known, what is older than its lists. What the sandbox has forgotten too is left as it is.
 */
export async function readOpen(): Promise<void> {
  const order = openOrder()
  if (order === null) return
  const query = `?outTradeNo=${encodeURIComponent(order)}`
  const read = Promise.all([
    ask<{ calls: CallView[] }>(`/calls${query}`),
    ask<{ notifications: NotificationView[] }>(`/notifications${query}`),
    ask<{ trades: TradeView[]; refunds: RefundView[]; alipayTrades: AlipayTradeView[] }>(`/ledger${query}`),
  ]).catch(() => null)
  const answers = await read
  if (answers === null) return
  const [{ calls }, { notifications }, { trades, refunds, alipayTrades }] = answers
  desk.calls = withOlder(desk.calls, calls, ({ id }) => id)
  desk.notifications = withOlder(desk.notifications, notifications, ({ id }) => id)
  desk.trades = withOlder(desk.trades, [...trades, ...alipayTrades.map(asTrade)], tradeKey)
  desk.refunds = withOlder(
    desk.refunds,
    [...refunds, ...alipayTrades.flatMap(refundsOf)],
    ({ refundId }) => refundId,
  )
}

/**
 * Puts what was open before the lists were read anew back among them, when the sandbox still has it: after a broken
 * connection it does, after a reset it does not.
 */
export async function keepOpen({
  call,
  notification,
}: {
  call: CallView | undefined
  notification: NotificationView | undefined
}): Promise<void> {
  if (call && !desk.calls.has(call.id)) {
    const known = await ask<CallView>(`/calls/${call.id}`).catch(() => null)
    if (known) desk.calls = withOlder(desk.calls, [call], ({ id }) => id)
  }
  if (notification && !desk.notifications.has(notification.id)) {
    const query = `?outTradeNo=${encodeURIComponent(notification.outTradeNo)}`
    const known = await ask<{ notifications: NotificationView[] }>(`/notifications${query}`).catch(() => null)
    desk.notifications = withOlder(desk.notifications, known?.notifications ?? [], ({ id }) => id)
  }
  await readOpen()
}

/** A map with older items before its own, which are newer where both have one; the same map when none is missing. */
function withOlder<Key, Item>(
  before: Map<Key, Item>,
  items: readonly Item[],
  keyOf: (item: Item) => Key,
): Map<Key, Item> {
  const missing = items.filter((item) => !before.has(keyOf(item)))
  if (missing.length === 0) return before
  return new Map([...missing.map((item) => [keyOf(item), item] as const), ...before])
}
