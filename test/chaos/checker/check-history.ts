import { groupBy, type Books, type Difference, type StepRecord } from './records.ts'

/** Every step that may be, written down apart from the server's own tables. */
const STEPS: Readonly<Record<string, readonly string[]>> = {
  order: ['null>pending', 'pending>paid', 'pending>closed', 'closed>paid'],
  payment: [
    'null>created',
    'created>pending',
    'created>failed',
    'created>paid',
    'created>closing',
    'created>closed',
    'pending>paid',
    'pending>closing',
    'pending>closed',
    'pending>failed',
    'closing>paid',
    'closing>closed',
    'closing>failed',
    'closed>paid',
    'failed>paid',
  ],
  refund: [
    'null>created',
    'null>processing',
    'null>succeeded',
    'null>closed',
    'null>abnormal',
    'created>submitted',
    'submitted>processing',
    'submitted>succeeded',
    'submitted>closed',
    'submitted>abnormal',
    'submitted>refused',
    'processing>succeeded',
    'processing>closed',
    'processing>abnormal',
    'abnormal>processing',
    'abnormal>succeeded',
    'abnormal>closed',
    'refused>processing',
    'refused>succeeded',
    'refused>abnormal',
    'closed>succeeded',
  ],
  request: ['null>open', 'open>approved', 'open>declined', 'open>withdrawn'],
  anomaly: ['null>open', 'open>resolved', 'open>dismissed'],
}

/** Every order, payment, refund and anomaly has a history that begins, goes on without a gap, and ends where the row stands. Pure. */
export function checkHistory(books: Books): Difference[] {
  const histories = groupBy(books.steps, (step) => `${step.subject} ${step.subjectNo}`)
  const found: Difference[] = []
  const follow = (subject: string, subjectNo: string, row: { state: string; version: number }) => {
    const steps = histories.get(`${subject} ${subjectNo}`) ?? []
    histories.delete(`${subject} ${subjectNo}`)
    found.push(...checkSteps(subject, subjectNo, row, steps))
  }
  for (const order of books.orders) follow('order', order.orderId, order)
  for (const payment of books.payments) follow('payment', payment.outTradeNo, payment)
  for (const refund of books.refunds) follow('refund', refund.outRefundNo, refund)
  for (const request of books.requests) follow('request', request.requestId, request)
  for (const anomaly of books.anomalies) follow('anomaly', anomaly.anomalyId, anomaly)
  const inbox = new Set(books.inbox)
  for (const step of books.steps)
    if (step.toState === 'paid' && step.fromState !== 'paid' && !isProven(step, inbox))
      found.push({ kind: 'paid-without-proof', about: step.subjectNo, found: step.evidence })
  for (const key of histories.keys()) found.push({ kind: 'history-of-nothing', about: key })
  return found
}

/** Only WeChat itself makes anything paid: an answer to a query, or a notification that lies in the inbox. */
const isProven = ({ evidence: { from, notificationId } }: StepRecord, inbox: ReadonlySet<string>) =>
  from === 'query' || (from === 'notification' && inbox.has(notificationId ?? ''))

function checkSteps(
  subject: string,
  about: string,
  row: { state: string; version: number },
  unordered: StepRecord[],
): Difference[] {
  const steps = unordered.toSorted((a, b) => a.version - b.version)
  if (steps.length === 0) return [{ kind: 'history-missing', about }]
  const found: Difference[] = []
  let state: string | null = null
  steps.forEach((step, i) => {
    if (step.version <= (steps[i - 1]?.version ?? 0))
      found.push({ kind: 'history-version-twice', about, found: step.version })
    if (step.fromState !== state)
      found.push({ kind: 'history-broken', about, expected: state, found: step.fromState })
    const name = `${step.fromState}>${step.toState}`
    if (step.fromState !== step.toState && !STEPS[subject]?.includes(name))
      found.push({ kind: 'history-impossible', about, found: name })
    state = step.toState
  })
  if (state !== row.state)
    found.push({ kind: 'history-ends-elsewhere', about, expected: row.state, found: state })
  const last = steps.at(-1)!.version
  if (last > row.version) found.push({ kind: 'history-ahead', about, expected: row.version, found: last })
  const cancelled = steps.findIndex(({ event }) => event === 'cancelled')
  if (cancelled !== -1 && !steps.slice(0, cancelled).some(({ event }) => event === 'cancelAsked'))
    found.push({ kind: 'cancelled-unasked', about })
  const paidTwice = subject === 'order' && steps.filter((step) => step.toState === 'paid').length > 1
  if (paidTwice) found.push({ kind: 'fulfilled-twice', about })
  return found
}
