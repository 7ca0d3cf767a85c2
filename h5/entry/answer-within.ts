/** How long WeChat's bridge or a native page may stay silent, in ms, before the customer is told so. */
const silenceMs = 3_000

/** The timer of the window; tests pass their own. */
export interface Timer {
  set(task: () => void, delayMs: number): number
  clear(timer: number): void
}

const windowTimer: Timer = {
  set: (task, delayMs) => window.setTimeout(task, delayMs),
  clear: (timer) => window.clearTimeout(timer),
}

/**
 * Calls native code, which may never answer: no bridge came, or the page is not where its user agent says. Resolves with the
 * first answer, or with `late()` after three seconds of silence.
 */
export function answerWithin<T>(
  call: (answer: (value: T) => void) => void,
  late: () => T,
  timer: Timer = windowTimer,
): Promise<T> {
  return new Promise((resolve) => {
    const waiting = timer.set(() => resolve(late()), silenceMs)
    call((value) => {
      timer.clear(waiting)
      resolve(value)
    })
  })
}
