import type { Order, OrderFilter, OrderPage, OrderResult, OrderStatus } from '../../contract/order.ts'
import type { PaymentPage } from '../../contract/payment-list.ts'
import type { Payment } from '../../contract/payment.ts'
import { limits } from '../config/limits.ts'
import { orderDisplayState } from '../orders/display-state.ts'
import { toLine, toOrder } from '../orders/order-view.ts'
import { ownOrder } from '../orders/own-order.ts'
import type { Clock } from '../shared/clock.ts'
import { readCursor, writeCursor } from '../shared/cursor.ts'
import { KindError } from '../shared/errors.ts'
import { withUnknownRefund } from '../store/anomalies.ts'
import type { Database } from '../store/database.ts'
import { countOrders, pageOfOrders } from '../store/order-lists.ts'
import { findOrder, linesOf } from '../store/orders.ts'
import { pageOfPayments, paymentsOf } from '../store/payments.ts'
import type { OrderRow } from '../store/tables.ts'
import { moneyOf, refundableFen, resultOf } from './payment-result.ts'
import { toPayment } from './payment-view.ts'
import { isStatusLink } from './status-link.ts'

interface ReadDeps {
  db: Database
  clock: Clock
}

/** One page of an account's orders, newest first. Throws InvalidInput for a cursor that is none of ours. */
export async function listOrders(
  deps: ReadDeps,
  input: { accountId: string; state?: OrderFilter; cursor?: string },
): Promise<OrderPage> {
  const place = input.cursor ? readCursor(input.cursor) : undefined
  const [rows, counts] = await Promise.all([
    pageOfOrders(deps.db, {
      accountId: input.accountId,
      filter: input.state,
      after: place && { createdAt: place.at, orderId: place.number },
      count: limits.pageSize + 1,
    }),
    place ? undefined : countOrders(deps.db, input.accountId),
  ])
  const page = rows.slice(0, limits.pageSize)
  const last = rows.length > limits.pageSize ? page.at(-1) : undefined
  return {
    orders: await withLines(deps, page),
    nextCursor: last ? writeCursor(last.created_at, last.order_id) : null,
    ...(counts && { counts }),
  }
}

/** One page of an account's payments in every entry, newest first. */
export async function listPayments(
  deps: ReadDeps,
  input: { accountId: string; cursor?: string },
): Promise<PaymentPage> {
  const place = input.cursor ? readCursor(input.cursor) : undefined
  const rows = await pageOfPayments(deps.db, {
    accountId: input.accountId,
    after: place && { createdAt: place.at, outTradeNo: place.number },
    count: limits.pageSize + 1,
  })
  const page = rows.slice(0, limits.pageSize)
  const last = rows.length > limits.pageSize ? page.at(-1) : undefined
  const lines = await linesOf(deps.db, [...new Set(page.map((payment) => payment.order_id))])
  const ofOrder = Map.groupBy(lines, (line) => line.order_id)
  const now = deps.clock.now()
  return {
    payments: page.map((payment) => ({
      ...toPayment(payment, now),
      lines: (ofOrder.get(payment.order_id) ?? []).map(toLine),
    })),
    nextCursor: last ? writeCursor(last.created_at, last.out_trade_no) : null,
  }
}

/** An order with its payments, and which of them pays it. Throws NotFound for somebody else's. */
export async function readOrder(
  deps: ReadDeps,
  accountId: string,
  orderId: string,
): Promise<Order & { payments: Payment[]; refundableFen: number; keptPaymentId: string | undefined }> {
  const order = await ownOrder(deps.db, accountId, orderId)
  const [lines, payments, unknown] = await Promise.all([
    linesOf(deps.db, [orderId]),
    paymentsOf(deps.db, [orderId]),
    withUnknownRefund(deps.db, [orderId]),
  ])
  const now = deps.clock.now()
  return {
    ...toOrder(order, lines, moneyOf(payments, now), now),
    payments: payments.map((payment) => toPayment(payment, now)),
    refundableFen: refundableFen(payments, unknown, now),
    keptPaymentId: payments.find(({ kept }) => kept)?.out_trade_no,
  }
}

/** What the result page shows: our own books, no question to WeChat. Throws NotFound for somebody else's. */
export async function readResult(
  deps: ReadDeps,
  accountId: string,
  orderId: string,
): Promise<Omit<OrderResult, 'refunds'>> {
  const order = await ownOrder(deps.db, accountId, orderId)
  const [lines, payments] = await Promise.all([linesOf(deps.db, [orderId]), paymentsOf(deps.db, [orderId])])
  const now = deps.clock.now()
  return {
    order: toOrder(order, lines, moneyOf(payments, now), now),
    ...resultOf(order, payments, now),
    paymentId: payments[0]?.out_trade_no ?? null,
  }
}

/** How an order stands, for whoever holds its status link. Throws NotFound for a link that is wrong or has run out. */
export async function readStatus(
  deps: ReadDeps & { statusKey: Buffer },
  orderId: string,
  link: string,
): Promise<OrderStatus> {
  const now = deps.clock.now()
  const order = isStatusLink(deps.statusKey, orderId, link, now) && (await findOrder(deps.db, orderId))
  if (!order) throw new KindError('NotFound', '链接已过期，请回到下单的地方查看订单。')
  const payments = await paymentsOf(deps.db, [orderId])
  const facts = {
    ...moneyOf(payments, now),
    state: order.state,
    totalFen: order.total_fen,
    cancelAsked: order.cancel_asked_at !== null,
  }
  return {
    result: resultOf(order, payments, now).result,
    displayState: orderDisplayState(facts),
    totalFen: order.total_fen,
  }
}

async function withLines({ db, clock }: ReadDeps, orders: OrderRow[]): Promise<Order[]> {
  const ids = orders.map((order) => order.order_id)
  const [lines, payments] = await Promise.all([linesOf(db, ids), paymentsOf(db, ids)])
  const now = clock.now()
  const ofOrder = Map.groupBy(payments, (payment) => payment.order_id)
  return orders.map((order) => toOrder(order, lines, moneyOf(ofOrder.get(order.order_id) ?? [], now), now))
}
