import { limits } from '../config/limits.ts'
import { deliverDue, type DeliverDeps } from '../deliveries/deliver-due.ts'
import { startRounds, type Rounds } from './rounds.ts'

/**
 * Delivers to every subscriber until stopped. Each has rounds of its own, apart from the sweep: one that is slow or down
 * holds up neither the others nor the money.
 */
export function startDelivering(deps: DeliverDeps): Rounds {
  const all = deps.subscribers.names.map((name) => {
    let isStopping = false
    const rounds = startRounds(async () => {
      // A full batch means that more is waiting: go on at once.
      while ((await deliverDue(deps, name)) >= limits.deliveryBatchCount && !isStopping);
    }, deps.log)
    return () => {
      isStopping = true
      return rounds.stop()
    }
  })
  return { stop: async () => void (await Promise.all(all.map((stop) => stop()))) }
}
