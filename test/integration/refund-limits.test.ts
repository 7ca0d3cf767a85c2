import { randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import type { AnomalyPage, OperatorRefund, RefundApproval } from '../../contract/operator.ts'
import type { Problem } from '../../contract/problem.ts'
import { refundApprovalPageSchema, refundApprovalSchema } from '../../server/http/schemas/operator.ts'
import { limits } from '../../server/config/limits.ts'
import { newKey, statusesOf } from '../support/customer.ts'
import { moneyStage } from '../support/money-stage.ts'
import { operatorOf, paidOrder, type Operator } from '../support/operator.ts'
import { expectProblem } from '../support/problem.ts'
import { atOnce } from '../support/rounds.ts'
import { until } from '../support/until.ts'

const stage = moneyStage()

const onceFen = 5_000
const dailyFen = 12_000
const dayMs = 24 * 60 * 60_000
/** May give away so much at a time and in a day. */
let mei: Operator
/** A second one with the same limits. */
let tao: Operator
/** Without limits, as every operator whose configuration names none. */
let lin: Operator

beforeAll(async () => {
  const [meiToken, taoToken] = [randomBytes(32).toString('hex'), randomBytes(32).toString('hex')]
  const limited = { refundLimitFen: onceFen, refundDailyLimitFen: dailyFen }
  await stage.shop.restart((config) => ({
    ...config,
    operators: [
      ...config.operators,
      { name: 'Mei', token: meiToken, ...limited },
      { name: 'Tao', token: taoToken, ...limited },
    ],
  }))
  mei = operatorOf(stage.shop, meiToken)
  tao = operatorOf(stage.shop, taoToken)
  lin = stage.lin
})

/** Days pass until the operators' daily limits are whole again. */
const nextDay = () => stage.shop.advance(dayMs)
const refund = (by: Operator, orderId: string, amountFen: number, key = newKey()) =>
  by.post<OperatorRefund & Problem>(`/orders/${orderId}/refunds`, { amountFen }, key)
const ask = (by: Operator, orderId: string, amountFen?: number, reason = '漏发一件') =>
  by.post<RefundApproval & Problem>(`/orders/${orderId}/refund-approvals`, { amountFen, reason }, newKey())
const decide = (by: Operator, { id }: RefundApproval, approved = true) =>
  by.post<RefundApproval & Problem>(`/refund-approvals/${id}/decision`, { approved })
const expectOverLimit = (answer: { status: number; body: Problem }) => {
  const problem = expectProblem(answer as never, 403)
  expect(problem.code).toBe('over-limit')
  return problem.detail
}

describe('an operator with limits', () => {
  test('refunds up to the limit and not a fen more, and is told what to do', async () => {
    const { orderId } = await paidOrder(stage.alice)
    expect(expectOverLimit(await refund(mei, orderId, onceFen + 1))).toContain('refund-approvals')
    expect((await mei.order(orderId)).refunds).toEqual([])
    expect((await refund(mei, orderId, onceFen)).status).toBe(201)
    expect((await refund(lin, orderId, onceFen + 1)).status).toBe(201)
  })

  test('refunds up to the limit of a day (UTC+8), and again on the next one', async () => {
    await nextDay()
    const { orderId } = await paidOrder(stage.alice)
    for (const amountFen of [onceFen, onceFen])
      expect((await refund(mei, orderId, amountFen)).status).toBe(201)
    expect(expectOverLimit(await refund(mei, orderId, 2_001))).toContain('¥100.00')
    const key = newKey()
    expect((await refund(mei, orderId, 2_000, key)).status).toBe(201)
    expect((await refund(mei, orderId, 2_000, key)).status).toBe(200)
    expectOverLimit(await refund(mei, orderId, 1))
    await nextDay()
    expect((await refund(mei, orderId, 1)).status).toBe(201)
  })

  test('cannot pass the limit of a day by refunds at the same moment, of different orders', async () => {
    await nextDay()
    const orders = await Promise.all(Array.from({ length: 6 }, () => paidOrder(stage.alice)))
    const answers = await atOnce((i) => refund(mei, orders[i]!.orderId, 3_000), orders.length)
    expect(statusesOf(answers)).toEqual([201, 201, 201, 201, 403, 403])
    const given = await stage.books.rows(
      "select sum(amount_fen)::int as fen from refunds where requested_by = 'Mei' and order_id = any($1)",
      [orders.map(({ orderId }) => orderId)],
    )
    expect(given).toEqual([{ fen: dailyFen }])
  })

  test('approves no customer’s request above the limit; it waits for another operator', async () => {
    const { orderId } = await paidOrder(stage.alice)
    const { body: request } = await stage.alice.post<{ id: string }>(`/orders/${orderId}/refund-requests`, {
      reason: '不想要了',
    })
    const decision = `/refund-requests/${request.id}/decision`
    expectOverLimit(await mei.post<Problem>(decision, { approved: true }))
    expect((await mei.order(orderId)).refunds).toEqual([])
    expect((await lin.post(decision, { approved: true })).status).toBe(200)
  })

  test('gives no refund again above the limit that came to nothing at WeChat', async () => {
    const { orderId } = await paidOrder(stage.alice)
    await stage.weather({ api: 'refund', times: 1 }, { refundEnd: 'CLOSED' })
    await refund(lin, orderId, onceFen + 1)
    await stage.shop.advance(6_000)
    const anomaly = await until(async () =>
      (await lin.get<AnomalyPage>('/anomalies')).body.anomalies.find((one) => one.orderId === orderId),
    )
    const actions = `/anomalies/${anomaly.id}/actions`
    expectOverLimit(await mei.post<Problem>(actions, { action: 'refund-again' }))
    expect((await lin.post(actions, { action: 'refund-again' })).status).toBe(200)
  })

  test('makes no unpaid order cheaper by more than the limit; the customer’s attempt stays open', async () => {
    await nextDay()
    const order = await stage.alice.order()
    const { id } = await stage.alice.pay(order.id)
    const reprice = (by: Operator, cheaperByFen: number) =>
      by.post<Problem>(`/orders/${order.id}/price`, {
        totalFen: order.totalFen - cheaperByFen,
        reason: '老顾客',
      })
    expectOverLimit(await reprice(mei, onceFen + 1))
    expect((await stage.books.payment(id)).state).toBe('pending')
    expect((await reprice(mei, onceFen)).status).toBe(200)
    expectOverLimit(await refund(mei, (await paidOrder(stage.alice)).orderId, dailyFen - onceFen + 1))
  })
})

describe('a refund that waits for another operator', () => {
  test('is opened once when it is approved, in the name of the operator who asked', async () => {
    const { orderId, totalFen } = await paidOrder(stage.alice)
    const { status, body: approval } = await ask(mei, orderId)
    expect(status).toBe(201)
    expect(refundApprovalSchema.parse(approval)).toMatchObject({ amountFen: totalFen, askedBy: 'Mei' })
    expect((await mei.order(orderId)).refunds).toEqual([])
    const listed = refundApprovalPageSchema.parse((await lin.get('/refund-approvals')).body)
    expect(listed.approvals.map(({ id }) => id)).toContain(approval.id)
    const answers = await atOnce(() => decide(lin, approval), 5)
    expect(statusesOf(answers)).toEqual([200, 409, 409, 409, 409])
    const { refunds, timeline } = await lin.order(orderId)
    expect(refunds).toMatchObject([{ amountFen: totalFen, requestedBy: 'Mei', reason: '漏发一件' }])
    const steps = timeline.filter(({ subject }) => subject === 'approval')
    expect(steps).toMatchObject([
      { event: 'asked', evidence: { by: 'Mei', amountFen: totalFen } },
      { event: 'approved', evidence: { by: 'Lin', outRefundNo: refunds[0]!.id } },
    ])
    expect(stage.shop.logLines.filter((line) => line.includes('waits for another operator'))).not.toEqual([])
  })

  test('is approved neither by the operator who asked nor above the limit of the other', async () => {
    await nextDay()
    const { orderId } = await paidOrder(stage.alice)
    const { body: approval } = await ask(mei, orderId, onceFen + 1)
    expect(expectProblem(await decide(mei, approval), 403).code).toBe('own-approval')
    expectOverLimit(await decide(tao, approval))
    expect((await lin.order(orderId)).refunds).toEqual([])
    const { body: small } = await ask(mei, orderId, onceFen)
    expect((await decide(tao, small)).body.state).toBe('approved')
    expectOverLimit(await refund(tao, (await paidOrder(stage.alice)).orderId, dailyFen - onceFen + 1))
  })

  test('is declined, or ends by itself, and nothing goes back', async () => {
    const { orderId } = await paidOrder(stage.alice)
    const { body: declined } = await ask(mei, orderId)
    expect((await decide(lin, declined, false)).body).toMatchObject({ state: 'declined', decidedBy: 'Lin' })
    expectProblem(await decide(lin, declined), 409)
    const { body: late } = await ask(mei, orderId)
    await stage.shop.advance(limits.refundApprovalLifetimeMs)
    expect(expectProblem(await decide(lin, late), 409).detail).toContain('重新提交')
    const { approvals } = refundApprovalPageSchema.parse((await lin.get('/refund-approvals')).body)
    expect(approvals.map(({ id }) => id)).not.toContain(late.id)
    expect((await lin.order(orderId)).refunds).toEqual([])
  })

  test('needs a reason and money that is still there, when it is asked for and when it is approved', async () => {
    const { orderId, totalFen } = await paidOrder(stage.alice)
    expectProblem(await ask(mei, orderId, 1, ' '), 400)
    expectProblem(await ask(mei, orderId, totalFen + 1), 409)
    expectProblem(await ask(mei, (await stage.alice.order()).id, 1), 409)
    const { body: approval } = await ask(mei, orderId)
    expect((await refund(lin, orderId, 1)).status).toBe(201)
    expectProblem(await decide(lin, approval), 409)
    expect((await lin.order(orderId)).refunds).toHaveLength(1)
    expect((await decide(lin, approval, false)).status).toBe(200)
  })
})

test('the database itself refuses a day above its limit and an approval of one’s own', async () => {
  const { orderId } = await paidOrder(stage.alice)
  await expect(
    stage.books.rows("insert into operator_days values ('Mei', '2020-01-01', 2, 1)"),
  ).rejects.toThrow('given_within_limit')
  const { body: approval } = await ask(mei, orderId)
  const approve = (by: string) =>
    stage.books.rows(
      `update refund_approvals set state = 'approved', decided_by = $2, out_refund_no =
         (select out_refund_no from refunds where order_id = refund_approvals.order_id) where approval_id = $1`,
      [approval.id, by],
    )
  await expect(approve('Lin')).rejects.toThrow('refund_approvals_check')
  await refund(lin, orderId, 1)
  await expect(approve('Mei')).rejects.toThrow('approved_by_another')
})
