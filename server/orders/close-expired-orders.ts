import { limits } from '../config/limits.ts'
import type { Clock } from '../shared/clock.ts'
import type { Database } from '../store/database.ts'
import { moveOrder, ordersToClose } from '../store/orders.ts'
import { releaseStock } from './order-stock.ts'

/** Closes orders past their expiry that no open payment can pay any more, and gives their pieces back. Returns how many. */
export async function closeExpiredOrders(deps: { db: Database; clock: Clock }): Promise<number> {
  const now = deps.clock.now()
  const due = await ordersToClose(
    deps.db,
    new Date(now.getTime() - limits.expiryGraceMs),
    limits.sweepBatchCount,
  )
  let closed = 0
  for (const order of due) {
    // A payment that starts at this moment raises the order's version, and this close loses.
    const done = await deps.db.transaction().execute(async (writer) => {
      const moved = await moveOrder(writer, order, 'expired', now, { closed_at: now }, { from: 'sweep' })
      if (moved) await releaseStock(writer, order.order_id)
      return moved
    })
    if (done) closed += 1
  }
  return closed
}
