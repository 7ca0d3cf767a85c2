import { badParameter } from './refusal.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
/** Without time_expire an order may be paid for seven days. */
const DEFAULT_LIFETIME_MS = 7 * DAY_MS
const LONGEST_LIFETIME_MS = 90 * DAY_MS

const LABELS: Record<string, string> = { time_expire: '交易结束时间', time_start: '交易起始时间' }
const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/

/** JavaScript takes the 29th of February for the 1st of March in a year that has none. */
function isRealDay(day: string): boolean {
  const atMs = Date.parse(`${day}T00:00:00Z`)
  return !Number.isNaN(atMs) && new Date(atMs).toISOString().startsWith(day)
}

/** The last moment to pay. Sooner than in a minute becomes a minute, later than 90 days becomes 90 days. */
export function expiry(timeExpire: string | null, nowMs: number, source = '/body/time_expire'): number {
  if (timeExpire === null) return nowMs + DEFAULT_LIFETIME_MS
  const isDate = RFC_3339.test(timeExpire) && isRealDay(timeExpire.slice(0, 10))
  const atMs = isDate ? Date.parse(timeExpire) : Number.NaN
  if (Number.isNaN(atMs)) {
    const name = source.slice('/body/'.length)
    throw badParameter(source, timeExpire, `${LABELS[name] ?? '时间'}${name}格式错误，应为rfc3339格式`)
  }
  return Math.min(Math.max(atMs, nowMs + MINUTE_MS), nowMs + LONGEST_LIFETIME_MS)
}
