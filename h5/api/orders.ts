import type {
  Order,
  OrderDetail,
  OrderFilter,
  OrderLineRequest,
  OrderPage,
  OrderResult,
  OrderStatus,
  Quote,
} from '../../contract/order.ts'
import type { RefundRequest } from '../../contract/refund.ts'
import type { ShippingRequest } from '../../contract/shipping.ts'
import { callAnyone, callSignedIn } from './call.ts'

/** What these lines cost now. */
export function getQuote(lines: OrderLineRequest[]): Promise<Quote> {
  return callAnyone<Quote>('quotes', { method: 'POST', body: { lines } })
}

/** Places an order. The same key makes the same order, however often it is sent. */
export function placeOrder(
  lines: OrderLineRequest[],
  idempotencyKey: string,
  shipping?: ShippingRequest,
): Promise<Order> {
  return callSignedIn<Order>('orders', {
    method: 'POST',
    body: { lines, ...(shipping && Object.keys(shipping).length > 0 && { shipping }) },
    headers: { 'idempotency-key': idempotencyKey },
  })
}

/** One page of my orders, newest first. */
export function getOrders(state: OrderFilter | null, cursor: string | null): Promise<OrderPage> {
  const query = new URLSearchParams({ ...(state && { state }), ...(cursor && { cursor }) }).toString()
  return callSignedIn<OrderPage>(`orders${query && `?${query}`}`)
}

/** One order with its payments. */
export function getOrder(orderId: string): Promise<OrderDetail> {
  return callSignedIn<OrderDetail>(`orders/${encodeURIComponent(orderId)}`)
}

/** How the order's payment stands by the server's own books. */
export function getResult(orderId: string): Promise<OrderResult> {
  return callSignedIn<OrderResult>(`orders/${encodeURIComponent(orderId)}/result`)
}

/** The same without signing in: in a browser that a cashier came back to, and that need not be the customer's. */
export function glanceAtResult(orderId: string): Promise<OrderResult> {
  return callAnyone<OrderResult>(`orders/${encodeURIComponent(orderId)}/result`)
}

/** State and amount for whoever holds the link that a cashier came back with. */
export function getStatus(orderId: string, link: string): Promise<OrderStatus> {
  return callAnyone<OrderStatus>(
    `orders/${encodeURIComponent(orderId)}/status?link=${encodeURIComponent(link)}`,
  )
}

/** Asks the shop for the money of a paid order. Nothing goes back before an operator approves. */
export function askForRefund(orderId: string, reason: string): Promise<RefundRequest> {
  return callSignedIn<RefundRequest>(`orders/${encodeURIComponent(orderId)}/refund-requests`, {
    method: 'POST',
    body: { reason },
  })
}

/** Cancels an unpaid order: closed, or being cancelled while a close at the channel is unanswered. */
export function cancelOrder(orderId: string): Promise<OrderDetail> {
  return callSignedIn<OrderDetail>(`orders/${encodeURIComponent(orderId)}/cancel`, {
    method: 'POST',
    body: {},
  })
}

/** Takes a refund request back that nobody has decided. */
export function withdrawRefundRequest(orderId: string, requestId: string): Promise<RefundRequest> {
  return callSignedIn<RefundRequest>(
    `orders/${encodeURIComponent(orderId)}/refund-requests/${encodeURIComponent(requestId)}/withdraw`,
    { method: 'POST', body: {} },
  )
}
