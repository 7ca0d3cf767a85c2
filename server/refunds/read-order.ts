import type { OrderDetail, OrderResult } from '../../contract/order.ts'
import { priceChangesOf } from '../orders/price-changes.ts'
import { toShipping } from '../orders/shipping.ts'
import * as payments from '../payments/read-orders.ts'
import type { Clock } from '../shared/clock.ts'
import type { Database } from '../store/database.ts'
import { shippingOf } from '../store/orders.ts'
import { newestRefundRequest } from '../store/refund-requests.ts'
import { refundsOf } from '../store/refunds.ts'
import { refundOfRequest, toRefundRequest, toRefunds } from './refund-view.ts'

interface ReadDeps {
  db: Database
  clock: Clock
}

/** An order with its payments, what went back of them and what was asked for. Throws NotFound for somebody else's. */
export async function readOrder(deps: ReadDeps, accountId: string, orderId: string): Promise<OrderDetail> {
  const { keptPaymentId, ...order } = await payments.readOrder(deps, accountId, orderId)
  const [refunds, request, priceChanges, shipping] = await Promise.all([
    refundsOf(deps.db, [orderId]),
    newestRefundRequest(deps.db, orderId),
    priceChangesOf(deps.db, orderId),
    shippingOf(deps.db, orderId),
  ])
  return {
    ...order,
    priceChanges,
    refunds: toRefunds(refunds),
    refundRequest: request
      ? toRefundRequest(request, refundOfRequest(request, refunds, keptPaymentId))
      : null,
    shipping: toShipping(shipping),
  }
}

/** What the result page shows, and what was paid and goes back. Throws NotFound for somebody else's. */
export async function readResult(deps: ReadDeps, accountId: string, orderId: string): Promise<OrderResult> {
  const result = await payments.readResult(deps, accountId, orderId)
  const isKnown = result.result !== 'checking'
  return { ...result, refunds: isKnown ? toRefunds(await refundsOf(deps.db, [orderId])) : [] }
}
