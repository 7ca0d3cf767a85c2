import { shallowReactive } from 'vue'
import type { Message } from './inbox/messages.ts'
import { tradeKey } from './sandbox/state.ts'

/** What the visitor looks at: a trade, a message, or a message of that trade. */
export const selection = shallowReactive({
  /** tradeKey() of a trade. */
  trade: null as string | null,
  /** Message.key. */
  message: null as string | null,
  order: '',
  failuresOnly: false,
})

/** Shows a trade, and of the messages only its own. */
export function selectTrade(trade: { mchid: string; outTradeNo: string }): void {
  selection.trade = tradeKey(trade)
  selection.order = trade.outTradeNo
  selection.message = null
}

/** Shows a message. */
export function selectMessage({ key }: Pick<Message, 'key'>): void {
  selection.message = key
}

/** One step back: from a message to its trade, from the trade to the ledger. */
export function goBack(): void {
  if (selection.message !== null) selection.message = null
  else {
    selection.trade = null
    selection.order = ''
  }
}
