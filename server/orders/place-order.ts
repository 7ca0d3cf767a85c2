import { createHash } from 'node:crypto'
import type { Order, OrderRequest } from '../../contract/order.ts'
import { priceLines } from '../catalog/price-lines.ts'
import { limits } from '../config/limits.ts'
import type { Clock } from '../shared/clock.ts'
import { KindError } from '../shared/errors.ts'
import { newOrderId } from '../shared/id.ts'
import { lockAccount } from '../store/accounts.ts'
import { transact, type Database } from '../store/database.ts'
import { findOrder, findOrderRequest, insertOrder, linesOf, type EarlierRequest } from '../store/orders.ts'
import type { OrderLineRow, OrderRow } from '../store/tables.ts'
import { holdStock } from './order-stock.ts'
import { toOrder, untold } from './order-view.ts'

/**
 * Places an order at the server's prices, with its pieces of what is limited. Repeated with the same key it answers the same
 * order. Throws InvalidInput for what cannot be bought, Conflict for too few pieces, too many
 * unpaid orders that hold some, or a key that was used for something else.
 */
export async function placeOrder(
  deps: { db: Database; clock: Clock },
  input: { accountId: string; entryCode: string; request: OrderRequest; idempotencyKey: string },
): Promise<{ order: Order; isNew: boolean }> {
  const requestHash = createHash('sha256').update(JSON.stringify(input.request.lines)).digest()
  // Before pricing: an order that was placed is answered also when its products are no longer on sale.
  const placed = await findOrderRequest(deps.db, input.accountId, input.idempotencyKey)
  if (placed) return answerAgain(deps, placed, requestHash)
  const quote = await priceLines(deps.db, input.request.lines)
  const now = deps.clock.now()
  const order: OrderRow = {
    order_id: newOrderId(),
    account_id: input.accountId,
    entry_code: input.entryCode,
    goods_type: quote.goodsType,
    total_fen: quote.totalFen,
    state: 'pending',
    version: 1,
    payment_count: 0,
    created_at: now,
    expires_at: new Date(now.getTime() + limits.orderLifetimeMs),
    paid_at: null,
    closed_at: null,
  }
  const lines = quote.lines.map((line, i): OrderLineRow => ({
    order_id: order.order_id,
    line_no: i + 1,
    product_id: line.productId,
    name: line.name,
    picture: line.picture,
    unit_price_fen: line.unitPriceFen,
    quantity: line.quantity,
    held: 0,
  }))
  const request = { key: input.idempotencyKey, requestHash }
  const isLimited = quote.lines.some(({ piecesLeft }) => piecesLeft !== null)
  const isNew = isLimited
    ? await transact(deps.db, async (writer) => {
        await lockAccount(writer, input.accountId)
        const isFirst = await insertOrder(writer, order, lines, request)
        // Last: others who want the same product wait from here to the commit.
        if (isFirst) await holdStock(writer, input.accountId, lines)
        return isFirst
      })
    : await insertOrder(deps.db, order, lines, request)
  if (isNew) return { order: toOrder(order, lines, untold, now), isNew }
  // Somebody else's request with the same key was quicker.
  const earlier = (await findOrderRequest(deps.db, input.accountId, request.key)) as EarlierRequest
  return answerAgain(deps, earlier, requestHash)
}

async function answerAgain(
  { db, clock }: { db: Database; clock: Clock },
  earlier: EarlierRequest,
  requestHash: Buffer,
): Promise<{ order: Order; isNew: false }> {
  if (!earlier.requestHash.equals(requestHash))
    throw new KindError('Conflict', '这次提交与上次不同，请返回确认页重新提交。')
  const order = await findOrder(db, earlier.orderId)
  if (!order) throw new Error('an idempotency key names an order that does not exist')
  return { order: toOrder(order, await linesOf(db, [order.order_id]), untold, clock.now()), isNew: false }
}
