import type { Logger } from 'pino'
import { limits } from '../config/limits.ts'

/** Work that is repeated until it is stopped. */
export interface Rounds {
  /** Starts no new work; what is under way is waited for. */
  stop: () => Promise<void>
}

/**
 * Goes round at once and then every `everyMs` (machine time), one round at a time; again at once when a round answers
 * that more is waiting. A round that throws is logged and the next one tries again.
 */
export function startRounds(
  round: () => Promise<boolean>,
  { log, everyMs = limits.sweepEveryMs }: { log: Logger; everyMs?: number },
): Rounds {
  let running: Promise<unknown> = Promise.resolve()
  let isBusy = false
  let isStopping = false
  const goRound = async () => {
    while ((await round()) && !isStopping);
  }
  const tick = () => {
    if (isBusy) return
    isBusy = true
    running = goRound()
      .catch((error: unknown) => log.error({ err: error }, 'round failed, tried again at the next one'))
      .finally(() => (isBusy = false))
  }
  const timer = setInterval(tick, everyMs)
  tick()
  return {
    stop: async () => {
      isStopping = true
      clearInterval(timer)
      await running
    },
  }
}

/**
 * Rounds over rows that stay where they are when their work fails. Each batch begins behind the last row of the one before,
 * so that rows that fail again and again keep none behind them waiting; after the last batch a round is over.
 */
export function startWalking<Row>(
  walkBatch: (after: Row | null) => Promise<{ rows: readonly Row[] }>,
  { log, batchCount }: { log: Logger; batchCount: number },
): Rounds {
  let last: Row | null = null
  return startRounds(
    async () => {
      const { rows } = await walkBatch(last)
      last = rows.length < batchCount ? null : rows.at(-1)!
      return last !== null
    },
    { log },
  )
}

/** Stops all of them at once. */
export const together = (all: readonly Rounds[]): Rounds => ({
  stop: async () => void (await Promise.all(all.map((one) => one.stop()))),
})
