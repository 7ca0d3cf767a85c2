import { selection, openOrder } from '../selection.ts'
import { KEPT, tradeKey } from './state.ts'

/** What every list of the page can tell of an item. */
interface Listed {
  outTradeNo: string | null
}

/**
 * A map with newer items; the same map when nothing is new, so that nothing is drawn again. Beyond KEPT the oldest go,
 * but for what is open and everything of its trade: it must not vanish while it is being read.
 */
export function merged<Key, Item extends Listed>(
  before: Map<Key, Item>,
  items: readonly Item[],
  keyOf: (item: Item) => Key,
): Map<Key, Item> {
  if (items.length === 0) return before
  const next = new Map(before)
  for (const item of items) next.set(keyOf(item), item)
  let excess = next.size - KEPT
  const order = openOrder()
  for (const [key, item] of next) {
    if (excess <= 0) break
    if (isOpen(item) || (order !== null && item.outTradeNo === order)) continue
    next.delete(key)
    excess -= 1
  }
  return next
}

/** Whether an item is the one in the detail; `call 5`, `notification n1` and a trade's key name them. */
function isOpen(item: Listed & { id?: unknown; mchid?: unknown }): boolean {
  if (item.id !== undefined && selection.message?.endsWith(` ${String(item.id)}`)) return true
  return (
    item.outTradeNo !== null && selection.trade === tradeKey(item as { mchid: string; outTradeNo: string })
  )
}
