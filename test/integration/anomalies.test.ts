import { describe, expect, test } from 'vitest'
import type { Order, OrderDetail } from '../../contract/order.ts'
import type {
  Anomaly,
  AnomalyAction,
  AnomalyDetail,
  AnomalyPage,
  RefundRequestPage,
} from '../../contract/operator.ts'
import type { Problem } from '../../contract/problem.ts'
import type { RefundRequest } from '../../contract/refund.ts'
import {
  anomalyDetailSchema,
  anomalyPageSchema,
  anomalySchema,
  refundRequestPageSchema,
} from '../../server/http/schemas/operator.ts'
import { paidOrder } from '../support/operator.ts'
import { moneyStage } from '../support/money-stage.ts'
import { expectProblem } from '../support/problem.ts'
import { mchid } from '../support/shop.ts'
import { until } from '../support/until.ts'

const secondMs = 1_000

const stage = moneyStage()

const weather = (api: string, effect: object, times = 1) => stage.weather({ api, times }, effect)

/** The one open anomaly of an order, as soon as it is there. */
const anomalyOf = (orderId: string): Promise<Anomaly> =>
  until(async () => {
    const { body } = await stage.lin.get<AnomalyPage>('/anomalies')
    return anomalyPageSchema.parse(body).anomalies.find((one) => one.orderId === orderId)
  })
const act = (anomaly: Anomaly, wish: AnomalyAction) =>
  stage.lin.post<Anomaly & Problem>(`/anomalies/${anomaly.id}/actions`, wish)
const timelineOf = async ({ id }: Anomaly) =>
  anomalyDetailSchema.parse((await stage.lin.get(`/anomalies/${id}`)).body).timeline

describe('an anomaly', () => {
  test('of a notification that does not match waits for an operator, and ends when WeChat tells it right', async () => {
    await weather('notify', {
      alter: { amount: { total: 1, payer_total: 1, currency: 'CNY', payer_currency: 'CNY' } },
    })
    await weather('query', { error: 'SYSTEM_ERROR' }, 2)
    const order = await stage.alice.order()
    const payment = await stage.alice.pay(order.id)
    await stage.alice.cashier(await stage.alice.launch(payment.id), 'paid')
    const anomaly = await anomalyOf(order.id)
    expect(anomaly).toMatchObject({
      kind: 'mismatch',
      paymentId: payment.id,
      actions: ['settle-again', 'dismiss'],
    })
    expect((await stage.alice.detail(order.id)).state).toBe('pending')
    await stage.clearWeather()
    const ended = await act(anomaly, { action: 'settle-again' })
    expect(anomalySchema.parse(ended.body)).toMatchObject({ state: 'resolved', actions: [] })
    expect((await stage.alice.detail(order.id)).state).toBe('paid')
    expect(await timelineOf(anomaly)).toMatchObject([
      { event: 'found' },
      { event: 'resolved', evidence: { by: 'Lin', action: 'settle-again' } },
    ])
    expectProblem(await act(anomaly, { action: 'dismiss', note: 'x' }), 409)
  })

  test('that WeChat still tells in the same way stays open, and nothing is counted', async () => {
    await weather('notify', { alter: { appid: 'wx0000000000000000' } })
    await weather('query', { alter: { appid: 'wx0000000000000000' } }, 100)
    const order = await stage.alice.order()
    const payment = await stage.alice.pay(order.id)
    await stage.alice.cashier(await stage.alice.launch(payment.id), 'paid')
    const anomaly = await anomalyOf(order.id)
    expect(expectProblem(await act(anomaly, { action: 'settle-again' }), 409).detail).toContain('对不上')
    expect((await anomalyOf(order.id)).state).toBe('open')
    expect((await stage.alice.detail(order.id)).state).toBe('pending')
    expect((await act(anomaly, { action: 'dismiss', note: '已在商户平台核对' })).body.state).toBe('dismissed')
    expect((await timelineOf(anomaly)).at(-1)).toMatchObject({ evidence: { note: '已在商户平台核对' } })
  })

  test('of a refund that we know nothing of is counted by the number that WeChat’s platform shows', async () => {
    const another = await stage.lin.refund((await paidOrder(stage.alice)).orderId)
    await weather('notify', { lose: true })
    await weather('query', { error: 'SYSTEM_ERROR' }, 100)
    const order = await stage.alice.order()
    const payment = await stage.alice.pay(order.id)
    await stage.alice.cashier(await stage.alice.launch(payment.id), 'paid')
    const { body } = await stage.shop.sandbox.control('/refunds', {
      mchid,
      outTradeNo: payment.id,
      amountFen: 100,
    })
    await stage.clearWeather()
    await weather('notify', { lose: true }, 100)
    await stage.shop.advance(31 * secondMs)
    const anomaly = await anomalyOf(order.id)
    expect(anomaly.kind).toBe('unknown-refund')
    expectProblem(await act(anomaly, { action: 'record-refund', outRefundNo: '0000' }), 409)
    expectProblem(await act(anomaly, { action: 'record-refund', outRefundNo: another.id }), 409)
    expect((await anomalyOf(order.id)).state).toBe('open')
    const ended = await act(anomaly, { action: 'record-refund', outRefundNo: body.outRefundNo })
    expect(ended.body.state).toBe('resolved')
    expect((await stage.lin.order(order.id)).refunds).toMatchObject([
      { id: body.outRefundNo, origin: 'platform', amountFen: 100, state: 'succeeded' },
    ])
  })

  test('of a refund that was closed is given back again under a new number', async () => {
    const { orderId, paymentId } = await paidOrder(stage.alice)
    await weather('refund', { refundEnd: 'CLOSED' })
    await stage.lin.refund(orderId, { amountFen: 700 })
    await stage.shop.advance(6 * secondMs)
    const anomaly = await anomalyOf(orderId)
    expect(anomaly).toMatchObject({ kind: 'refund-failed', particulars: { amountFen: 700, state: 'closed' } })
    expect((await act(anomaly, { action: 'refund-again' })).body.state).toBe('resolved')
    await stage.shop.advance(62 * secondMs)
    await until(async () => (await stage.books.refunds(paymentId)).length === 2)
    await stage.shop.advance(6 * secondMs)
    const [, again] = await stage.lin.refundsWhen(orderId, ['closed', 'succeeded'])
    expect(again).toMatchObject({ amountFen: 700, requestedBy: 'Lin' })
  })

  test('of a card that did not take a refund ends by itself once the money arrived', async () => {
    const { orderId } = await paidOrder(stage.alice)
    await weather('refund', { refundEnd: 'ABNORMAL' })
    const refund = await stage.lin.refund(orderId)
    await stage.shop.advance(6 * secondMs)
    const anomaly = await anomalyOf(orderId)
    expect(anomaly.kind).toBe('refund-abnormal')
    expectProblem(await act(anomaly, { action: 'settle-again' }), 409)
    const { refunds } = await stage.lin.order(orderId)
    const path = `/v3/refund/domestic/refunds/${refunds[0]!.refundId}/apply-abnormal-refund`
    await stage.shop.sandbox.call(mchid, 'POST', path, {
      out_refund_no: refund.id,
      type: 'MERCHANT_BANK_CARD',
    })
    expect((await act(anomaly, { action: 'settle-again' })).body.state).toBe('resolved')
    await stage.shop.advance(3_600 * secondMs)
    await stage.lin.refundsWhen(orderId, ['succeeded'])
  })

  test('of another system’s order at the same merchant is ended with a note, and who did so can be read', async () => {
    const outTradeNo = 'order-of-another-system-7'
    const placed = await stage.shop.sandbox.call(mchid, 'POST', '/v3/pay/transactions/jsapi', {
      appid: stage.alice.appid,
      mchid,
      description: '别处的订单',
      out_trade_no: outTradeNo,
      notify_url: `${stage.shop.url}/webhooks/wechatpay/${mchid}`,
      amount: { total: 1 },
      payer: { openid: stage.alice.openid },
    })
    await stage.shop.sandbox.control('/pay', { prepayId: placed.body.prepay_id, user: 'alice' })
    const anomaly = await until(async () => {
      const { body } = await stage.lin.get<AnomalyPage>('/anomalies')
      return body.anomalies.find(({ paymentId }) => paymentId === outTradeNo)
    })
    expect(anomaly).toMatchObject({ kind: 'orphan', orderId: null })
    expect(expectProblem(await act(anomaly, { action: 'settle-again' }), 409).detail).toContain('dismiss')
    expect((await act(anomaly, { action: 'dismiss', note: '旧系统的订单' })).status).toBe(200)
    const { body } = await stage.lin.get<AnomalyDetail>(`/anomalies/${anomaly.id}`)
    expect(body).toMatchObject({ state: 'dismissed', actions: [] })
    expect(body.timeline).toMatchObject([
      { event: 'found', evidence: { kind: 'orphan' } },
      { event: 'dismissed', evidence: { by: 'Lin', note: '旧系统的订单' } },
    ])
  })

  test('takes no action of another kind, and none of nowhere', async () => {
    const { orderId } = await paidOrder(stage.alice)
    await weather('refund', { error: 'NO_AUTH' })
    await stage.lin.refund(orderId)
    const anomaly = await anomalyOf(orderId)
    expectProblem(await act(anomaly, { action: 'record-refund', outRefundNo: '1' }), 409)
    for (const body of [{}, { action: 'jump' }, { action: 'dismiss' }, { action: 'dismiss', note: ' ' }])
      expectProblem(await stage.lin.post(`/anomalies/${anomaly.id}/actions`, body), 400)
    const nowhere = { ...anomaly, id: '00000000-0000-4000-8000-000000000000' }
    expectProblem(await act(nowhere, { action: 'dismiss', note: 'x' }), 404)
    expectProblem(await stage.lin.get(`/anomalies/${nowhere.id}`), 404)
    expectProblem(await stage.lin.post('/anomalies/1/actions', { action: 'dismiss', note: 'x' }), 400)
    expectProblem(await stage.lin.get('/anomalies?cursor=x'), 400)
  })
})

describe('a customer’s request for the money', () => {
  const ask = (orderId: string, reason = '不想要了') =>
    stage.alice.post<RefundRequest & Problem>(`/orders/${orderId}/refund-requests`, { reason })
  const decide = (request: RefundRequest, approved: boolean, reply?: string) =>
    stage.lin.post<RefundRequest>(`/refund-requests/${request.id}/decision`, { approved, reply })

  test('gives nothing back before an operator approves, and then everything', async () => {
    const { orderId, totalFen } = await paidOrder(stage.alice)
    const { status, body: request } = await ask(orderId)
    expect([status, request.state]).toEqual([201, 'open'])
    expect(expectProblem(await ask(orderId), 409).code).toBe('refund-asked')
    expect((await stage.lin.order(orderId)).refunds).toEqual([])
    const { body } = await stage.lin.get<RefundRequestPage>('/refund-requests')
    expect(refundRequestPageSchema.parse(body).requests).toMatchObject([{ id: request.id, orderId }])
    expect((await decide(request, true)).body.state).toBe('approved')
    const [refund] = await until(async () => {
      const { refunds } = await stage.lin.order(orderId)
      return refunds.length > 0 && refunds
    })
    expect(refund).toMatchObject({ amountFen: totalFen, requestedBy: 'Lin', reason: '不想要了' })
    expectProblem(await decide(request, true), 409)
    expect((await stage.lin.order(orderId)).refunds).toHaveLength(1)
    expectProblem(await ask(orderId), 409)
  })

  test('and the shop’s answer stand on the order, for its customer', async () => {
    const { orderId, totalFen } = await paidOrder(stage.alice)
    const seen = async () => {
      const { refundRequest, refundableFen } = (await stage.alice.get<OrderDetail>(`/orders/${orderId}`)).body
      return [refundRequest?.state, refundRequest?.reply, refundableFen]
    }
    expect(await seen()).toEqual([undefined, undefined, totalFen])
    await decide((await ask(orderId)).body, false, '已经发货')
    expect(await seen()).toEqual(['declined', '已经发货', totalFen])
    await stage.shop.advance(1)
    await decide((await ask(orderId)).body, true)
    expect(await seen()).toEqual(['approved', null, 0])
    await stage.lin.refundsWhen(orderId, ['succeeded'])
    expect((await stage.alice.get<Order>(`/orders/${orderId}`)).body.refundedFen).toBe(totalFen)
  })

  test('that is declined gives nothing back, and the customer may ask again', async () => {
    const { orderId } = await paidOrder(stage.alice)
    const { body: request } = await ask(orderId)
    expect((await decide(request, false, '已经发货')).body).toMatchObject({
      state: 'declined',
      reply: '已经发货',
    })
    expect((await stage.lin.order(orderId)).refunds).toEqual([])
    expect((await ask(orderId)).status).toBe(201)
  })

  test('answered by twenty operators at once is answered once', async () => {
    const { orderId } = await paidOrder(stage.alice)
    const { body: request } = await ask(orderId)
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => decide(request, i % 2 === 0)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    const { refunds } = await stage.lin.order(orderId)
    const [row] = await stage.books.rows('select state from refund_requests where request_id = $1', [
      request.id,
    ])
    expect(refunds).toHaveLength(row!.state === 'approved' ? 1 : 0)
  })

  test('is refused for an order that nobody paid, and without a reason', async () => {
    const { id } = await stage.alice.order()
    expectProblem(await ask(id), 409)
    expectProblem(await ask((await paidOrder(stage.alice)).orderId, '  '), 400)
  })
})
