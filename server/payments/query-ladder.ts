import { limits } from '../config/limits.ts'

/**
 * When to ask WeChat next about an open payment, or null when the last look is past: the ladder counted from prepay,
 * then every ten minutes, and last a minute after expiry. Pure.
 */
export function nextCheckAt(payment: { from: Date; expiresAt: Date }, now: Date): Date | null {
  const last = payment.expiresAt.getTime() + limits.expiryGraceMs
  if (now.getTime() >= last) return null
  const start = payment.from.getTime()
  const rung = limits.queryLadderMs.find((afterMs) => start + afterMs > now.getTime())
  const next = rung === undefined ? now.getTime() + limits.queryEveryMs : start + rung
  return new Date(Math.min(next, last))
}
