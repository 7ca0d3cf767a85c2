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
 * Closes a batch of the orders past their expiry that no open payment can pay any more, from behind `after`, and gives their
 * pieces back. One that cannot be closed is left for a later sweep. Returns all that were looked at, and how many it closed.
 */
export async function closeBatch(
  deps: CloseDeps,
  after: OrderRow | null,
): Promise<{ rows: OrderRow[]; moved: number }> {
  const now = deps.clock.now()
  const expiredBefore = new Date(now.getTime() - limits.expiryGraceMs)
  const rows = await ordersToClose(deps.db, expiredBefore, limits.sweepBatchCount, after)
  let moved = 0
  for (const order of rows) {
    try {
      if (await closeOrder(deps, order)) moved += 1
    } catch (error) {
      deps.log.error({ err: error, orderId: order.order_id }, 'left for a later sweep')
    }
  }
  return { rows, moved }
}

/** Closes the first batch. Returns how many. */
export const closeExpiredOrders = async (deps: CloseDeps): Promise<number> =>
  (await closeBatch(deps, null)).moved

/** A payment that starts at this moment raises the order's version, and this close loses: false. */
const closeOrder = ({ db, clock }: CloseDeps, order: OrderRow): Promise<boolean> =>
  transact(db, async (writer) => {
    const now = clock.now()
    const moved = await moveOrder(writer, order, 'expired', now, { closed_at: now }, { from: 'sweep' })
    if (moved) await releaseStock(writer, order.order_id)
    return moved
  })
