import type { OrderDetail, OrderResult } from '../../contract/order.ts'
import * as payments from '../payments/read-orders.ts'
import type { Clock } from '../shared/clock.ts'
import type { Database } from '../store/database.ts'
import { refundsOf } from '../store/refunds.ts'
import { toRefunds } from './refund-view.ts'

interface ReadDeps {
  db: Database
  clock: Clock
}

/** An order with its payments and what went back of them. Throws NotFound for somebody else's. */
export async function readOrder(deps: ReadDeps, accountId: string, orderId: string): Promise<OrderDetail> {
  const order = await payments.readOrder(deps, accountId, orderId)
  return { ...order, refunds: toRefunds(await refundsOf(deps.db, [orderId])) }
}

/** What the result page shows, and whether something was paid twice. Throws NotFound for somebody else's. */
export async function readResult(deps: ReadDeps, accountId: string, orderId: string): Promise<OrderResult> {
  const result = await payments.readResult(deps, accountId, orderId)
  const isOver = result.result === 'paid' || result.result === 'closed'
  return { ...result, refunds: isOver ? toRefunds(await refundsOf(deps.db, [orderId])) : [] }
}
