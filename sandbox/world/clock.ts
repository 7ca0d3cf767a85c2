/** What anybody may know about the business clock. */
export interface ClockReading {
  /** ISO 8601, UTC. */
  now: string
  nowMs: number
  /** The day in UTC+8, as bills count days: 2026-01-02. */
  day: string
  frozen: boolean
  /** How far business time is ahead of machine time. */
  offsetMs: number
}

/**
 * Business time: prepay ages, codes, order expiry, the notification ladder, bills. It can be moved and frozen.
 * Signatures and wire timestamps never use it, so that unmodified clients still verify after a jump.
 */
export interface BusinessClock {
  nowMs(): number
  /** ISO 8601, UTC. */
  nowText(): string
  read(): ClockReading
  /** Jumps to a moment, or by a duration. */
  setMs(atMs: number): void
  advanceMs(byMs: number): void
  setFrozen(frozen: boolean): void
  /** Calls back whenever time jumped, froze or thawed. Returns the way to stop listening. */
  onChange(listener: () => void): () => void
}

/** What must be kept to have the same clock again. */
export interface ClockState {
  offsetMs: number
  frozenAtMs: number | null
}

/** The state lives in the object that is passed in, so that the world can keep and restore it. */
export function createClock(
  state: ClockState,
  onWrite: () => void = () => {},
  machineNowMs: () => number = Date.now,
): BusinessClock {
  const listeners = new Set<() => void>()
  const changed = () => {
    onWrite()
    for (const listener of listeners) listener()
  }
  const nowMs = () => state.frozenAtMs ?? machineNowMs() + state.offsetMs
  const setMs = (atMs: number) => {
    state.offsetMs = atMs - machineNowMs()
    if (state.frozenAtMs !== null) state.frozenAtMs = atMs
    changed()
  }
  const nowText = () => new Date(nowMs()).toISOString()
  return {
    nowMs,
    nowText,
    read: () => ({
      now: nowText(),
      nowMs: nowMs(),
      day: beijingTime(nowMs()).slice(0, 10),
      frozen: state.frozenAtMs !== null,
      offsetMs: nowMs() - machineNowMs(),
    }),
    setMs,
    advanceMs: (byMs) => setMs(nowMs() + byMs),
    setFrozen(frozen) {
      if (frozen === (state.frozenAtMs !== null)) return
      if (frozen) state.frozenAtMs = nowMs()
      else {
        // Thawing goes on from the frozen moment; time that passed outside is not made up for.
        state.offsetMs = nowMs() - machineNowMs()
        state.frozenAtMs = null
      }
      changed()
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** RFC 3339 in UTC+8 without milliseconds, as all WeChat Pay answers print time: 2026-01-02T03:04:05+08:00. */
export function beijingTime(atMs: number): string {
  return inBeijing(atMs).text
}

/** The same in fourteen digits, as WeChat's own numbers begin: 20260102030405. */
export function beijingDigits(atMs: number): string {
  return inBeijing(atMs).digits
}

/** The second that was asked for last: a trade asks for its own many times. */
let last = { second: Number.NaN, text: '', digits: '' }

function inBeijing(atMs: number): typeof last {
  const second = Math.floor(atMs / 1_000)
  if (second === last.second) return last
  const text = new Date(second * 1_000 + 8 * 3_600_000).toISOString().slice(0, 19)
  last = { second, text: `${text}+08:00`, digits: text.replace(/\D/g, '') }
  return last
}
