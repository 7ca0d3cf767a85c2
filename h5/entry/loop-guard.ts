import type { Memory } from './tab-memory.ts'

/** Counts how often we left the page to sign in, so that a failing sign-in ends on a page that says so. */
export interface LoopGuard {
  /** Takes one of the attempts; false when they are used up. */
  take(): boolean
  /** Signed in, or the customer asked to try again. */
  reset(): void
}

/** Attempts older than this belong to another story: the customer came back later. */
const windowMs = 60_000

/** At most `most` attempts a minute, remembered under `key`. */
export function loopGuard(
  memory: Memory,
  key: string,
  most: number,
  now: () => number = Date.now,
): LoopGuard {
  const recent = () =>
    (memory.get(key) ?? '').split(',').filter((at) => Number(at) > now() - windowMs && at !== '')
  return {
    take() {
      const attempts = recent()
      if (attempts.length >= most) return false
      memory.set(key, [...attempts, now()].join(','))
      return true
    },
    reset: () => memory.remove(key),
  }
}
