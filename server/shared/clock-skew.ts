import type { Logger } from 'pino'
import { limits } from '../config/limits.ts'

/** How far this machine's clock is off, by what others say the time is. */
export interface ClockSkew {
  /** Takes the `Date` header of an answer that came just now from a host of WeChat Pay or Alipay. Anything else is ignored. */
  heard(date: string | undefined): void
  /** Milliseconds that this machine's clock is ahead (negative: behind); null before three answers were heard. */
  aheadMs(): number | null
  /** A sentence for an operator while the clock is further off than `limits.clockWarnMs`; otherwise null. */
  warning(): string | null
  /** The same once payments fail or are about to, beyond `limits.clockFailMs`. */
  fault(): string | null
  /** Whether a look at the time is due: nothing was heard for an hour, or the clock was wrong at the last look. */
  isLookDue(): boolean
}

/** A `Date` header has whole seconds: half of one is added, so that errors are even. */
const HALF_SECOND_MS = 500
/** The middle one of so many answers counts, so that a single odd one says nothing. */
const SAMPLES = 5
const FEWEST_SAMPLES = 3

/** Watches the machine's clock. `nowMs` is the machine's time; a test passes another. */
export function createClockSkew(
  log: Pick<Logger, 'warn' | 'info'>,
  nowMs: () => number = Date.now,
): ClockSkew {
  const samples: number[] = []
  let heardAt = -Infinity
  let isWrong = false
  const aheadMs = () =>
    samples.length < FEWEST_SAMPLES
      ? null
      : samples.toSorted((a, b) => a - b)[Math.floor(samples.length / 2)]!
  const beyond = (limitMs: number) => {
    const ms = aheadMs()
    return ms === null || Math.abs(ms) <= limitMs ? null : sentenceOf(ms)
  }
  return {
    heard(date) {
      const saidMs = Date.parse(date ?? '')
      if (Number.isNaN(saidMs)) return
      samples.push(nowMs() - (saidMs + HALF_SECOND_MS))
      if (samples.length > SAMPLES) samples.shift()
      heardAt = performance.now()
      const warning = beyond(limits.clockWarnMs)
      if (warning && !isWrong) log.warn({ aheadMs: aheadMs() }, warning)
      if (!warning && isWrong) log.info('the clock is right again')
      isWrong = warning !== null
    },
    aheadMs,
    warning: () => beyond(limits.clockWarnMs),
    fault: () => beyond(limits.clockFailMs),
    isLookDue: () =>
      isWrong || samples.length < FEWEST_SAMPLES || performance.now() - heardAt > limits.clockLookEveryMs,
  }
}

const sentenceOf = (aheadMs: number): string =>
  `This machine's clock is ${Math.round(Math.abs(aheadMs) / 1_000)} s ${aheadMs > 0 ? 'ahead' : 'behind'}. Set it by NTP (timedatectl set-ntp true): signatures are valid for 5 minutes.`
