import { limits } from '../config/limits.ts'
import { deliverDue, type DeliverDeps } from '../deliveries/deliver-due.ts'
import { startRounds, type Rounds } from './rounds.ts'

/**
 * Delivers to every subscriber until stopped. Each has rounds of its own, apart from the sweep: one that is slow or down
 * holds up neither the others nor the money.
 */
export function startDelivering(deps: DeliverDeps): Rounds {
  const all = deps.subscribers.names.map((name) =>
    startRounds(async () => (await deliverDue(deps, name)) >= limits.deliveryBatchCount, deps.log),
  )
  return { stop: async () => void (await Promise.all(all.map((rounds) => rounds.stop()))) }
}
