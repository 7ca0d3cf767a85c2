import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type {
  Anomaly,
  AnomalyAction,
  AnomalyPage,
  OperatorRefund,
  RefundDecided,
} from '../../contract/operator.ts'
import type { OrderDetail } from '../../contract/order.ts'
import type { Problem } from '../../contract/problem.ts'
import type { RefundRequest } from '../../contract/refund.ts'
import { openInAlipay } from '../support/alipay-buyer.ts'
import { eventually } from '../support/eventually.ts'
import { newKey } from '../support/customer.ts'
import { moneyStage } from '../support/money-stage.ts'
import { paidOrder } from '../support/operator.ts'
import { passDoubt } from '../support/doubted-refund.ts'
import { expectProblem } from '../support/problem.ts'
import { mchid } from '../support/shop.ts'
import { openSubscriber, type Subscriber } from '../support/subscriber.ts'
import { until } from '../support/until.ts'

const secondMs = 1_000
const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs

const stage = moneyStage()
let erp: Subscriber
beforeAll(async () => {
  erp = await openSubscriber()
  await stage.shop.restart((config) => ({ ...config, subscribers: [erp.config('erp', [randomBytes(32)])] }))
})
afterAll(() => erp.close())

const anomaliesOf = async (orderId: string): Promise<Anomaly[]> =>
  (await stage.lin.get<AnomalyPage>('/anomalies')).body.anomalies.filter((one) => one.orderId === orderId)
const anomalyWhen = (orderId: string, kind: Anomaly['kind']): Promise<Anomaly> =>
  until(async () => (await anomaliesOf(orderId)).find((one) => one.kind === kind))
const kindsOf = async (orderId: string) => (await anomaliesOf(orderId)).map(({ kind }) => kind)
const act = (anomaly: Anomaly, wish: AnomalyAction) =>
  stage.lin.post<Anomaly & Problem>(`/anomalies/${anomaly.id}/actions`, wish)
/** Somebody of the shop gives money back on WeChat's own merchant platform, where no notification address is set. */
const onPlatform = async (outTradeNo: string, amountFen?: number, end?: 'CLOSED'): Promise<string> =>
  (await stage.shop.sandbox.control('/refunds', { mchid, outTradeNo, amountFen, end })).body.outRefundNo
const detailOf = async (orderId: string) => (await stage.alice.get<OrderDetail>(`/orders/${orderId}`)).body
const paidThere = async (outTradeNo: string) =>
  (await stage.books.refunds(outTradeNo))
    .filter(({ status }) => status !== 'CLOSED')
    .reduce((sum, { amountFen }) => sum + amountFen, 0)
const record = (orderId: string, paymentId: string, outRefundNo: string) =>
  stage.lin.post<OperatorRefund & Problem>(`/orders/${orderId}/payments/${paymentId}/found-refunds`, {
    outRefundNo,
  })

describe('a refund whose answer is lost and whose immediate repeat is refused', () => {
  /** WeChat carries out the first send; the transport repeats it, and that is refused. */
  const loseAndRefuse = async (outTradeNo: string) => {
    await stage.weather({ api: 'refund', outTradeNo, times: 1 }, { dropAfter: true })
    await stage.weather({ api: 'refund', outTradeNo, nth: 2 }, { error: { status: 403, code: 'NO_AUTH' } })
  }

  test('is not believed to be refused, and never paid a second time', async () => {
    const { orderId, paymentId } = await paidOrder(stage.alice)
    await loseAndRefuse(paymentId)
    const refund = await stage.lin.refund(orderId, { amountFen: 700 })
    expect(refund).toMatchObject({ state: 'submitted', refusal: 'NO_AUTH' })
    await expect(
      stage.books.rows(
        "update refunds set state = 'refused', next_check_at = null where out_refund_no = $1",
        [refund.id],
      ),
    ).rejects.toThrow('refused_is_proven')
    expect(await kindsOf(orderId)).toEqual([])
    await stage.shop.advance(6 * secondMs)
    const [done] = await stage.lin.refundsWhen(orderId, ['succeeded'])
    expect(done).toMatchObject({ id: refund.id, refusal: null })
    expect(await paidThere(paymentId)).toBe(700)
    expect(await kindsOf(orderId)).toEqual([])
  })

  test('counts as refused after a minute of answers that there is no such refund', async () => {
    const { orderId, paymentId } = await paidOrder(stage.alice)
    await stage.weather({ api: 'refund', outTradeNo: paymentId, times: 1 }, { dropBefore: true })
    await stage.weather(
      { api: 'refund', outTradeNo: paymentId, nth: 2 },
      { error: { status: 403, code: 'NO_AUTH' } },
    )
    const refund = await stage.lin.refund(orderId, { amountFen: 700 })
    await passDoubt(stage.shop, stage.books, refund.id)
    await stage.lin.refundsWhen(orderId, ['refused'])
    expect(await kindsOf(orderId)).toEqual(['refund-failed'])
    expect(await stage.books.payment(paymentId)).toMatchObject({ reserved_fen: '0', refunded_fen: '0' })
  })
})

describe('a refund that counted as refused and went out after all', () => {
  /** What a server of before wrote: refused, although WeChat has it. */
  const wronglyRefused = async (orderId: string, amountFen: number) => {
    const refund = await stage.lin.refund(orderId, { amountFen })
    await stage.shop.advance(6 * secondMs)
    await stage.lin.refundsWhen(orderId, ['succeeded'])
    await stage.books.rows(
      `with refused as (
         update refunds set state = 'refused', succeeded_at = null, refund_id = null, refusal = 'NO_AUTH', unanswered_count = 0
         where out_refund_no = $1 returning order_id, out_trade_no, amount_fen, out_refund_no, version
       ), kept as (
         insert into anomalies (order_id, out_trade_no, kind, evidence_id, found_at, particulars)
         select order_id, out_trade_no, 'refund-failed', out_refund_no, now(),
           jsonb_build_object('outRefundNo', out_refund_no, 'amountFen', amount_fen) from refused
       )
       update payments set refunded_fen = refunded_fen - refused.amount_fen from refused
       where payments.order_id = refused.order_id and payments.out_trade_no = refused.out_trade_no`,
      [refund.id],
    )
    await stage.shop.advance(minuteMs)
    return refund
  }

  test('is asked about before it is made again, and is counted instead', async () => {
    const { orderId, paymentId } = await paidOrder(stage.alice)
    await wronglyRefused(orderId, 700)
    const anomaly = await anomalyWhen(orderId, 'refund-failed')
    expect((await act(anomaly, { action: 'refund-again' })).body.state).toBe('resolved')
    expect(await paidThere(paymentId)).toBe(700)
    expect((await stage.lin.order(orderId)).refunds).toMatchObject([{ state: 'succeeded', amountFen: 700 }])
    expect(await stage.books.payment(paymentId)).toMatchObject({ reserved_fen: '0', refunded_fen: '700' })
    expect(await kindsOf(orderId)).toEqual([])
  })

  test('while another was paid meanwhile is counted, and shown to an operator who can end it', async () => {
    const { orderId, paymentId, totalFen } = await paidOrder(stage.alice)
    const first = await wronglyRefused(orderId, 1_000)
    // As a server of before did it: without a look at the first.
    const second = await stage.shop.sandbox.call(mchid, 'POST', '/v3/refund/domestic/refunds', {
      out_trade_no: paymentId,
      out_refund_no: 'made-again',
      amount: { refund: totalFen - 1_000, total: totalFen, currency: 'CNY' },
    })
    expect(second.status).toBe(200)
    expect((await record(orderId, paymentId, 'made-again')).status).toBe(201)
    const recorded = await record(orderId, paymentId, first.id)
    expect(recorded).toMatchObject({ status: 200, body: { state: 'succeeded' } })
    await stage.shop.advance(6 * secondMs)
    await stage.lin.refundsWhen(orderId, ['succeeded', 'succeeded'])
    expect(await stage.books.payment(paymentId)).toMatchObject({ refunded_fen: String(totalFen) })
    expect(await kindsOf(orderId)).toEqual(['refunded-twice'])
    const anomaly = await anomalyWhen(orderId, 'refunded-twice')
    expect(expectProblem(await act(anomaly, { action: 'settle-again' }), 409).detail).toContain('dismiss')
    expect((await act(anomaly, { action: 'dismiss', note: '已与顾客核对' })).body.state).toBe('dismissed')
  })

  test('is counted although its money is reserved for another refund, which WeChat then refuses', async () => {
    const { orderId, paymentId, totalFen } = await paidOrder(stage.alice)
    const first = await wronglyRefused(orderId, totalFen)
    await stage.weather({ api: 'query', outTradeNo: paymentId, times: 1 }, { error: 'SYSTEM_ERROR' })
    await stage.weather({ api: 'refund', outTradeNo: paymentId, times: 2 }, { error: 'SYSTEM_ERROR' })
    const again = await stage.lin.refund(orderId)
    expect(again.state).toBe('submitted')
    expect((await record(orderId, paymentId, first.id)).status).toBe(200)
    expect(await stage.books.payment(paymentId)).toMatchObject({
      reserved_fen: String(totalFen),
      refunded_fen: String(totalFen),
      overdrawn_fen: String(totalFen),
    })
    await stage.clearWeather()
    await stage.shop.advance(20 * secondMs)
    await passDoubt(stage.shop, stage.books, again.id)
    await stage.lin.refundsWhen(orderId, ['succeeded', 'refused'])
    expect(await stage.books.payment(paymentId)).toMatchObject({
      reserved_fen: '0',
      refunded_fen: String(totalFen),
      overdrawn_fen: null,
    })
    expect(await kindsOf(orderId)).toEqual([])
  })
})

describe('a refund made on WeChat’s platform without a notification', () => {
  test('is recorded by its number on any paid payment, without an anomaly', async () => {
    const { orderId, paymentId, totalFen } = await paidOrder(stage.alice)
    const another = await paidOrder(stage.alice)
    const number = await onPlatform(paymentId, 300)
    expectProblem(await record(another.orderId, another.paymentId, number), 409)
    expectProblem(await record(orderId, paymentId, '50300000002026112100000000000'), 409)
    expectProblem(await record(orderId, '0'.repeat(32), number), 404)
    expect(await record(orderId, paymentId, number)).toMatchObject({
      status: 201,
      body: { id: number, origin: 'platform', amountFen: 300 },
    })
    expect((await record(orderId, paymentId, number)).status).toBe(200)
    expect((await detailOf(orderId)).refundableFen).toBe(totalFen - 300)
    expect((await stage.lin.order(orderId)).payments[0]!.refundableFen).toBe(totalFen - 300)
    expect((await stage.lin.books()).find((one) => one.outTradeNo === paymentId)).toMatchObject({
      refundableFen: totalFen - 300,
    })
  })

  test('is recorded at the moment of a look that finds it, and leaves no task', async () => {
    const { orderId, paymentId, totalFen } = await paidOrder(stage.alice)
    await Promise.all([
      record(orderId, paymentId, await onPlatform(paymentId, 100)),
      stage.lin.post(`/orders/${orderId}/refunds`, { amountFen: totalFen }, newKey()),
    ])
    expect(await kindsOf(orderId)).toEqual([])
  })

  test('that was closed moved nothing, and the search for the one that did goes on', async () => {
    const { orderId, paymentId, totalFen } = await paidOrder(stage.alice)
    const closed = await onPlatform(paymentId, 100, 'CLOSED')
    await stage.shop.advance(minuteMs)
    const real = await onPlatform(paymentId, 300)
    expectProblem(await stage.lin.post(`/orders/${orderId}/refunds`, {}, newKey()), 409)
    const anomaly = await anomalyWhen(orderId, 'unknown-refund')
    expectProblem(await act(anomaly, { action: 'record-refund', outRefundNo: closed }), 409)
    expectProblem(await act(anomaly, { action: 'settle-again' }), 409)
    expect((await act(anomaly, { action: 'record-refund', outRefundNo: real })).body.state).toBe('resolved')
    expect((await detailOf(orderId)).refundableFen).toBe(totalFen - 300)
  })

  test('is found before a claim is approved: the operator is told, records it, and answers the claim', async () => {
    const { orderId, paymentId, totalFen } = await paidOrder(stage.alice)
    const number = await onPlatform(paymentId)
    const { body: request } = await stage.alice.post<RefundRequest>(`/orders/${orderId}/refund-requests`, {
      reason: '不想要了',
    })
    const decide = () =>
      stage.lin.post<RefundDecided & Problem>(`/refund-requests/${request.id}/decision`, { approved: true })
    expect(expectProblem(await decide(), 409).code).toBe('refund-unknown')
    expect((await detailOf(orderId)).refundRequest?.state).toBe('open')
    const anomaly = await anomalyWhen(orderId, 'unknown-refund')
    expect((await act(anomaly, { action: 'record-refund', outRefundNo: number })).body.state).toBe('resolved')
    expect((await decide()).body).toMatchObject({ state: 'approved', refund: { id: number } })
    await stage.shop.advance(6 * secondMs)
    await stage.lin.refundsWhen(orderId, ['succeeded'])
    expect(await detailOf(orderId)).toMatchObject({
      refundedFen: totalFen,
      refundableFen: 0,
      refundRequest: { state: 'approved', refund: { id: number, outcome: 'succeeded' } },
    })
    expect(await kindsOf(orderId)).toEqual([])
  })

  test('and a refusal that it causes is one task, which record-refund ends', async () => {
    const { orderId, paymentId } = await paidOrder(stage.alice)
    // The look before the refund gets no answer; the one after the refusal does.
    await stage.weather({ api: 'query', outTradeNo: paymentId, times: 1 }, { error: 'SYSTEM_ERROR' })
    const number = await onPlatform(paymentId)
    await stage.shop.advance(minuteMs)
    expect((await stage.lin.refund(orderId)).state).toBe('refused')
    expect((await kindsOf(orderId)).toSorted()).toEqual(['refund-failed', 'unknown-refund'])
    const failed = await anomalyWhen(orderId, 'refund-failed')
    expect(expectProblem(await act(failed, { action: 'refund-again' }), 409).detail).toContain(
      'record-refund',
    )
    expect(expectProblem(await act(failed, { action: 'settle-again' }), 409).detail).toContain(
      'record-refund',
    )
    expect((await kindsOf(orderId)).toSorted()).toEqual(['refund-failed', 'unknown-refund'])
    expect((await act(failed, { action: 'record-refund', outRefundNo: number })).body.state).toBe('resolved')
    expect(await kindsOf(orderId)).toEqual([])
  })

  test('beside one of ours shows when WeChat refuses what should be left', async () => {
    const { orderId, paymentId, totalFen } = await paidOrder(stage.alice)
    await stage.lin.refund(orderId, { amountFen: 100 })
    await stage.shop.advance(minuteMs)
    const number = await onPlatform(paymentId, totalFen - 100)
    await stage.shop.advance(minuteMs)
    expect((await stage.lin.refund(orderId)).state).toBe('refused')
    const anomaly = await anomalyWhen(orderId, 'unknown-refund')
    expectProblem(await act(anomaly, { action: 'settle-again' }), 409)
    expect((await act(anomaly, { action: 'record-refund', outRefundNo: number })).status).toBe(200)
    expect(await kindsOf(orderId)).toEqual([])
  })

  test('is found by the second look a day later, once', async () => {
    const { orderId, paymentId } = await paidOrder(stage.alice)
    const number = await onPlatform(paymentId, 300)
    await stage.shop.advance(dayMs)
    const anomaly = await anomalyWhen(orderId, 'unknown-refund')
    await act(anomaly, { action: 'dismiss', note: '稍后处理' })
    const due = async () => {
      const [row] = await stage.books.rows<{ due_at: Date; paid_at: Date }>(
        'select due_at, paid_at from second_looks join payments using (order_id, out_trade_no) where out_trade_no = $1',
        [paymentId],
      )
      return (row!.due_at.getTime() - row!.paid_at.getTime()) / dayMs
    }
    await eventually(async () => expect(await due()).toBe(7))
    await stage.books.rows('update second_looks set due_at = now() where out_trade_no = $1', [paymentId])
    await eventually(async () => expect(await due()).toBe(7))
    expect(await kindsOf(orderId)).toEqual([])
    expect((await record(orderId, paymentId, number)).status).toBe(201)
  })
})

test('a paid payment that WeChat calls closed at a second look is an anomaly, until WeChat says otherwise', async () => {
  const { orderId, paymentId } = await paidOrder(stage.alice)
  await stage.weather({ api: 'query', outTradeNo: paymentId }, { alter: { trade_state: 'REVOKED' } })
  await stage.shop.advance(dayMs)
  const anomaly = await anomalyWhen(orderId, 'mismatch')
  expect(anomaly.particulars).toMatchObject({ fields: ['state'], outcome: 'closed' })
  expectProblem(await act(anomaly, { action: 'settle-again' }), 409)
  await stage.clearWeather()
  expect((await act(anomaly, { action: 'settle-again' })).body.state).toBe('resolved')
})

test('a refund that is refused in the moment of a claim’s approval is told to operator and customer', async () => {
  const { orderId, paymentId } = await paidOrder(stage.alice)
  const { body: request } = await stage.alice.post<RefundRequest>(`/orders/${orderId}/refund-requests`, {
    reason: '不想要了',
  })
  await stage.weather({ api: 'refund', outTradeNo: paymentId, times: 2 }, { error: 'NO_AUTH' })
  const { body: decided } = await stage.lin.post<RefundDecided>(`/refund-requests/${request.id}/decision`, {
    approved: true,
  })
  const failed = await anomalyWhen(orderId, 'refund-failed')
  expect(decided).toMatchObject({
    state: 'approved',
    refund: { outcome: 'failed' },
    refusal: 'NO_AUTH',
    anomalyId: failed.id,
  })
  expect((await detailOf(orderId)).refundRequest).toMatchObject({ refund: { outcome: 'failed' } })
  // Refused once more: the same task stays open, and there is no second one.
  expect(expectProblem(await act(failed, { action: 'refund-again' }), 409).detail).toContain('NO_AUTH')
  expect((await anomaliesOf(orderId)).map(({ id }) => id)).toEqual([failed.id])
  expect((await act(failed, { action: 'refund-again' })).body.state).toBe('resolved')
  expect((await detailOf(orderId)).refundRequest).toMatchObject({ refund: { outcome: 'underway' } })
})

describe('order.paid of money that is already back', () => {
  const toldOf = (orderId: string) =>
    erp.messages
      .map(({ event }) => event)
      .filter(({ data, type }) => data.id === orderId && type === 'order.paid')
  const foundInRefund = async (amountFen: number) => {
    await stage.weather({ api: 'notify' }, { lose: true })
    const order = await stage.alice.order()
    const payment = await stage.alice.pay(order.id)
    await stage.alice.cashier(await stage.alice.launch(payment.id), 'paid')
    const number = await onPlatform(payment.id, amountFen)
    await stage.shop.advance(6 * secondMs)
    await until(async () => (await stage.alice.result(order.id)).result === 'paid')
    return { order, number, paymentId: payment.id }
  }

  test('waits until the refund is recorded, and says what is left', async () => {
    const { order, number } = await foundInRefund(100)
    const anomaly = await anomalyWhen(order.id, 'unknown-refund')
    expect((await detailOf(order.id)).refundableFen).toBe(0)
    expect(toldOf(order.id)).toEqual([])
    await act(anomaly, { action: 'record-refund', outRefundNo: number })
    await eventually(() =>
      expect(toldOf(order.id)).toMatchObject([
        {
          data: {
            state: 'paid',
            refundedFen: 100,
            refundableFen: order.totalFen - 100,
            note: 'refund-recorded',
          },
        },
      ]),
    )
    expect((await detailOf(order.id)).refundableFen).toBe(order.totalFen - 100)
  })

  test('that an operator dismissed is told with a warning', async () => {
    const { order } = await foundInRefund(100)
    await act(await anomalyWhen(order.id, 'unknown-refund'), { action: 'dismiss', note: '见商户平台' })
    await eventually(() => expect(toldOf(order.id)).toMatchObject([{ data: { note: 'refund-unknown' } }]))
  })
})

test('a trade that Alipay closed after it was paid is found by a second look as well', async () => {
  const buyer = await openInAlipay(stage.shop)
  const order = await buyer.order()
  const payment = await buyer.pay(order.id)
  await buyer.cashier((await buyer.launch(payment.id)).url)
  await until(async () => (await buyer.result(order.id)).result === 'paid')
  await stage.weather({ api: 'alipay.trade.query' }, { alter: { trade_status: 'TRADE_CLOSED' } })
  const answer = await stage.lin.post<Problem>(`/orders/${order.id}/refunds`, {}, newKey())
  expect(expectProblem(answer, 409).code).toBe('refund-unknown')
  expect((await anomalyWhen(order.id, 'unknown-refund')).paymentId).toBe(payment.id)
})
