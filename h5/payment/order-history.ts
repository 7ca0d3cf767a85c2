import type { RouterHistory } from 'vue-router'

/**
 * The order in which pages lie behind a result: list, order, result. Back from the result is the order, back from the
 * order is the list, and no step back shows confirm or a cashier. The list and the order are written into the history
 * without being shown; the caller then goes to the last page by the router.
 */
export function layListAndOrder(history: RouterHistory, orderId: string): void {
  history.replace('/orders')
  layOrder(history, orderId)
}

/** The same, standing on the list already. */
export function layOrder(history: RouterHistory, orderId: string): void {
  history.push(orderPath(orderId))
}

/** The order's page. */
export function orderPath(orderId: string): string {
  return `/orders/${orderId}`
}

/** The order's result page. */
export function resultPath(orderId: string): string {
  return `/orders/${orderId}/result`
}

/**
 * A web-view that was opened right at an order or its result (cold start, share, eviction) has nothing behind it. Lays the
 * same pages there that the way through the shop would have laid.
 */
export function layPagesBehindColdStart(history: RouterHistory): void {
  const isCold = (history.state as { back?: unknown }).back === null
  const place = /^\/orders\/([0-9A-Za-z]{13})(\/result)?$/.exec(history.location)
  if (!isCold || !place) return
  const [, orderId = '', result] = place
  layListAndOrder(history, orderId)
  if (result) history.push(resultPath(orderId))
}
