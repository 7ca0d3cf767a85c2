import { limits } from '../config/limits.ts'
import { claimDue, deliver, type DeliverDeps } from '../deliveries/deliver-due.ts'
import { startLanes } from './lanes.ts'
import type { Rounds } from './rounds.ts'

/**
 * Delivers to every subscriber until stopped. Each subscriber has a lane of its own, apart from the sweep: a slow
 * subscriber delays neither the others nor payments, and a slow message delays no other message.
 */
export const startDelivering = (deps: DeliverDeps): Rounds =>
  startLanes(
    {
      findLanes: async () => deps.subscribers.names,
      nameOf: (name: string) => name,
      claim: (name, count) => claimDue(deps, name, count),
      work: (delivery) => deliver(deps, delivery),
      atOnceCount: limits.deliveryBatchCount,
    },
    deps.log,
  )
