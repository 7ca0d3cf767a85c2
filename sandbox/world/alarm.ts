import type { BusinessClock } from './clock.ts'

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

/**
 * Calls `ring` for every item when business time reaches its moment: one timer for the earliest, set anew whenever the
 * clock jumps, freezes or thaws. Items due at the same moment ring in the order they were set.
 */
export function createAlarm<Item>(clock: BusinessClock, ring: (item: Item) => void): Alarm<Item> {
  const heap: { item: Item; dueAtMs: number; order: number }[] = []
  const live = new Map<Item, number>()
  let order = 0
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  const earlier = (a: number, b: number) => {
    const [x, y] = [heap[a]!, heap[b]!]
    return x.dueAtMs < y.dueAtMs || (x.dueAtMs === y.dueAtMs && x.order < y.order)
  }
  const swap = (a: number, b: number) => void ([heap[a], heap[b]] = [heap[b]!, heap[a]!])
  const rise = (at: number) => {
    for (let child = at; child > 0;) {
      const parent = (child - 1) >> 1
      if (!earlier(child, parent)) return
      swap(child, parent)
      child = parent
    }
  }
  const sink = () => {
    for (let parent = 0; ;) {
      let least = parent
      for (const child of [2 * parent + 1, 2 * parent + 2]) {
        if (child < heap.length && earlier(child, least)) least = child
      }
      if (least === parent) return
      swap(parent, least)
      parent = least
    }
  }
  const pop = () => {
    const top = heap[0]!
    const last = heap.pop()!
    if (heap.length > 0) {
      heap[0] = last
      sink()
    }
    return top
  }
  const ringDue = () => {
    const nowMs = clock.nowMs()
    while (!stopped && heap.length > 0 && heap[0]!.dueAtMs <= nowMs) {
      const { item, order: ticket } = pop()
      // An entry that was moved or removed since it was set says nothing.
      if (live.get(item) !== ticket) continue
      live.delete(item)
      ring(item)
    }
    arm()
  }
  const arm = () => {
    clearTimeout(timer)
    if (stopped || heap.length === 0) return
    const waitMs = heap[0]!.dueAtMs - clock.nowMs()
    if (waitMs > 0 && clock.read().frozen) return
    timer = setTimeout(ringDue, Math.min(Math.max(waitMs, 0), LONGEST_SLEEP_MS))
  }
  const unlisten = clock.onChange(arm)
  return {
    set(item, dueAtMs) {
      order += 1
      live.set(item, order)
      heap.push({ item, dueAtMs, order })
      rise(heap.length - 1)
      if (heap[0]!.order === order) arm()
    },
    remove: (item) => void live.delete(item),
    clear() {
      live.clear()
      heap.length = 0
      arm()
    },
    stop() {
      stopped = true
      clearTimeout(timer)
      unlisten()
    },
  }
}
