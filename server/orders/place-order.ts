import { createHash } from 'node:crypto'
import type { Order, OrderRequest } from '../../contract/order.ts'
import type { ShippingField } from '../../contract/shipping.ts'
import { priceLines } from '../catalog/price-lines.ts'
import { limits } from '../config/limits.ts'
import type { Clock } from '../shared/clock.ts'
import { KindError } from '../shared/errors.ts'
import { newOrderId } from '../shared/id.ts'
import { lockAccount } from '../store/accounts.ts'
import { transact, type Database, type Writer } from '../store/database.ts'
import {
  findOrder,
  findOrderRequest,
  insertOrder,
  linesOf,
  type EarlierRequest,
  type Insertion,
} from '../store/orders.ts'
import { lockSite } from '../store/stock.ts'
import type { OrderLineRow, OrderRow, OrderShippingRow } from '../store/tables.ts'
import { holdStock } from './order-stock.ts'
import { toOrder, noPaymentsRead } from './order-view.ts'
import { checkShipping, toShippingRow } from './shipping.ts'
import { keepPurchaseLimits, tooManyUnpaid } from './unpaid-caps.ts'

/**
 * Places an order at the server's prices, with its pieces of what is limited. Repeated with the same key it answers the same
 * order. Throws InvalidInput for what cannot be bought and for shipping that is not what the shop asks for, Conflict for too few pieces, too much
 * that is unpaid, more than one customer may buy, or a key that was used for something else.
 */
export async function placeOrder(
  deps: { db: Database; clock: Clock; shippingFields: readonly ShippingField[] },
  input: {
    accountId: string
    /** Where the account would go if a join were undone. */
    originId: string | null
    entryCode: string
    /** Of a browser that nobody signed in at, its network and site; null for a customer whom WeChat knows. */
    network: { block: string; site: string } | null
    request: OrderRequest
    idempotencyKey: string
  },
): Promise<{ order: Order; isNew: boolean }> {
  const requestHash = hashOf(input.request)
  // Before pricing: an order that was placed is answered also when its products are no longer on sale.
  const placed = await findOrderRequest(deps.db, input.accountId, input.idempotencyKey)
  if (placed) return answerAgain(deps, placed, requestHash)
  checkShipping(deps.shippingFields, input.request.shipping)
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
    placed_from: input.network?.block ?? null,
    placed_site: input.network?.site ?? null,
    origin_id: input.originId,
    cancel_asked_at: null,
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
  const shipping = toShippingRow(order.order_id, input.request.shipping)
  const request = { key: input.idempotencyKey, requestHash }
  const isLimited = quote.lines.some((line) => line.piecesLeft !== null || line.purchaseLimit !== null)
  const ended = isLimited
    ? await transact(deps.db, (writer) => insertHolding(writer, order, lines, shipping, request))
    : await insertOrder(deps.db, order, lines, shipping, request)
  if (ended === 'placed') return { order: toOrder(order, lines, noPaymentsRead, now), isNew: true }
  // Another request with the same key was quicker, perhaps the last one that the cap let through.
  const earlier = await findOrderRequest(deps.db, input.accountId, request.key)
  if (earlier) return answerAgain(deps, earlier, requestHash)
  if (ended === 'repeated') throw new Error('an idempotency key was taken and is gone')
  throw await tooManyUnpaid(deps, order, ended)
}

/** Of the lines alone where nothing else was asked for, as every version of this server has hashed them. */
function hashOf({ lines, shipping }: OrderRequest): Buffer {
  const text = JSON.stringify(shipping ? { lines, shipping } : lines)
  return createHash('sha256').update(text).digest()
}

/** Places an order that has limited products: counted under the locks of account, site and products, in this order. */
async function insertHolding(
  writer: Writer,
  order: OrderRow,
  lines: OrderLineRow[],
  shipping: OrderShippingRow | null,
  request: Parameters<typeof insertOrder>[4],
): Promise<Insertion> {
  await lockAccount(writer, order.account_id)
  if (order.placed_site !== null) await lockSite(writer, order.placed_site)
  const ended = await insertOrder(writer, order, lines, shipping, request)
  if (ended !== 'placed') return ended
  await keepPurchaseLimits(writer, order.account_id, lines)
  // Last: others who want the same product wait from here to the commit.
  await holdStock(writer, order, lines)
  return ended
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
  return {
    order: toOrder(order, await linesOf(db, [order.order_id]), noPaymentsRead, clock.now()),
    isNew: false,
  }
}
