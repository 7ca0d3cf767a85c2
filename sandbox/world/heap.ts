/** Gives back what was put in, least first. */
export interface Heap<Item> {
  push(item: Item): void
  /** Undefined: it is empty. */
  peek(): Item | undefined
  pop(): Item | undefined
  clear(): void
}

/** A binary heap; `before` is a strict order. */
export function createHeap<Item>(before: (a: Item, b: Item) => boolean): Heap<Item> {
  const items: Item[] = []
  const swap = (a: number, b: number) => void ([items[a], items[b]] = [items[b]!, items[a]!])
  const rise = (at: number) => {
    for (let child = at; child > 0;) {
      const parent = (child - 1) >> 1
      if (!before(items[child]!, items[parent]!)) return
      swap(child, parent)
      child = parent
    }
  }
  const sink = () => {
    for (let parent = 0; ;) {
      let least = parent
      for (const child of [2 * parent + 1, 2 * parent + 2]) {
        if (child < items.length && before(items[child]!, items[least]!)) least = child
      }
      if (least === parent) return
      swap(parent, least)
      parent = least
    }
  }
  return {
    push(item) {
      items.push(item)
      rise(items.length - 1)
    },
    peek: () => items[0],
    pop() {
      const top = items[0]
      const last = items.pop()
      if (items.length > 0) {
        items[0] = last!
        sink()
      }
      return top
    },
    clear: () => void (items.length = 0),
  }
}
