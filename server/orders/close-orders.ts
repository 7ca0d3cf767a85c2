import type { Logger } from 'pino'
import { limits } from '../config/limits.ts'
import type { Clock } from '../shared/clock.ts'
import { transact, type Database, type Writer } from '../store/database.ts'
import { hasOpenAttempt, lockOrder, moveOrder, ordersToCancel, ordersToClose } from '../store/orders.ts'
import type { OrderRow } from '../store/tables.ts'
import { releaseStock } from './order-stock.ts'

interface CloseDeps {
  db: Database
  clock: Clock
  log: Pick<Logger, 'error'>
}

interface Batch {
  /** All that were looked at. */
  rows: OrderRow[]
  /** How many of them were closed. */
  moved: number
}

/**
 * Closes a batch of the orders past their expiry that no open payment can pay any more, from behind `after`, and gives their
 * pieces back. One that cannot be closed is left for a later sweep.
 */
export async function closeBatch(deps: CloseDeps, after: OrderRow | null): Promise<Batch> {
  const expiredBefore = new Date(deps.clock.now().getTime() - limits.expiryGraceMs)
  const rows = await ordersToClose(deps.db, expiredBefore, limits.sweepBatchCount, after)
  return closeEach(deps, rows, (writer, order) => closeOrder(deps, writer, order, 'expired'))
}

/** The same of orders that their buyers have asked to cancel. */
export async function cancelBatch(deps: CloseDeps, after: OrderRow | null): Promise<Batch> {
  const rows = await ordersToCancel(deps.db, limits.sweepBatchCount, after)
  return closeEach(deps, rows, (writer, order) => closeCancelled(deps, writer, order.order_id))
}

/** Closes the first batch of each. Returns how many. */
export async function closeOrders(deps: CloseDeps): Promise<number> {
  const { moved: cancelled } = await cancelBatch(deps, null)
  const { moved: expired } = await closeBatch(deps, null)
  return cancelled + expired
}

/**
 * Closes an order that its buyer has asked to cancel, unless an attempt of it is open or it is over by now: false. Locks the
 * order.
 */
export async function closeCancelled(
  deps: Pick<CloseDeps, 'clock'>,
  writer: Writer,
  orderId: string,
): Promise<boolean> {
  const order = await lockOrder(writer, orderId)
  if (order?.state !== 'pending' || order.cancel_asked_at === null) return false
  if (await hasOpenAttempt(writer, orderId)) return false
  return closeOrder(deps, writer, order, 'cancelled')
}

async function closeEach(
  { db, log }: CloseDeps,
  rows: OrderRow[],
  close: (writer: Writer, order: OrderRow) => Promise<boolean>,
): Promise<Batch> {
  let moved = 0
  for (const order of rows) {
    try {
      if (await transact(db, (writer) => close(writer, order))) moved += 1
    } catch (error) {
      log.error({ err: error, orderId: order.order_id }, 'left for a later sweep')
    }
  }
  return { rows, moved }
}

/** A payment that starts at this moment raises the order's version, and this close loses: false. */
async function closeOrder(
  { clock }: Pick<CloseDeps, 'clock'>,
  writer: Writer,
  order: OrderRow,
  event: 'expired' | 'cancelled',
): Promise<boolean> {
  const now = clock.now()
  const from = event === 'expired' ? 'sweep' : 'buyer'
  const moved = await moveOrder(writer, order, event, now, { closed_at: now }, { from })
  if (moved) await releaseStock(writer, order.order_id)
  return moved
}
