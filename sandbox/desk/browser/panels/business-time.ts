import { duration } from '../sandbox/moment.ts'
import { desk } from '../sandbox/state.ts'
import { t } from '../words/t.ts'

/** Business time at a moment of machine time: it goes on from the last reading, unless it is frozen. */
export function businessNow(machineMs: number): number {
  const { clock, clockReadAtMs } = desk
  if (!clock) return machineMs
  return clock.frozen ? clock.nowMs : clock.nowMs + Math.max(0, machineMs - clockReadAtMs)
}

/** How far business time is from the machine's, in ms, to whole seconds. */
export const offsetMs = (): number => Math.round((desk.clock?.offsetMs ?? 0) / 1000) * 1000

/** 快 1 天, 慢 3 小时; empty while the clock is right. */
export function offsetInWords(): string {
  const offset = offsetMs()
  if (offset === 0) return ''
  return t(offset > 0 ? 'clock.fast' : 'clock.slow', { by: duration(offset) })
}
