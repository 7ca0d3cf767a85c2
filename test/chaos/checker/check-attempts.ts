import { groupBy, type Books, type Difference, type PaymentRecord, type StepRecord } from './records.ts'

/**
 * From the moment that an order is paid or closed, or that its buyer asks to cancel it, no attempt of it takes money: each has
 * ended or is closing by then, none begins afterwards, and no cashier is opened. An order closes when every attempt has ended. `clocksDifferMs`: two servers take the times of steps from clocks that may
 * differ by this much. Pure.
 */
export function checkAttempts(books: Books, clocksDifferMs: number): Difference[] {
  const steps = groupBy(books.steps, (step) => `${step.subject} ${step.subjectNo}`)
  const payments = groupBy(books.payments, (payment) => payment.orderId)
  return books.orders.flatMap(({ orderId }) => {
    const ends = (steps.get(`order ${orderId}`) ?? [])
      .filter(isEnd)
      .map((end) => ({ ...end, atMs: end.atMs + clocksDifferMs }))
    const attempts = payments.get(orderId) ?? []
    return ends.flatMap((end) =>
      attempts.flatMap((payment) =>
        checkAttempt(payment, steps.get(`payment ${payment.outTradeNo}`) ?? [], end),
      ),
    )
  })
}

const isEnd = ({ event, fromState, toState }: StepRecord) =>
  event === 'cancelAsked' || (fromState !== toState && (toState === 'paid' || toState === 'closed'))
const takesMoney = (state: string | undefined) => state === 'created' || state === 'pending'

function checkAttempt(payment: PaymentRecord, unordered: StepRecord[], end: StepRecord): Difference[] {
  const about = payment.outTradeNo
  const overAtMs = end.atMs
  const found: Difference[] = []
  const steps = unordered.toSorted((a, b) => a.version - b.version)
  const stateThen = steps.findLast(({ atMs }) => atMs <= overAtMs)?.toState
  if (takesMoney(stateThen))
    found.push({
      kind: 'open-after-its-order',
      about,
      expected: `closing when ${end.event}`,
      found: stateThen,
    })
  if (end.toState === 'closed' && stateThen === 'closing')
    found.push({ kind: 'closed-before-its-attempt', about, expected: 'closed or paid', found: stateThen })
  const begun = steps.find(({ atMs, toState }) => atMs > overAtMs && takesMoney(toState))
  if (begun) found.push({ kind: 'begun-after-its-order', about, found: begun.event })
  if ((payment.launchedAtMs ?? 0) > overAtMs)
    found.push({ kind: 'launched-after-its-order', about, expected: overAtMs, found: payment.launchedAtMs })
  return found
}
