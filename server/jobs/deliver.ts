import { limits } from '../config/limits.ts'
import { claimDue, deliver, type DeliverDeps } from '../deliveries/deliver-due.ts'
import { startLanes } from './lanes.ts'
import type { Rounds } from './rounds.ts'

/**
 * Delivers to every subscriber until stopped. Each has a lane of its own, apart from the sweep: one that is slow or down
 * holds up neither the others nor the money, and a slow message only itself.
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
