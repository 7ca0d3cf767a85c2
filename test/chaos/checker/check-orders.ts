import {
  groupBy,
  sumOf,
  type Books,
  type Difference,
  type OrderRecord,
  type PaymentRecord,
} from './records.ts'

/** Every order against its payments: paid by exactly one that is kept, and never by two. Pure. */
export function checkOrders(books: Books): Difference[] {
  const payments = groupBy(books.payments, (payment) => payment.orderId)
  const orders = groupBy(books.orders, (order) => order.orderId)
  const found: Difference[] = []
  for (const [orderId, same] of orders) {
    if (same.length > 1) found.push({ kind: 'order-twice', about: orderId, found: same.length })
    found.push(...checkOrder(same[0]!, payments.get(orderId) ?? []))
  }
  for (const [orderId, strays] of payments)
    if (!orders.has(orderId)) found.push({ kind: 'payment-without-order', about: strays[0]!.outTradeNo })
  return found
}

function checkOrder(order: OrderRecord, payments: PaymentRecord[]): Difference[] {
  const about = order.orderId
  const found: Difference[] = []
  const kept = payments.filter((payment) => payment.kept)
  const paid = payments.filter((payment) => payment.state === 'paid')
  if (kept.length > 1) found.push({ kind: 'kept-twice', about, expected: 1, found: kept.length })
  // What an operator has changed the price of is not paid by the old amount: that is surplus and goes back, also when the
  // price is changed to that amount again.
  const pays = paid.filter(
    ({ amountFen, refundedFen }) => amountFen === order.totalFen && refundedFen < amountFen,
  )
  if (pays.length > 0 && kept.length === 0)
    found.push({ kind: 'paid-and-none-kept', about, found: pays.length })
  if (kept.length > 0 && order.state !== 'paid')
    found.push({ kind: 'paid-not-fulfilled', about, expected: 'paid', found: order.state })
  if (order.state === 'paid' && kept.length === 0) found.push({ kind: 'fulfilled-unpaid', about })
  if (order.state === 'pending') found.push({ kind: 'order-left-open', about })
  const keptFen = sumOf(kept.map((payment) => payment.amountFen))
  if (kept.length === 1 && keptFen !== order.totalFen)
    found.push({ kind: 'total-differs', about, expected: order.totalFen, found: keptFen })
  for (const surplus of paid.filter((payment) => !payment.kept))
    if (surplus.refundedFen !== surplus.amountFen)
      found.push({
        kind: 'surplus-not-returned',
        about: surplus.outTradeNo,
        expected: surplus.amountFen,
        found: surplus.refundedFen,
      })
  return found
}
