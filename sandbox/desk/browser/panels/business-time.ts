import { desk } from '../sandbox/state.ts'

/** Business time at a moment of machine time: it goes on from the last reading, unless it is frozen. */
export function businessNow(machineMs: number): number {
  const { clock, clockReadAtMs } = desk
  if (!clock) return machineMs
  return clock.frozen ? clock.nowMs : clock.nowMs + Math.max(0, machineMs - clockReadAtMs)
}
