import { computed, nextTick, shallowReactive } from 'vue'
import type { Kind } from './inbox/kinds.ts'
import type { Message } from './inbox/message.ts'
import { desk, tradeKey } from './sandbox/state.ts'

/** What the visitor looks at: a trade, a message, or a message of that trade; and what the conversation is narrowed to. */
export const selection = shallowReactive({
  /** tradeKey() of a trade. */
  trade: null as string | null,
  /** Message.key. */
  message: null as string | null,
  order: '',
  kind: '' as Kind | '',
  failuresOnly: false,
})

/** The call that is open. */
export const openCall = computed(() =>
  desk.calls.get(Number(/^call (\d+)$/.exec(selection.message ?? '')?.[1])),
)
/** The notification that is open. */
export const openNotification = computed(() =>
  desk.notifications.get(selection.message?.replace('notification ', '') ?? ''),
)
/** The trade that is open, or of which a message is. */
export const openTrade = computed(() =>
  selection.trade === null ? undefined : desk.trades.get(selection.trade),
)

/** The out_trade_no of what is open; null: nothing is, or it belongs to no trade. */
export function openOrder(): string | null {
  const message = openCall.value ?? openNotification.value
  return message ? message.outTradeNo : (selection.trade?.split(' ')[1] ?? null)
}

/** Shows a trade, and of the messages only its own. */
export function selectTrade(trade: { mchid: string; outTradeNo: string }): void {
  selection.trade = tradeKey(trade)
  selection.order = trade.outTradeNo
  selection.message = null
}

/** Shows a message. Of one that is shown already the detail takes the focus again. */
export function selectMessage({ key }: Pick<Message, 'key'>): void {
  if (selection.message === key) focusDetail()
  selection.message = key
}

/** Lets the keyboard go on in the detail: its heading takes the focus. */
export function focusDetail(): void {
  document.querySelector<HTMLElement>('.column_focus h2')?.focus({ preventScroll: true })
}

/** One step back: from a message to its trade, from the trade to the ledger. The focus goes to the row of what was left. */
export async function goBack(): Promise<void> {
  const left = selection.message ?? selection.trade
  if (selection.message !== null) selection.message = null
  else {
    selection.trade = null
    selection.order = ''
  }
  await focusRow(left)
}

/**
 * Leaves the detail by keyboard. A message stays open beside its row, which gets the focus; a trade's row stands in the
 * ledger, which takes the place of the detail.
 */
export async function leaveDetail(): Promise<void> {
  if (selection.message === null) return goBack()
  await focusRow(selection.message)
}

/** Focuses the row of a message or a trade; the inbox's first row where it is not in sight. */
async function focusRow(key: string | null): Promise<void> {
  await nextTick()
  const rows = [...document.querySelectorAll<HTMLElement>('.row')]
  const row = rows.find(({ dataset }) => dataset.key === key) ?? rows[0]
  row?.focus()
}
