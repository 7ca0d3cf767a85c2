import type { Logger } from 'pino'
import { limits } from '../config/limits.ts'
import type { Clock } from '../shared/clock.ts'
import { transact, type Database } from '../store/database.ts'
import { moveOrder, ordersToClose } from '../store/orders.ts'
import type { OrderRow } from '../store/tables.ts'
import { releaseStock } from './order-stock.ts'

interface CloseDeps {
  db: Database
  clock: Clock
  log: Pick<Logger, 'error'>
}

/**
 * Closes orders past their expiry that no open payment can pay any more, and gives their pieces back. Returns how many. One
 * that cannot be closed is left for a later sweep and does not keep the others waiting.
 */
export async function closeExpiredOrders(deps: CloseDeps): Promise<number> {
  const now = deps.clock.now()
  const due = await ordersToClose(
    deps.db,
    new Date(now.getTime() - limits.expiryGraceMs),
    limits.sweepBatchCount,
  )
  let closed = 0
  for (const order of due) {
    try {
      if (await closeOrder(deps.db, order, now)) closed += 1
    } catch (error) {
      deps.log.error({ err: error, orderId: order.order_id }, 'left for a later sweep')
    }
  }
  return closed
}

/** A payment that starts at this moment raises the order's version, and this close loses: false. */
const closeOrder = (db: Database, order: OrderRow, now: Date): Promise<boolean> =>
  transact(db, async (writer) => {
    const moved = await moveOrder(writer, order, 'expired', now, { closed_at: now }, { from: 'sweep' })
    if (moved) await releaseStock(writer, order.order_id)
    return moved
  })
