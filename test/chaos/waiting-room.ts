/** A message that waits for its turn. */
export interface Waiting {
  /** Whose messages it must not race with; null: nobody's. */
  journey: number | null
  /** Tells the messages of one journey apart, the same in every run. */
  label: string
  /** Business time before which it does not go on. */
  dueMs: number
  /** Whether its sender waits on an open connection now: one that lost patience has hung up. */
  isConnected(): boolean
  pass(): Promise<void>
}

/** Where messages wait until everybody sleeps, or until a moment has come. */
export interface WaitingRoom {
  enter(waiting: Waiting): void
  /** How many senders wait on open connections. */
  connectedCount(): number
  /** The next moment somebody waits for; null: nobody does. */
  nextDueMs(): number | null
  /** Lets all go on that are due: at once those of different journeys, one after the other those of one, as `shuffle` says. */
  letGo(nowMs: number, shuffle: (queue: Waiting[]) => Waiting[]): Promise<number>
}

export function createWaitingRoom(): WaitingRoom {
  let inside: Waiting[] = []
  return {
    enter: (waiting) => void inside.push(waiting),
    connectedCount: () => inside.filter((one) => one.isConnected()).length,
    nextDueMs: () => (inside.length === 0 ? null : Math.min(...inside.map(({ dueMs }) => dueMs))),
    async letGo(nowMs, shuffle) {
      const due = inside.filter((one) => one.dueMs <= nowMs)
      inside = inside.filter((one) => one.dueMs > nowMs)
      const queues = Map.groupBy(due, (one) => one.journey)
      const goOneByOne = async (queue: Waiting[]) => {
        const sorted = queue.toSorted((a, b) => a.dueMs - b.dueMs || a.label.localeCompare(b.label))
        for (const one of shuffle(sorted)) await one.pass()
      }
      await Promise.all([...queues.values()].map(goOneByOne))
      return due.length
    },
  }
}
