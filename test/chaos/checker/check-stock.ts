import { groupBy, sumOf, type Books, type Difference, type LineRecord } from './records.ts'

/** Pieces: as many are held as orders hold, never more than there are, and by nobody whose order is over. Pure. */
export function checkStock(books: Books): Difference[] {
  const found: Difference[] = []
  const linesOfProduct = groupBy(books.lines, (line) => line.productId)
  for (const { productId: about, stock, held } of books.products) {
    const expected = sumOf((linesOfProduct.get(about) ?? []).map((line) => line.held))
    if (held !== expected) found.push({ kind: 'stock-held-differs', about, expected, found: held })
    if (stock !== null && (stock < 0 || held > stock))
      found.push({ kind: 'stock-oversold', about, expected: stock, found: held })
  }
  const entitled = entitledOrders(books)
  const limited = new Set(books.products.filter(({ stock }) => stock !== null).map((one) => one.productId))
  const isShort = new Set(
    books.anomalies
      .filter(({ kind, state }) => kind === 'out-of-stock' && state === 'open')
      .map(({ outTradeNo }) => outTradeNo.slice(17, 30)),
  )
  for (const line of books.lines) {
    if (!limited.has(line.productId)) continue
    const expected = entitled.has(line.orderId) ? line.quantity : 0
    if (line.held !== expected && !(line.held < expected && isShort.has(line.orderId)))
      found.push({ kind: kindOf(line, expected), about: line.orderId, expected, found: line.held })
  }
  return found
}

const kindOf = (line: LineRecord, expected: number) =>
  line.held > expected ? 'stock-not-released' : 'stock-not-held'

/** Orders whose pieces nobody else may have: those under way, and those that are paid and did not all go back. */
function entitledOrders(books: Books): Set<string> {
  const returned = new Set(
    books.payments
      .filter((payment) => payment.kept && payment.refundedFen === payment.amountFen)
      .map((payment) => payment.orderId),
  )
  return new Set(
    books.orders
      .filter(({ orderId, state }) => state !== 'closed' && !returned.has(orderId))
      .map((order) => order.orderId),
  )
}
