import { limits } from '../config/limits.ts'
import { noteSecondLook } from '../store/second-looks.ts'
import type { PaymentRow } from '../store/tables.ts'
import { lookAgain } from './look-again.ts'
import type { RefundDeps } from './refund-deps.ts'

/**
 * The scheduled look at a payment that was paid a day, a week or a month ago. What the channel knows and we do not becomes
 * an anomaly, once. A channel that does not answer is asked again in an hour. One that has gone back in full is not asked.
 */
export async function takeSecondLook(deps: RefundDeps, payment: PaymentRow): Promise<void> {
  const isBack = payment.refunded_fen === payment.amount_fen
  const look = isBack ? 'agrees' : await lookAgain(deps, payment)
  const now = deps.clock.now()
  const next =
    look === 'unanswered' ? new Date(now.getTime() + limits.secondLookRetryMs) : nextLookAt(payment, now)
  await noteSecondLook(deps.db, payment, isBack ? null : next)
}

/** When to look at a paid payment next; null: it was looked at for the last time. Pure. */
export function nextLookAt({ paid_at: paidAt }: Pick<PaymentRow, 'paid_at'>, now: Date): Date | null {
  const from = paidAt!.getTime()
  const rung = limits.secondLookLadderMs.find((afterMs) => from + afterMs > now.getTime())
  return rung === undefined ? null : new Date(from + rung)
}
