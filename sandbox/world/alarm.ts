import type { BusinessClock } from './clock.ts'
import { createHeap } from './heap.ts'

/** Things that fall due at moments of business time. */
export interface Alarm<Item> {
  /** Adds an item, or moves the one that was added before. */
  set(item: Item, dueAtMs: number): void
  remove(item: Item): void
  clear(): void
  /** No item falls due any more. */
  stop(): void
}

/** setTimeout counts in 32 bits. */
const LONGEST_SLEEP_MS = 2_147_483_647

interface Entry<Item> {
  item: Item
  dueAtMs: number
  ticket: number
}

/**
 * Calls `ring` for every item when business time reaches its moment: one timer for the earliest, set anew whenever the
 * clock jumps, freezes or thaws. Items due at the same moment ring in the order they were set.
 */
export function createAlarm<Item>(clock: BusinessClock, ring: (item: Item) => void): Alarm<Item> {
  const heap = createHeap<Entry<Item>>(
    (a, b) => a.dueAtMs < b.dueAtMs || (a.dueAtMs === b.dueAtMs && a.ticket < b.ticket),
  )
  /** The ticket of each item's last setting: an entry with another one was moved or removed since. */
  const live = new Map<Item, number>()
  let lastTicket = 0
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  const arm = () => {
    clearTimeout(timer)
    const next = heap.peek()
    if (stopped || !next) return
    const waitMs = next.dueAtMs - clock.nowMs()
    if (waitMs > 0 && clock.read().frozen) return
    timer = setTimeout(ringDue, Math.min(Math.max(waitMs, 0), LONGEST_SLEEP_MS))
  }
  const ringDue = () => {
    const nowMs = clock.nowMs()
    for (let next = heap.peek(); !stopped && next && next.dueAtMs <= nowMs; next = heap.peek()) {
      heap.pop()
      if (live.get(next.item) !== next.ticket) continue
      live.delete(next.item)
      ring(next.item)
    }
    arm()
  }
  const unlisten = clock.onChange(arm)
  return {
    set(item, dueAtMs) {
      lastTicket += 1
      live.set(item, lastTicket)
      heap.push({ item, dueAtMs, ticket: lastTicket })
      if (heap.peek()!.ticket === lastTicket) arm()
    },
    remove: (item) => void live.delete(item),
    clear() {
      live.clear()
      heap.clear()
      arm()
    },
    stop() {
      stopped = true
      clearTimeout(timer)
      unlisten()
    },
  }
}
