import { expect, test } from 'vitest'
import type { RefundRequest } from '../../contract/refund.ts'
import { expectOk, newKey } from '../support/customer.ts'
import { moneyStage } from '../support/money-stage.ts'
import { paidOrder } from '../support/operator.ts'
import { expectProblem } from '../support/problem.ts'

const stage = moneyStage()

/** An anomaly that nothing led to. */
const madeUpAnomaly = async () => {
  const [row] = await stage.books.rows<{ id: string }>(
    `insert into anomalies (order_id, out_trade_no, kind, evidence_id, found_at, particulars)
     values ('', gen_random_uuid(), 'orphan', 'made up', now(), '{}') returning anomaly_id as id`,
  )
  return row!.id
}

test.each([
  ['a NUL', '茶\u0000凉了'],
  ['half an emoji', '茶凉了\ud83d'],
])('what cannot be kept, %s, is said to whoever wrote it, and changes nothing', async (_what, text) => {
  const { alice, lin } = stage
  const { orderId } = await paidOrder(alice)
  const { id: unpaidId, totalFen } = await alice.order()
  const anomalyId = await madeUpAnomaly()
  const asking = await paidOrder(alice)
  const request = await expectOk(
    alice.post<RefundRequest>(`/orders/${asking.orderId}/refund-requests`, { reason: '茶凉了' }),
  )

  expectProblem(await alice.post(`/orders/${orderId}/refund-requests`, { reason: text }), 400)
  expectProblem(await lin.post(`/orders/${orderId}/refunds`, { reason: text }, newKey()), 400)
  expectProblem(await lin.post(`/orders/${unpaidId}/price`, { totalFen: 1, reason: text }), 400)
  expectProblem(await lin.post(`/anomalies/${anomalyId}/actions`, { action: 'dismiss', note: text }), 400)
  expectProblem(
    await lin.post(`/refund-requests/${request.id}/decision`, { approved: false, reply: text }),
    400,
  )
  expect(await alice.detail(orderId)).toMatchObject({ refunds: [], refundRequest: null })
  expect(await alice.detail(unpaidId)).toMatchObject({ totalFen })
  expect((await alice.detail(asking.orderId)).refundRequest).toMatchObject({ state: 'open' })
})
