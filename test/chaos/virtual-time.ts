/** Business time that stands still while anybody works, and then jumps. */
export interface VirtualTime {
  nowMs(): number
  /** Sleeps until that moment; a moment that has passed is now. */
  sleepUntil(atMs: number): Promise<void>
  /** Runs one life and counts it as awake whenever it does not sleep. */
  live(life: () => Promise<void>): void
  /** Resolves when everybody sleeps or has ended. Rejects with what a life threw. */
  everybodySleeps(): Promise<void>
  /** How many have not ended. */
  livingCount(): number
  /** The next moment somebody waits for; null: nobody sleeps. */
  nextWakeMs(): number | null
  /** Moves on and wakes whose moment has come, so many at most. Returns how many it woke. */
  moveTo(atMs: number, mostCount?: number): number
}

export function createVirtualTime(startMs: number): VirtualTime {
  let nowMs = startMs
  let awakeCount = 0
  let livingCount = 0
  let fault: { error: unknown } | null = null
  let sleepers: { atMs: number; wake: () => void }[] = []
  let whenQuiet: (() => void)[] = []
  const becomesQuiet = () => {
    if (awakeCount > 0) return
    const waiting = whenQuiet
    whenQuiet = []
    for (const resolve of waiting) resolve()
  }
  return {
    nowMs: () => nowMs,
    sleepUntil(atMs) {
      if (atMs <= nowMs) return Promise.resolve()
      return new Promise((resolve) => {
        awakeCount -= 1
        sleepers.push({ atMs, wake: resolve })
        becomesQuiet()
      })
    },
    live(life) {
      awakeCount += 1
      livingCount += 1
      life()
        .catch((error: unknown) => void (fault ??= { error }))
        .finally(() => {
          awakeCount -= 1
          livingCount -= 1
          becomesQuiet()
        })
    },
    async everybodySleeps() {
      if (awakeCount > 0) await new Promise<void>((resolve) => void whenQuiet.push(resolve))
      if (fault) throw fault.error
    },
    livingCount: () => livingCount,
    nextWakeMs: () => (sleepers.length === 0 ? null : Math.min(...sleepers.map(({ atMs }) => atMs))),
    moveTo(atMs, mostCount = Infinity) {
      nowMs = Math.max(nowMs, atMs)
      const due = new Set(sleepers.filter((sleeper) => sleeper.atMs <= nowMs).slice(0, mostCount))
      sleepers = sleepers.filter((sleeper) => !due.has(sleeper))
      awakeCount += due.size
      for (const { wake } of due) wake()
      return due.size
    },
  }
}
