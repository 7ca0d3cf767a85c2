import { beforeAll, describe, expect, test } from 'vitest'
import type { Anomaly, AnomalyAction } from '../../contract/operator.ts'
import type { Problem } from '../../contract/problem.ts'
import { anomalySchema } from '../../server/http/schemas/operator.ts'
import { moneyStage } from '../support/money-stage.ts'
import { paidOrder } from '../support/operator.ts'

const secondMs = 1_000

const stage = moneyStage()

/** What an anomaly is about: the order and payment that it names, and what it says of them. */
interface Subject {
  orderId: string
  paymentId: string
  particulars: Record<string, unknown>
}

const UNHEARD_OF = '50000000000000000000000000001'
const elsewhere = { orderId: '', paymentId: '' }
let unpaid: { orderId: string; paymentId: string }
let paid: Awaited<ReturnType<typeof withRefund>>
let abnormal: typeof paid
let failed: typeof paid

const situations: Record<string, { kind: Anomaly['kind']; subject: () => Subject }> = {
  'mismatch of a payment that is unpaid': {
    kind: 'mismatch',
    subject: () => ({ ...unpaid, particulars: { fields: ['amountFen'], outcome: 'paid' } }),
  },
  'mismatch of a payment that is paid': {
    kind: 'mismatch',
    subject: () => ({ ...paid, particulars: { of: 'paid-payment', fields: ['state'], outcome: 'closed' } }),
  },
  'mismatch of a refund that the channel does not know': {
    kind: 'mismatch',
    subject: () => ({ ...paid, particulars: { fields: ['amountFen'], outRefundNo: UNHEARD_OF } }),
  },
  'mismatch of a message without a number': {
    kind: 'mismatch',
    subject: () => ({ ...elsewhere, particulars: { fields: ['shape'], eventType: 'X.Y' } }),
  },
  'orphan payment': {
    kind: 'orphan',
    subject: () => ({ ...elsewhere, paymentId: 'another-system-7', particulars: { outcome: 'paid' } }),
  },
  'orphan refund': {
    kind: 'orphan',
    subject: () => ({ ...elsewhere, particulars: { outcome: 'succeeded', outRefundNo: UNHEARD_OF } }),
  },
  'unknown-refund': {
    kind: 'unknown-refund',
    subject: () => ({ ...paid, particulars: { amountFen: paid.totalFen } }),
  },
  'refund-abnormal': {
    kind: 'refund-abnormal',
    subject: () => ({ ...abnormal, particulars: { outRefundNo: abnormal.refundId } }),
  },
  'refund-failed': {
    kind: 'refund-failed',
    subject: () => ({ ...failed, particulars: { outRefundNo: failed.refundId, amountFen: 700 } }),
  },
  'refunded-twice': {
    kind: 'refunded-twice',
    subject: () => ({
      ...paid,
      particulars: { outRefundNo: paid.refundId, others: [paid.refundId], overdrawnFen: 0 },
    }),
  },
  'out-of-stock': { kind: 'out-of-stock', subject: () => ({ ...paid, particulars: { productIds: ['x'] } }) },
  'left-open payment': {
    kind: 'left-open',
    subject: () => ({ ...unpaid, particulars: { of: 'payment' } }),
  },
  'left-open refund': {
    kind: 'left-open',
    subject: () => ({ ...abnormal, particulars: { of: 'refund', outRefundNo: abnormal.refundId } }),
  },
  'left-open notification': {
    kind: 'left-open',
    subject: () => ({ ...unpaid, particulars: { of: 'notification', mchid: '0' } }),
  },
}
const actions: AnomalyAction[] = [
  { action: 'settle-again' },
  { action: 'record-refund', outRefundNo: UNHEARD_OF },
  { action: 'refund-again' },
  { action: 'dismiss', note: '已核对' },
]

/** A paid order of which a part went back, or not. */
async function withRefund(effect?: object) {
  const order = await paidOrder(stage.alice)
  if (effect) await stage.weather({ api: 'refund', outTradeNo: order.paymentId }, effect)
  const { id: refundId } = await stage.lin.refund(order.orderId, { amountFen: 700 })
  await stage.shop.advance(6 * secondMs)
  return { ...order, refundId }
}

beforeAll(async () => {
  const { id: orderId } = await stage.alice.order()
  unpaid = { orderId, paymentId: (await stage.alice.pay(orderId)).id }
  paid = await withRefund()
  abnormal = await withRefund({ refundEnd: 'ABNORMAL' })
  failed = await withRefund({ error: 'NO_AUTH' })
  await stage.lin.refundsWhen(paid.orderId, ['succeeded'])
  await stage.lin.refundsWhen(abnormal.orderId, ['abnormal'])
  await stage.lin.refundsWhen(failed.orderId, ['refused'])
})

/** The only anomaly, as if it had been found just now. */
async function found(kind: Anomaly['kind'], { orderId, paymentId, particulars }: Subject): Promise<string> {
  await stage.books.rows('delete from anomalies')
  const evidenceId = particulars.outRefundNo ?? (paymentId || 'a-notification')
  const [row] = await stage.books.rows<{ anomaly_id: string }>(
    `insert into anomalies (order_id, out_trade_no, kind, evidence_id, found_at, particulars)
     values ($1, $2, $3, $4, now(), $5) returning anomaly_id`,
    [orderId, paymentId, kind, evidenceId, JSON.stringify(particulars)],
  )
  return row!.anomaly_id
}

const act = (id: string, wish: AnomalyAction) =>
  stage.lin.post<Anomaly & Problem>(`/anomalies/${id}/actions`, wish)
const stateOf = async (id: string) => (await stage.lin.get<Anomaly>(`/anomalies/${id}`)).body.state

/** Ended, or still open with a sentence of what to do; an operator's note ends it in any case. */
async function expectEndOrReason(id: string, wish: AnomalyAction): Promise<void> {
  const answer = await act(id, wish)
  const state = await stateOf(id)
  const isEnded = answer.status === 200 && state !== 'open'
  const isExplained =
    state === 'open' &&
    [409, 502, 504].includes(answer.status) &&
    /[\u4e00-\u9fff]{4}.*。$/.test(answer.body.detail ?? '')
  expect({ ...answer, isFine: isEnded || isExplained }).toMatchObject({ isFine: true })
  const last = state === 'open' ? await act(id, { action: 'dismiss', note: '已核对' }) : answer
  expect(anomalySchema.parse(last.body).state).not.toBe('open')
}

const rows = Object.entries(situations).flatMap(([name, situation]) =>
  actions.map((wish) => ({ name, action: wish.action, wish, ...situation })),
)

describe('each action on each kind of anomaly ends it or says what to do', () => {
  test.each(rows)('$action on: $name', async ({ kind, subject, wish }) => {
    await expectEndOrReason(await found(kind, subject()), wish)
  })

  test.each(rows)('$action on: $name, while the channel is silent', async ({ kind, subject, wish }) => {
    for (const api of ['query', 'refund', 'refund-query'])
      await stage.weather({ api }, { error: 'SYSTEM_ERROR' })
    await expectEndOrReason(await found(kind, subject()), wish)
  })
})
