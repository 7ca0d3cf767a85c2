import type { Order, OrderLine } from '../../contract/order.ts'
import type { OrderLineRow, OrderRow } from '../store/tables.ts'
import { timesFen } from '../shared/fen.ts'
import { orderDisplayState, type OrderFacts } from './display-state.ts'
import { isPayable } from './payable.ts'

/** What an order's payments tell of it. */
export type OrderMoney = Pick<OrderFacts, 'paying' | 'refundedFen' | 'refundingFen' | 'surplusFen'>

/** For the answer to an order that is placed: its payments are not read. */
export const noPaymentsRead: OrderMoney = { paying: false, refundedFen: 0, refundingFen: 0, surplusFen: 0 }

/** An order as its customer sees it. */
export const toOrder = (order: OrderRow, lines: OrderLineRow[], money: OrderMoney, now: Date): Order => ({
  id: order.order_id,
  state: order.state,
  displayState: orderDisplayState({
    ...money,
    state: order.state,
    totalFen: order.total_fen,
    cancelAsked: order.cancel_asked_at !== null,
  }),
  paying: order.state === 'pending' && money.paying,
  cancelling: isCancelling(order),
  payable: isPayable(order, now),
  lines: lines.filter((line) => line.order_id === order.order_id).map(toLine),
  totalFen: order.total_fen,
  createdAt: order.created_at.toISOString(),
  expiresAt: order.expires_at.toISOString(),
  serverTime: now.toISOString(),
  paidAt: order.paid_at?.toISOString() ?? null,
  refundedFen: money.refundedFen,
  closedAt: order.closed_at?.toISOString() ?? null,
  closedBy: closedBy(order),
  cancelAskedAt: order.cancel_asked_at?.toISOString() ?? null,
})

const isCancelling = (order: OrderRow): boolean => order.state === 'pending' && order.cancel_asked_at !== null

const closedBy = (order: OrderRow): Order['closedBy'] =>
  order.state !== 'closed' ? null : order.cancel_asked_at === null ? 'expiry' : 'buyer'

/** One line as it was frozen when the order was placed. */
export const toLine = (line: OrderLineRow): OrderLine => ({
  productId: line.product_id,
  name: line.name,
  picture: line.picture,
  unitPriceFen: line.unit_price_fen,
  quantity: line.quantity,
  amountFen: timesFen(line.unit_price_fen, line.quantity),
})
