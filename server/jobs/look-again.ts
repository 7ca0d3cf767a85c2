import type { Logger } from 'pino'
import { limits } from '../config/limits.ts'
import type { RefundDeps } from '../refunds/refund-deps.ts'
import { takeSecondLook } from '../refunds/second-look.ts'
import { claimSecondLooks, payeesWithDueLooks } from '../store/second-looks.ts'
import type { Payee } from '../store/tables.ts'
import { startRounds, type Rounds } from './rounds.ts'

export interface LookDeps extends RefundDeps {
  log: Logger
}

/**
 * Second looks in rounds of their own, which never delay the sweep. Each second takes at most one batch of each payee, so
 * that a backlog costs a channel a bounded rate; a payee whose batch is still under way is passed over, so that a channel
 * that hangs delays its own looks only.
 */
export function startLookingAgain(deps: LookDeps): Rounds {
  const underWay = new Map<string, Promise<void>>()
  const rounds = startRounds(async () => {
    for (const payee of await payeesWithDueLooks(deps.db, deps.clock.now())) {
      const name = `${payee.channel} ${payee.mchid}`
      if (underWay.has(name)) continue
      const batch = lookBatch(deps, payee)
        .catch((error: unknown) => deps.log.error({ err: error, payee }, 'claim failed'))
        .finally(() => underWay.delete(name))
      underWay.set(name, batch)
    }
    return false
  }, deps)
  return {
    stop: async () => {
      await rounds.stop()
      await Promise.all(underWay.values())
    },
  }
}

async function lookBatch(deps: LookDeps, payee: Payee): Promise<void> {
  const now = deps.clock.now()
  const leaseUntil = new Date(now.getTime() + limits.checkLeaseMs)
  const count = limits.secondLookBatchCount
  const due = await claimSecondLooks(deps.db, payee, { now, leaseUntil, count })
  await Promise.all(
    due.map(async (payment) => {
      try {
        await takeSecondLook(deps, payment)
      } catch (error) {
        deps.log.error({ err: error, number: payment.out_trade_no }, 'left for a later look')
      }
    }),
  )
}
