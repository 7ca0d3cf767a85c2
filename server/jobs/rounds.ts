import type { Logger } from 'pino'
import { limits } from '../config/limits.ts'

/** Work that comes round until it is stopped. */
export interface Rounds {
  /** No new round; the one under way is waited for. */
  stop: () => Promise<void>
}

/** Goes round every second, one round at a time. A round that throws is logged and the next one tries again. */
export function startRounds(round: () => Promise<void>, log: Logger): Rounds {
  let running: Promise<unknown> = Promise.resolve()
  let isBusy = false
  const timer = setInterval(() => {
    if (isBusy) return
    isBusy = true
    running = round()
      .catch((error: unknown) => log.error({ err: error }, 'sweep failed, tried again in a second'))
      .finally(() => (isBusy = false))
  }, limits.sweepEveryMs)
  return {
    stop: async () => {
      clearInterval(timer)
      await running
    },
  }
}
