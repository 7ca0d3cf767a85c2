import {
  groupBy,
  sumOf,
  type Books,
  type Difference,
  type Ledger,
  type LedgerRefund,
  type PaymentRecord,
  type RefundRecord,
} from './records.ts'

/** WeChat's word for each of our states; a refused or never submitted refund is unknown there. */
const STATUS_OF: Readonly<Record<string, string | null>> = {
  created: null,
  submitted: null,
  refused: null,
  processing: 'PROCESSING',
  succeeded: 'SUCCESS',
  closed: 'CLOSED',
  abnormal: 'ABNORMAL',
}
/** The money is still set aside for these. */
const HOLDS = new Set(['created', 'submitted', 'processing', 'abnormal'])

/** Every refund against WeChat's, and what they add up to against their payment. Pure. */
export function checkRefunds(books: Books, ledger: Ledger): Difference[] {
  const found: Difference[] = []
  const there = groupBy(ledger.refunds, (refund) => refund.outRefundNo)
  const here = groupBy(books.refunds, (refund) => refund.outRefundNo)
  for (const [outRefundNo, same] of here) {
    if (same.length > 1)
      found.push({ kind: 'refund-number-used-twice', about: outRefundNo, found: same.length })
    for (const refund of same) found.push(...checkRefund(refund, there.get(outRefundNo)?.[0]))
  }
  for (const [outRefundNo, [refund]] of there)
    if (!here.has(outRefundNo) && refund!.status !== 'CLOSED')
      found.push({ kind: 'refund-unknown-here', about: outRefundNo, expected: refund!.amountFen })
  const merchants = new Map(books.payments.map(({ outTradeNo, mchid }) => [outTradeNo, mchid]))
  for (const { outTradeNo, outRefundNo, mchid } of ledger.refunds)
    if (merchants.has(outTradeNo) && merchants.get(outTradeNo) !== mchid)
      found.push({
        kind: 'refund-mchid-differs',
        about: outRefundNo,
        expected: merchants.get(outTradeNo),
        found: mchid,
      })
  const byPayment = groupBy(books.refunds, (refund) => refund.outTradeNo)
  for (const payment of books.payments)
    found.push(...checkSums(payment, byPayment.get(payment.outTradeNo) ?? []))
  const payments = new Set(books.payments.map((payment) => payment.outTradeNo))
  for (const refund of books.refunds)
    if (!payments.has(refund.outTradeNo))
      found.push({ kind: 'refund-without-payment', about: refund.outRefundNo })
  found.push(...checkMadeAgain(books, ledger))
  found.push(...checkRequests(books))
  return found
}

/** A refund that was opened for a customer's request: the request is approved, and stays so. */
function checkRequests(books: Books): Difference[] {
  const requests = new Map(books.requests.map((request) => [request.requestId, request]))
  return books.refunds.flatMap(({ key, orderId, outRefundNo }) => {
    const request = key === null ? undefined : requests.get(key)
    if (!request || (request.state === 'approved' && request.orderId === orderId)) return []
    return [{ kind: 'refund-not-approved', about: outRefundNo, expected: 'approved', found: request.state }]
  })
}

/** A refund that failed and was made again under another number went out once: WeChat has one of the two at most. */
function checkMadeAgain(books: Books, ledger: Ledger): Difference[] {
  const out = new Set(
    ledger.refunds.filter(({ status }) => status !== 'CLOSED').map(({ outRefundNo }) => outRefundNo),
  )
  const failed = new Map(books.anomalies.map(({ anomalyId, outRefundNo }) => [anomalyId, outRefundNo]))
  return books.refunds.flatMap(({ key, outRefundNo }) => {
    const first = key === null ? null : failed.get(key.split('/')[0]!)
    const isTwice = first && first !== outRefundNo && out.has(first) && out.has(outRefundNo)
    return isTwice ? [{ kind: 'refund-paid-twice', about: first, found: outRefundNo }] : []
  })
}

function checkRefund(refund: RefundRecord, known: LedgerRefund | undefined): Difference[] {
  const about = refund.outRefundNo
  const found: Difference[] = []
  if (refund.state === 'created' || refund.state === 'submitted' || refund.state === 'processing')
    found.push({ kind: 'refund-left-open', about, found: refund.state })
  const expected = STATUS_OF[refund.state]
  if (expected === undefined) found.push({ kind: 'refund-state-unknown', about, found: refund.state })
  if (!known) {
    if (expected) found.push({ kind: 'refund-invented', about, expected: 'no refund', found: refund.state })
    return found
  }
  if (expected !== known.status)
    found.push({ kind: 'refund-state-differs', about, expected: known.status, found: refund.state })
  if (known.amountFen !== refund.amountFen)
    found.push({ kind: 'refund-amount-differs', about, expected: known.amountFen, found: refund.amountFen })
  if (known.outTradeNo !== refund.outTradeNo)
    found.push({
      kind: 'refund-of-another-payment',
      about,
      expected: known.outTradeNo,
      found: refund.outTradeNo,
    })
  return found
}

function checkSums(payment: PaymentRecord, refunds: RefundRecord[]): Difference[] {
  const about = payment.outTradeNo
  const found: Difference[] = []
  const amountIn = (isCounted: (refund: RefundRecord) => boolean) =>
    sumOf(refunds.filter(isCounted).map((refund) => refund.amountFen))
  const reservedFen = amountIn((refund) => HOLDS.has(refund.state))
  const refundedFen = amountIn((refund) => refund.state === 'succeeded')
  if (payment.reservedFen !== reservedFen)
    found.push({ kind: 'reserved-differs', about, expected: reservedFen, found: payment.reservedFen })
  if (payment.refundedFen !== refundedFen)
    found.push({ kind: 'refunded-differs', about, expected: refundedFen, found: payment.refundedFen })
  if (reservedFen + refundedFen > payment.amountFen)
    found.push({
      kind: 'over-refunded',
      about,
      expected: payment.amountFen,
      found: reservedFen + refundedFen,
    })
  if (refunds.length > 0 && payment.state !== 'paid')
    found.push({ kind: 'refund-of-unpaid', about, found: payment.state })
  return found
}
