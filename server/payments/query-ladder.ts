import { limits } from '../config/limits.ts'

/**
 * When to ask WeChat next about an open payment: the ladder counted from prepay, then every ten minutes, and last a minute
 * after expiry. When that is past it is due at once: what is open is never left without a next look. Pure.
 */
export function nextCheckAt(payment: { from: Date; expiresAt: Date }, now: Date): Date {
  const last = lastCheckAt(payment.expiresAt).getTime()
  const start = payment.from.getTime()
  const rung = limits.queryLadderMs.find((afterMs) => start + afterMs > now.getTime())
  const next = rung === undefined ? now.getTime() + limits.queryEveryMs : start + rung
  return new Date(Math.min(next, last))
}

/** The check that ends an attempt: after its expiry, when WeChat has finished what began in time. Pure. */
export const lastCheckAt = (expiresAt: Date): Date => new Date(expiresAt.getTime() + limits.expiryGraceMs)

/** The first look after a cashier was opened. Pure. */
export const checkAfterLaunch = (at: Date): Date => new Date(at.getTime() + limits.queryLadderMs[0]!)
