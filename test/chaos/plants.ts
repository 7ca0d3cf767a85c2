import type { Books, HeardRecord, Ledger } from './checker/records.ts'

/** Books and ledger of a run in which all went well, for somebody to spoil. */
export interface Case {
  books: Books
  ledger: Ledger
  /** What a subscriber heard. */
  heard: HeardRecord[]
}

/** An error, what the checker calls it, and how it is planted. */
export type Plant = readonly [title: string, kind: string, plant: (spoilt: Case) => void]

const first = <One>(records: One[], isIt: (record: One) => boolean): One => {
  const record = records.find(isIt)
  if (!record) throw new Error('the run that is spoilt has nothing of the kind')
  return record
}
const kept = ({ books }: Case) =>
  first(books.payments, (payment) => payment.kept && payment.refundedFen === 0)
const closed = ({ books }: Case) => first(books.payments, (payment) => payment.state === 'closed')
const surplus = ({ books }: Case) =>
  first(books.payments, (payment) => payment.state === 'paid' && !payment.kept)
const orderOf = ({ books }: Case, { orderId }: { orderId: string }) =>
  first(books.orders, (order) => order.orderId === orderId)
const tradeOf = ({ ledger }: Case, { outTradeNo }: { outTradeNo: string }) =>
  first(ledger.trades, (trade) => trade.outTradeNo === outTradeNo)
/** When the order of this payment was paid or closed. */
const overAtMs = (it: Case, { orderId }: { orderId: string }) => stepsOf(it, orderId).at(-1)!.atMs
/** Moves all that ended this payment to five seconds after the end of its order. */
function endLate(it: Case, payment: { orderId: string; outTradeNo: string }): void {
  const atMs = overAtMs(it, payment) + 5_000
  for (const step of stepsOf(it, payment.outTradeNo))
    if (step.toState !== 'created' && step.toState !== 'pending') step.atMs = atMs
}
const succeeded = ({ books }: Case) => first(books.refunds, (refund) => refund.state === 'succeeded')
const refundThere = ({ ledger }: Case, { outRefundNo }: { outRefundNo: string }) =>
  first(ledger.refunds, (refund) => refund.outRefundNo === outRefundNo)
const paymentOf = ({ books }: Case, { outTradeNo }: { outTradeNo: string }) =>
  first(books.payments, (payment) => payment.outTradeNo === outTradeNo)
const approved = ({ books }: Case, key: string | null) =>
  books.requests.some(({ requestId, state }) => requestId === key && state === 'approved')
const stepsOf = ({ books }: Case, number: string) =>
  books.steps.filter((step) => step.subjectNo === number).toSorted((a, b) => a.version - b.version)
const lineOf = ({ books }: Case, { orderId }: { orderId: string }) =>
  first(books.lines, (line) => line.orderId === orderId && line.held > 0)
const emptyLineOf = ({ books }: Case, { orderId }: { orderId: string }) =>
  first(books.lines, (line) => line.orderId === orderId && line.held === 0)
const productOf = ({ books }: Case, { productId }: { productId: string }) =>
  first(books.products, (product) => product.productId === productId)
const wholeRefund = ({ books }: Case) =>
  first(books.payments, (payment) => payment.kept && payment.refundedFen === payment.amountFen)
const toldPaid = (it: Case) =>
  first(it.books.events, ({ type, orderId }) => type === 'order.paid' && orderId === kept(it).orderId)
const proof = (it: Case, from: string) =>
  first(
    it.books.steps,
    (step) => step.subject === 'payment' && step.toState === 'paid' && step.evidence.from === from,
  )
const drop = <One>(records: One[], record: One) => void records.splice(records.indexOf(record), 1)

/** Errors of different kinds. Each is planted alone into a copy of a clean run. */
export const plants: readonly Plant[] = [
  [
    'WeChat has the money, we say closed',
    'lost',
    (it) => void Object.assign(tradeOf(it, closed(it)), { tradeState: 'SUCCESS' }),
  ],
  [
    'WeChat has the money for a number we do not know',
    'lost-unknown-here',
    (it) => drop(it.books.payments, kept(it)),
  ],
  [
    'we say paid, WeChat has no money',
    'invented',
    (it) => void (tradeOf(it, kept(it)).tradeState = 'NOTPAY'),
  ],
  [
    'we say paid, WeChat knows no such trade',
    'invented',
    (it) => drop(it.ledger.trades, tradeOf(it, kept(it))),
  ],
  ['an amount is a fen too small', 'amount-differs', (it) => void (kept(it).amountFen -= 1)],
  [
    'a payment is booked under another appid',
    'appid-differs',
    (it) => void (kept(it).appid = 'wx0000000000000000'),
  ],
  [
    'a payment is booked under another merchant',
    'mchid-differs',
    (it) => void (kept(it).mchid = '1900000009'),
  ],
  ['a payment is booked under another payer', 'payer-differs', (it) => void (kept(it).openid = 'oNobody')],
  [
    'a transaction id is another one',
    'transaction-id-differs',
    (it) => void (kept(it).transactionId = '4200000000000000000000000000'),
  ],
  ['a payment is booked a day late', 'time-differs', (it) => void (kept(it).paidAtMs! += 86_400_000)],
  ['a payment never ended', 'left-open', (it) => void (closed(it).state = 'closing')],
  [
    'a closed payment can still be paid at WeChat',
    'still-payable',
    (it) => void (tradeOf(it, closed(it)).tradeState = 'NOTPAY'),
  ],
  ['a number was used twice', 'number-used-twice', (it) => void it.books.payments.push({ ...kept(it) })],
  [
    'a number carries another order',
    'number-of-another-order',
    (it) => void (kept(it).orderId = '0000000000000'),
  ],
  ['two payments of one order are kept', 'kept-twice', (it) => void (surplus(it).kept = true)],
  ['an unpaid payment is kept', 'kept-unpaid', (it) => void (closed(it).kept = true)],
  ['a paid order has no payment that is kept', 'fulfilled-unpaid', (it) => void (kept(it).kept = false)],
  ['money came in and none is kept', 'paid-and-none-kept', (it) => void (kept(it).kept = false)],
  [
    'a paid order is not fulfilled',
    'paid-not-fulfilled',
    (it) => void (orderOf(it, kept(it)).state = 'closed'),
  ],
  ['an order never ended', 'order-left-open', (it) => void (orderOf(it, closed(it)).state = 'pending')],
  [
    'an order costs more than was collected',
    'total-differs',
    (it) => void (orderOf(it, kept(it)).totalFen += 100),
  ],
  [
    'an order was placed twice under one number',
    'order-twice',
    (it) => void it.books.orders.push({ ...orderOf(it, kept(it)) }),
  ],
  ['a payment has no order', 'payment-without-order', (it) => drop(it.books.orders, orderOf(it, closed(it)))],
  [
    'an attempt took money after its order was paid by another one',
    'open-after-its-order',
    (it) => endLate(it, surplus(it)),
  ],
  [
    'an attempt took money after its order had closed',
    'open-after-its-order',
    (it) => endLate(it, closed(it)),
  ],
  [
    'an attempt was made after its order was paid',
    'begun-after-its-order',
    (it) => void (stepsOf(it, surplus(it).outTradeNo)[0]!.atMs = overAtMs(it, surplus(it)) + 5_000),
  ],
  [
    'a cashier was opened after its order was paid',
    'launched-after-its-order',
    (it) => void (surplus(it).launchedAtMs = overAtMs(it, surplus(it)) + 5_000),
  ],
  [
    'an order closed while the close of its attempt was unanswered',
    'closed-before-its-attempt',
    (it) => {
      const payment = closed(it)
      const atMs = overAtMs(it, payment) + 5_000
      for (const step of stepsOf(it, payment.outTradeNo)) if (step.toState === 'closed') step.atMs = atMs
    },
  ],
  [
    'an order was cancelled that its buyer did not cancel',
    'cancelled-unasked',
    (it) =>
      void (stepsOf(it, closed(it).orderId).find(({ toState }) => toState === 'closed')!.event = 'cancelled'),
  ],
  [
    'money went back for a request that its customer had withdrawn',
    'refund-not-approved',
    (it) => {
      const { key } = first(it.books.refunds, (refund) => approved(it, refund.key))
      first(it.books.requests, ({ requestId }) => requestId === key).state = 'withdrawn'
    },
  ],
  [
    'a withdrawn request was approved after all',
    'history-impossible',
    (it) => {
      const request = first(it.books.requests, ({ state }) => state === 'withdrawn')
      const last = stepsOf(it, request.requestId).at(-1)!
      it.books.steps.push({ ...last, version: last.version + 1, fromState: 'withdrawn', toState: 'approved' })
    },
  ],
  ['surplus money stayed here', 'surplus-not-returned', (it) => void (surplus(it).refundedFen = 0)],
  [
    'a refund is booked that WeChat never made',
    'refund-invented',
    (it) => drop(it.ledger.refunds, refundThere(it, succeeded(it))),
  ],
  ['a refund of WeChat is missing', 'refund-unknown-here', (it) => drop(it.books.refunds, succeeded(it))],
  [
    'a refund is booked with another amount',
    'refund-amount-differs',
    (it) => void (succeeded(it).amountFen -= 1),
  ],
  [
    'a failed refund is booked as succeeded',
    'refund-state-differs',
    (it) => void (refundThere(it, succeeded(it)).status = 'ABNORMAL'),
  ],
  [
    'a refund is booked at another payment',
    'refund-of-another-payment',
    (it) => void (succeeded(it).outTradeNo = kept(it).outTradeNo),
  ],
  ['a refund never ended', 'refund-left-open', (it) => void (succeeded(it).state = 'processing')],
  [
    'a refund number was used twice',
    'refund-number-used-twice',
    (it) => void it.books.refunds.push({ ...succeeded(it) }),
  ],
  [
    'more was refunded than was paid',
    'over-refunded',
    (it) => void (succeeded(it).amountFen = paymentOf(it, succeeded(it)).amountFen + 1),
  ],
  [
    'a refund that failed was made again, and WeChat has both',
    'refund-paid-twice',
    (it) => {
      const first = succeeded(it)
      const anomaly = it.books.anomalies[0]!
      Object.assign(anomaly, { kind: 'refund-failed', outRefundNo: first.outRefundNo })
      it.books.refunds.push({ ...first, outRefundNo: 'again', key: anomaly.anomalyId })
      it.ledger.refunds.push({ ...refundThere(it, first), outRefundNo: 'again' })
    },
  ],
  ['money is set aside for no refund', 'reserved-differs', (it) => void (kept(it).reservedFen = 1)],
  ['refunds do not add up', 'refunded-differs', (it) => void (paymentOf(it, succeeded(it)).refundedFen -= 1)],
  [
    'an unpaid payment was refunded',
    'refund-of-unpaid',
    (it) => void (paymentOf(it, succeeded(it)).state = 'closed'),
  ],
  [
    'a history is missing',
    'history-missing',
    (it) => void (it.books.steps = it.books.steps.filter((step) => step.subjectNo !== kept(it).outTradeNo)),
  ],
  [
    'a step of a history is missing',
    'history-broken',
    (it) => drop(it.books.steps, stepsOf(it, kept(it).outTradeNo)[1]!),
  ],
  [
    'a state was changed past its history',
    'history-ends-elsewhere',
    (it) => void (orderOf(it, kept(it)).state = 'closed'),
  ],
  [
    'an anomaly was ended past its history',
    'history-ends-elsewhere',
    (it) => drop(it.books.steps, stepsOf(it, it.books.anomalies[0]!.anomalyId).at(-1)!),
  ],
  ['an anomaly is gone', 'history-of-nothing', (it) => drop(it.books.anomalies, it.books.anomalies[0]!)],
  [
    'a closed order was sent to pending',
    'history-impossible',
    (it) => void Object.assign(stepsOf(it, closed(it).orderId).at(-1)!, { toState: 'created' }),
  ],
  [
    'two steps have one version',
    'history-version-twice',
    (it) => void it.books.steps.push({ ...stepsOf(it, kept(it).outTradeNo).at(-1)! }),
  ],
  [
    'an order was fulfilled twice',
    'fulfilled-twice',
    (it) => {
      const last = stepsOf(it, kept(it).orderId).at(-1)!
      it.books.steps.push({ ...last, version: last.version + 1, fromState: 'paid' })
    },
  ],
  [
    'a notification was stored and forgotten',
    'notification-not-settled',
    (it) => void it.books.unsettled.push('n-1'),
  ],
  [
    'one transaction pays two payments',
    'transaction-twice',
    (it) => void (surplus(it).transactionId = kept(it).transactionId),
  ],
  [
    'WeChat refunded from another merchant’s money',
    'refund-mchid-differs',
    (it) => void (refundThere(it, succeeded(it)).mchid = '1900000009'),
  ],
  [
    'WeChat’s trade has another appid than the payment that was refunded',
    'appid-differs',
    (it) => void (tradeOf(it, succeeded(it)).appid = 'wx0000000000000000'),
  ],
  [
    'a payment became paid because a client said so',
    'paid-without-proof',
    (it) => void (proof(it, 'query').evidence = { from: 'client' }),
  ],
  [
    'a payment became paid by a notification that never came',
    'paid-without-proof',
    (it) => void (proof(it, 'notification').evidence.notificationId = 'n-0'),
  ],
  [
    'more pieces are held than there are',
    'stock-oversold',
    (it) => void (productOf(it, lineOf(it, kept(it))).stock = 0),
  ],
  [
    'there are fewer pieces than none',
    'stock-oversold',
    (it) => void (productOf(it, lineOf(it, kept(it))).stock = -1),
  ],
  [
    'a product counts other pieces than its orders hold',
    'stock-held-differs',
    (it) => void (productOf(it, lineOf(it, kept(it))).held += 1),
  ],
  [
    'a closed order still holds its pieces',
    'stock-not-released',
    (it) => void (emptyLineOf(it, orderOf(it, closed(it))).held = 1),
  ],
  [
    'an order that was refunded as a whole still holds its pieces',
    'stock-not-released',
    (it) => void (emptyLineOf(it, wholeRefund(it)).held = 1),
  ],
  ['a paid order holds no pieces', 'stock-not-held', (it) => void (lineOf(it, kept(it)).held = 0)],
  [
    'an order was told to be paid twice, under two ids',
    'told-twice',
    (it) => void it.books.events.push({ ...toldPaid(it), eventId: 'e-0' }),
  ],
  [
    'a closed order was told to be paid',
    'told-untrue',
    (it) => void it.books.events.push({ ...toldPaid(it), eventId: 'e-0', subjectNo: closed(it).orderId }),
  ],
  ['a paid order was told to nobody', 'not-told', (it) => drop(it.books.events, toldPaid(it))],
  [
    'an event was never handed out',
    'told-nobody',
    (it) =>
      void (it.books.deliveries = it.books.deliveries.filter(
        ({ eventId }) => eventId !== toldPaid(it).eventId,
      )),
  ],
  ['a message never arrived', 'delivery-left-open', (it) => void (it.books.deliveries[0]!.state = 'failed')],
  [
    'a message is noted as delivered that nobody heard',
    'never-heard',
    (it) => void (it.heard = it.heard.filter(({ id }) => id !== toldPaid(it).eventId)),
  ],
  [
    'a subscriber heard what nobody wrote down',
    'heard-otherwise',
    (it) => void it.heard.push({ id: 'e-0', type: 'order.paid', number: kept(it).orderId }),
  ],
]
