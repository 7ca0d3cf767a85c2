import type { BusinessClock } from './clock.ts'
import { beijingTime } from './clock.ts'

const MINUTE_MS = 60_000

/** Counts what WeChat allows so often. In memory: a restart forgives. */
export interface Quotas {
  /** Takes one of so many within the last minute. False: they are used up. */
  takeInMinute(name: string, limit: number): boolean
  /** Takes one of so many on this day of UTC+8. False: they are used up. */
  takeInDay(name: string, limit: number): boolean
  leftInDay(name: string, limit: number): number
  clear(): void
}

export function createQuotas(clock: BusinessClock): Quotas {
  const moments = new Map<string, number[]>()
  const days = new Map<string, { day: string; used: number }>()
  const usedToday = (name: string) => {
    const count = days.get(name)
    return count?.day === beijingTime(clock.nowMs()).slice(0, 10) ? count.used : 0
  }
  return {
    takeInMinute(name, limit) {
      const nowMs = clock.nowMs()
      // Time may have been set back: a moment of the future counts for nothing.
      const recent = (moments.get(name) ?? []).filter((atMs) => atMs > nowMs - MINUTE_MS && atMs <= nowMs)
      const allows = recent.length < limit
      moments.set(name, allows ? [...recent, nowMs] : recent)
      return allows
    },
    takeInDay(name, limit) {
      const used = usedToday(name)
      if (used >= limit) return false
      days.set(name, { day: beijingTime(clock.nowMs()).slice(0, 10), used: used + 1 })
      return true
    },
    leftInDay: (name, limit) => Math.max(0, limit - usedToday(name)),
    clear() {
      moments.clear()
      days.clear()
    },
  }
}
