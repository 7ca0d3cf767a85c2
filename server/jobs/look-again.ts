import type { Logger } from 'pino'
import { limits } from '../config/limits.ts'
import type { RefundDeps } from '../refunds/refund-deps.ts'
import { takeSecondLook } from '../refunds/second-look.ts'
import { claimSecondLooks } from '../store/second-looks.ts'
import { startRounds, type Rounds } from './rounds.ts'

export interface LookDeps extends RefundDeps {
  log: Logger
}

/** Takes the second looks that are due: one batch, so that a backlog costs the channel a bounded rate. Resolves with how many. */
export async function lookRound(deps: LookDeps): Promise<number> {
  const now = deps.clock.now()
  const leaseUntil = new Date(now.getTime() + limits.checkLeaseMs)
  const due = await claimSecondLooks(deps.db, now, leaseUntil, limits.secondLookBatchCount)
  await Promise.all(
    due.map(async (payment) => {
      try {
        await takeSecondLook(deps, payment)
      } catch (error) {
        deps.log.error({ err: error, number: payment.out_trade_no }, 'left for a later look')
      }
    }),
  )
  return due.length
}

/** Second looks in rounds of their own, at most one batch a second: they never delay the sweep. */
export const startLookingAgain = (deps: LookDeps): Rounds =>
  startRounds(async () => {
    await lookRound(deps)
    return false
  }, deps)
