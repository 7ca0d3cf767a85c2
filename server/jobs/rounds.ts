import type { Logger } from 'pino'
import { limits } from '../config/limits.ts'

/** Work that comes round until it is stopped. */
export interface Rounds {
  /** No new round; the one under way is waited for. */
  stop: () => Promise<void>
}

/**
 * Goes round every second, one round at a time; at once when a round answers that more is waiting. A round that throws is
 * logged and the next one tries again.
 */
export function startRounds(round: () => Promise<boolean>, log: Logger): Rounds {
  let running: Promise<unknown> = Promise.resolve()
  let isBusy = false
  let isStopping = false
  const goRound = async () => {
    while ((await round()) && !isStopping);
  }
  const timer = setInterval(() => {
    if (isBusy) return
    isBusy = true
    running = goRound()
      .catch((error: unknown) => log.error({ err: error }, 'sweep failed, tried again in a second'))
      .finally(() => (isBusy = false))
  }, limits.sweepEveryMs)
  return {
    stop: async () => {
      isStopping = true
      clearInterval(timer)
      await running
    },
  }
}
