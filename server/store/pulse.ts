/** Tells whether queries come back, in machine time. */
export interface Pulse {
  /** A query was sent, or waits for a connection. */
  asked(): void
  /** One came back: rows, or an error of PostgreSQL's own. A time-out of ours is no answer. */
  answered(): void
  /** How long queries have been waiting since the last one came back; 0 when none was asked since. */
  silentMs(): number
}

export function createPulse(now: () => number = () => performance.now()): Pulse {
  let waitingSince: number | null = null
  return {
    asked: () => void (waitingSince ??= now()),
    answered: () => void (waitingSince = null),
    silentMs: () => (waitingSince === null ? 0 : now() - waitingSince),
  }
}
