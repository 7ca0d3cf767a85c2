import type { PriceChange } from '../../contract/order.ts'
import type { Database } from '../store/database.ts'
import { stepsOf } from '../store/history.ts'

/** The shop's changes of an order's total, oldest first, as its customer sees them: neither who made them nor why. */
export async function priceChangesOf(db: Database, orderId: string): Promise<PriceChange[]> {
  const steps = await stepsOf(db, { orderId, subject: 'order', number: orderId })
  return steps
    .filter(({ event }) => event === 'repriced')
    .map(({ at, evidence }) => ({
      at: at.toISOString(),
      fromFen: Number(evidence['fromFen']),
      toFen: Number(evidence['toFen']),
    }))
}
