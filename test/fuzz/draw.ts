/** Draws that repeat for the same seed. */
export interface Draw {
  /** 0 up to, not including, `below`. */
  number(below: number): number
  one<Item>(items: readonly Item[]): Item
  /** True once in so many. */
  chance(oneIn: number): boolean
  /** Characters of all kinds: controls, signs, Chinese, emoji. */
  text(atMost: number): string
  bytes(count: number): Buffer
  /** Any JSON value, so deep at most. */
  json(depth?: number): unknown
}

const CHARACTERS = [
  ...'abzAZ019 _-*|@.,:;/\\\'"`%&=?#<>{}[]()+~^$!\n\r\t\0',
  '茶',
  '、',
  'é',
  '\u2028',
  '\ufeff',
  '😀',
  '\ud800',
]
const ODD = [null, true, -1, 0, 0.1, 1e308, 2 ** 53, '', '__proto__', [], {}] as const

/** Mulberry32. */
export function seeded(seed: number): Draw {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const draw: Draw = {
    number: (below) => Math.floor(next() * below),
    one: (items) => items[draw.number(items.length)]!,
    chance: (oneIn) => draw.number(oneIn) === 0,
    text: (atMost) => Array.from({ length: draw.number(atMost + 1) }, () => draw.one(CHARACTERS)).join(''),
    bytes: (count) => Buffer.from(Array.from({ length: count }, () => draw.number(256))),
    json(depth = 3) {
      const kind = depth === 0 ? 0 : draw.number(4)
      if (kind === 1) return Array.from({ length: draw.number(4) }, () => draw.json(depth - 1))
      if (kind === 2) {
        return Object.fromEntries(
          Array.from({ length: draw.number(4) }, () => [draw.text(8), draw.json(depth - 1)]),
        )
      }
      return draw.chance(2) ? draw.one(ODD) : draw.text(30)
    },
  }
  return draw
}
