/** Decisions that look random and come again with the same seed. */
export interface Chance {
  /** 0 up to, never reaching, 1. */
  next(): number
  /** Whole number from `from` up to `to`, both included. */
  between(from: number, to: number): number
  /** One of the choices, as often as its weight says. */
  pick<Choice extends string>(weights: Readonly<Record<Choice, number>>): Choice
}

/**
 * A stream of decisions of its own for every name, e.g. one a journey: what one journey draws never moves what another
 * one gets, so a seed brings the same decisions again although requests overtake each other.
 */
export function chanceOf(seed: number, ...names: (string | number)[]): Chance {
  let state = hash(`${seed}/${names.join('/')}`)
  // mulberry32: small, fast and even enough; nothing secret hangs on it.
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return {
    next,
    between: (from, to) => from + Math.floor(next() * (to - from + 1)),
    pick(weights) {
      const choices = Object.entries(weights) as [keyof typeof weights, number][]
      let left = next() * choices.reduce((sum, [, weight]) => sum + weight, 0)
      for (const [choice, weight] of choices) {
        left -= weight
        if (left < 0) return choice
      }
      return choices.at(-1)![0]
    },
  }
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let sum = 0x811c9dc5
  for (let i = 0; i < text.length; i += 1) sum = Math.imul(sum ^ text.charCodeAt(i), 0x01000193)
  return sum >>> 0
}
