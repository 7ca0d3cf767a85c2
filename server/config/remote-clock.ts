import type { Clock } from '../shared/clock.ts'

/** How often the other clock is looked at. Short, so that a jump is felt at once. */
const lookEveryMs = 250

/**
 * A clock that follows one at an address: GET answers {nowMs, frozen}. For the demonstration, where one clock can be
 * moved for everybody. While the address does not answer, time goes on from what was last heard.
 */
export async function followClock(url: string): Promise<Clock & { stop(): void }> {
  let offsetMs = 0
  let frozenAtMs: number | null = null
  const look = async () => {
    const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) })
    const heard = (await answer.json()) as { nowMs: number; frozen: boolean }
    offsetMs = heard.nowMs - Date.now()
    frozenAtMs = heard.frozen ? heard.nowMs : null
  }
  await look().catch(() => {
    throw new Error(`the clock at ${url} does not answer. Start it, or remove the field clock.`)
  })
  const timer = setInterval(() => void look().catch(() => {}), lookEveryMs)
  timer.unref()
  return {
    now: () => new Date(frozenAtMs ?? Date.now() + offsetMs),
    stop: () => clearInterval(timer),
  }
}
