import { limits } from '../config/limits.ts'

/** When to ask again about a refund whose refusal, first heard at `from`, is not believed yet. Pure. */
export function nextDoubtCheckAt(from: Date, now: Date): Date {
  const rung = limits.refundDoubtLadderMs.find((afterMs) => from.getTime() + afterMs > now.getTime())
  return new Date(rung === undefined ? now.getTime() + limits.refundDoubtMs : from.getTime() + rung)
}

/** When to ask about a refund again that was sent at `from`: the ladder, then every hour until it is over. Pure. */
export function nextRefundCheckAt(from: Date, now: Date): Date {
  const rung = limits.refundLadderMs.find((afterMs) => from.getTime() + afterMs > now.getTime())
  return new Date(rung === undefined ? now.getTime() + limits.refundQueryEveryMs : from.getTime() + rung)
}
