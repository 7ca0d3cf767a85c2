import {
  groupBy,
  type Books,
  type Difference,
  type Ledger,
  type PaymentRecord,
  type TradeRecord,
} from './records.ts'

const isPaid = (trade: TradeRecord) => trade.tradeState === 'SUCCESS' || trade.tradeState === 'REFUND'
/** Business clocks of merchant and WeChat may differ, and WeChat prints whole seconds. */
const PAID_AT_TOLERANCE_MS = 1_000

/** Every payment against the trade of its number, and the other way round. Pure. */
export function checkPayments(books: Books, ledger: Ledger): Difference[] {
  const found: Difference[] = []
  const payments = groupBy(books.payments, (payment) => payment.outTradeNo)
  const trades = groupBy(ledger.trades, (trade) => trade.outTradeNo)
  for (const [outTradeNo, same] of payments) {
    if (same.length > 1) found.push({ kind: 'number-used-twice', about: outTradeNo, found: same.length })
    for (const payment of same) found.push(...checkPayment(payment, trades.get(outTradeNo)?.[0]))
  }
  const shown = books.anomalies.filter(({ state }) => state === 'open')
  const known = new Set(shown.map(({ outTradeNo }) => outTradeNo))
  for (const [outTradeNo, [trade]] of trades)
    if (isPaid(trade!) && !payments.has(outTradeNo) && !known.has(outTradeNo))
      found.push({ kind: 'lost-unknown-here', about: outTradeNo, expected: trade!.amountFen })
  const collected = books.payments.filter(({ transactionId }) => transactionId !== null)
  for (const [transactionId, same] of groupBy(collected, (payment) => payment.transactionId!))
    if (same.length > 1)
      found.push({ kind: 'transaction-twice', about: transactionId, expected: 1, found: same.length })
  for (const id of books.unsettled) found.push({ kind: 'notification-not-settled', about: id })
  return found
}

function checkPayment(payment: PaymentRecord, trade: TradeRecord | undefined): Difference[] {
  const about = payment.outTradeNo
  const found: Difference[] = []
  if (about.slice(17, 30) !== payment.orderId)
    found.push({ kind: 'number-of-another-order', about, expected: payment.orderId })
  if (payment.state === 'created' || payment.state === 'pending' || payment.state === 'closing')
    found.push({ kind: 'left-open', about, found: payment.state })
  const paidHere = payment.state === 'paid'
  const paidThere = trade !== undefined && isPaid(trade)
  if (paidThere && !paidHere) found.push({ kind: 'lost', about, expected: 'paid', found: payment.state })
  if (paidHere && !paidThere)
    found.push({ kind: 'invented', about, expected: trade?.tradeState ?? 'no trade' })
  if (payment.kept && !paidHere) found.push({ kind: 'kept-unpaid', about, found: payment.state })
  // A prepay that arrives at the channel long after its time-out opens a trade that nobody holds a handle of.
  if (payment.state === 'closed' && payment.hasHandle && trade?.tradeState === 'NOTPAY')
    found.push({ kind: 'still-payable', about, expected: 'CLOSED' })
  if (!trade) return found
  const pairs: [string, unknown, unknown][] = [
    ['amount', trade.amountFen, payment.amountFen],
    ['mchid', trade.mchid, payment.mchid],
    ['appid', trade.appid, payment.appid],
    ['payer', trade.payerOpenid, payment.openid],
    ['transaction-id', paidHere ? trade.transactionId : null, payment.transactionId],
  ]
  for (const [field, expected, actual] of pairs)
    if (expected !== actual) found.push({ kind: `${field}-differs`, about, expected, found: actual })
  if (paidHere && paidThere && Math.abs((payment.paidAtMs ?? 0) - trade.paidAtMs!) > PAID_AT_TOLERANCE_MS)
    found.push({ kind: 'time-differs', about, expected: trade.paidAtMs, found: payment.paidAtMs })
  return found
}
