import type { Logger } from 'pino'
import { limits } from '../config/limits.ts'
import type { ClockSkew } from '../shared/clock-skew.ts'
import { startRounds, type Rounds } from './rounds.ts'

/** How often it is asked whether a look is due. */
const EVERY_MS = 60_000

/**
 * Asks the channels' hosts for the time where traffic does not tell it: at the start, once an hour, and each minute while
 * the clock is wrong, so that readiness comes back soon after it was set. `hosts` are origins.
 */
export const startWatchingClock = (
  hosts: readonly string[],
  { skew, log }: { skew: ClockSkew; log: Logger },
): Rounds => {
  const ending = new AbortController()
  const rounds = startRounds(
    async () => {
      // Three looks, since the middle one counts.
      for (let look = 0; look < 3 && skew.isLookDue(); look += 1)
        await Promise.all(hosts.map(async (host) => skew.heard(await dateAt(host, ending.signal))))
      return false
    },
    { log, everyMs: EVERY_MS },
  )
  return {
    stop: () => {
      ending.abort()
      return rounds.stop()
    },
  }
}

/** Undefined when it does not answer: that is for others to notice. */
async function dateAt(host: string, ending: AbortSignal): Promise<string | undefined> {
  try {
    const signal = AbortSignal.any([ending, AbortSignal.timeout(limits.clockLookMs)])
    const answer = await fetch(host, { method: 'HEAD', redirect: 'manual', signal })
    return answer.headers.get('date') ?? undefined
  } catch {
    return undefined
  }
}
