import type { OrderResult } from '../../contract/order.ts'

/** What the watch has seen last. */
export interface ResultSight {
  /** Null until the first answer. */
  result: OrderResult | null
  /** What stopped the last look, or null; the watch goes on by itself. */
  trouble: unknown
  /** Checking has lasted so long that the customer should have a button. */
  isLong: boolean
}

export interface ResultWatchDeps {
  getResult(): Promise<OrderResult>
  /** POST check: the server asks WeChat. */
  askNow(paymentId: string): Promise<unknown>
  show(sight: ResultSight): void
  /** Milliseconds on any steady clock. */
  now(): number
  setTimer(task: () => void, delayMs: number): number
  clearTimer(timer: number): void
}

export interface ResultWatch {
  /** Looks at once: the page appeared, the customer came back or tapped 刷新. Cheap to call too often. */
  look(): void
  /** A new attempt to pay begins: count the waiting from here. */
  restart(): void
  stop(): void
}

/** The server asks WeChat at most once in this time for a payment, so asking it more often is idle. */
const askPauseMs = 2_000
/** After this long of not knowing, the page offers a button and the timer slows down. */
const longAfterMs = 30_000
const slowPauseMs = 5_000
/** Whatever the server says, a fault of its own must not make every open page hammer it. */
const shortestPauseMs = 500
/** Unpaid, and the server names no time: somebody may still pay in another place, or late. */
const unpaidPauseMs = 10_000
const troublePauseMs = 2_000
const troublePauseMostMs = 15_000

/**
 * Watches one order until it is paid or closed. Its own timer is the guarantee that the truth is shown; whatever events a
 * phone fires only make it look sooner. It decides nothing: what the server says is what is shown.
 */
export function watchResult(deps: ResultWatchDeps): ResultWatch {
  let sight: ResultSight = { result: null, trouble: null, isLong: false }
  let timer: number | null = null
  let isLooking = false
  let isWanted = false
  let isStopped = false
  let startedAtMs = deps.now()
  let askedAtMs = -Infinity
  let troublesInARow = 0

  function schedule(pauseMs: number | null) {
    if (timer !== null) deps.clearTimer(timer)
    timer = pauseMs === null || isStopped ? null : deps.setTimer(look, pauseMs)
  }

  function show(next: Partial<ResultSight>) {
    const seen = { ...sight, ...next }
    sight = { ...seen, isLong: isLong(seen.result, deps.now() - startedAtMs) }
    if (!isStopped) deps.show(sight)
  }

  async function lookOnce() {
    let result = await deps.getResult()
    if (result.result === 'checking' && result.paymentId && deps.now() - askedAtMs >= askPauseMs) {
      askedAtMs = deps.now()
      const asked = await deps.askNow(result.paymentId).then(
        () => true,
        () => false,
      )
      if (asked) result = await deps.getResult()
    }
    troublesInARow = 0
    show({ result, trouble: null })
    return pauseAfter(result, deps.now() - startedAtMs)
  }

  function look() {
    if (isStopped) return
    if (isLooking) {
      isWanted = true
      return
    }
    schedule(null)
    isLooking = true
    void lookOnce()
      .catch((trouble: unknown) => {
        show({ trouble })
        return Math.min(troublePauseMostMs, troublePauseMs * 2 ** troublesInARow++)
      })
      .then((pauseMs) => {
        isLooking = false
        if (!isWanted) return schedule(pauseMs)
        isWanted = false
        look()
      })
  }

  return {
    look,
    restart() {
      startedAtMs = deps.now()
      look()
    },
    stop() {
      isStopped = true
      schedule(null)
    },
  }
}

function isLong(result: OrderResult | null, elapsedMs: number): boolean {
  // The server names no time any more when it has waited in vain for what the cashier promised.
  return elapsedMs >= longAfterMs || (result?.result === 'checking' && result.askAgainMs === null)
}

function pauseAfter({ result, askAgainMs }: OrderResult, elapsedMs: number): number | null {
  if (result === 'paid' || result === 'closed') return null
  if (result === 'unpaid') return Math.max(shortestPauseMs, askAgainMs ?? unpaidPauseMs)
  const pauseMs = Math.max(shortestPauseMs, askAgainMs ?? slowPauseMs)
  return elapsedMs < longAfterMs ? pauseMs : Math.max(pauseMs, slowPauseMs)
}
