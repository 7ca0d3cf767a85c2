import { beijingTime } from '../world/clock.ts'

/** A moment as Alipay prints it, in UTC+8: 2026-01-02 03:04:05. */
export function alipayTime(atMs: number): string {
  return beijingTime(atMs).slice(0, 19).replace('T', ' ')
}

const SHAPE = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2})(:\d{2})?$/

/** Reads yyyy-MM-dd HH:mm:ss (`seconds` may be left out where Alipay allows it). Null: no such moment. */
export function readAlipayTime(text: string, seconds: 'required' | 'optional' = 'required'): number | null {
  const match = SHAPE.exec(text)
  if (!match || (match[3] === undefined && seconds === 'required')) return null
  const atMs = Date.parse(`${match[1]}T${match[2]}${match[3] ?? ':00'}+08:00`)
  // Date.parse takes the 31st of every month.
  return Number.isNaN(atMs) || !alipayTime(atMs).startsWith(match[1]!) ? null : atMs
}
