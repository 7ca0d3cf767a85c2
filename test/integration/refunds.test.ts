import { describe, expect, test } from 'vitest'
import type { OperatorRefund } from '../../contract/operator.ts'
import type { Problem } from '../../contract/problem.ts'
import { newKey, type ApiAnswer } from '../support/customer.ts'
import { paidOrder } from '../support/operator.ts'
import { moneyStage } from '../support/money-stage.ts'
import { passDoubt } from '../support/doubted-refund.ts'
import { expectProblem } from '../support/problem.ts'
import { mchid } from '../support/shop.ts'
import { until } from '../support/until.ts'

const secondMs = 1_000
const minuteMs = 60_000

const stage = moneyStage()

const weather = (api: string, effect: Record<string, unknown>) => stage.weather({ api }, effect)
/** Strikes the next request for a refund of this payment: the sweep may send one of an earlier test's meanwhile. */
const strikeRefund = (outTradeNo: string, effect: Record<string, unknown>) =>
  stage.weather({ api: 'refund', outTradeNo, times: 1 }, effect)

describe('an operator’s refund', () => {
  test('of everything goes back and is seen by the operator, the books and the customer', async () => {
    const { orderId, paymentId, totalFen } = await paidOrder(stage.alice)
    const refund = await stage.lin.refund(orderId, { reason: '顾客不想要了' })
    expect(refund).toMatchObject({
      paymentId,
      state: 'processing',
      origin: 'operator',
      requestedBy: 'Lin',
      amountFen: totalFen,
    })
    expect(refund.id).toMatch(new RegExp(`^022[0-9]{14}${orderId}01$`))
    expect((await stage.alice.detail(orderId)).refunds).toMatchObject([
      { id: refund.id, amountFen: totalFen, surplus: false },
    ])
    await stage.shop.advance(6 * secondMs)
    const [done] = await stage.lin.refundsWhen(orderId, ['succeeded'])
    expect(done!.succeededAt).not.toBeNull()
    expect((await stage.alice.detail(orderId)).refunds).toMatchObject([{ state: 'succeeded' }])
    const line = (await stage.lin.books()).find((one) => one.outTradeNo === paymentId)
    expect(line).toMatchObject({
      state: 'paid',
      kept: true,
      refunds: [{ outRefundNo: refund.id, state: 'succeeded', amountFen: totalFen }],
    })
    expect(await stage.books.events(refund.id)).toEqual(['created', 'submitted', 'accepted', 'succeeded'])
    expect(await stage.books.payment(paymentId)).toMatchObject({
      reserved_fen: '0',
      refunded_fen: String(totalFen),
    })
    const { timeline } = await stage.lin.order(orderId)
    expect(timeline.find(({ number, event }) => number === refund.id && event === 'created')).toMatchObject({
      evidence: { by: 'Lin', amountFen: totalFen },
    })
  })

  test('with every notification lost is found to have succeeded by the ladder', async () => {
    await weather('refund-notify', { lose: true })
    const { orderId } = await paidOrder(stage.alice)
    await stage.lin.refund(orderId)
    await stage.shop.advance(6 * secondMs)
    await stage.lin.refundsWhen(orderId, ['succeeded'])
  })
})

describe('parts of a payment', () => {
  test('go back a minute apart, scheduled and not refused, and never more than was paid', async () => {
    const { orderId, paymentId, totalFen } = await paidOrder(stage.alice)
    const first = await stage.lin.refund(orderId, { amountFen: 100 })
    const second = await stage.lin.refund(orderId, { amountFen: 200 })
    expect([first.state, second.state]).toEqual(['processing', 'created'])
    expect(Date.parse(second.dueAt) - Date.parse(first.createdAt)).toBeGreaterThanOrEqual(minuteMs)
    const third = await stage.lin.refund(orderId)
    expect(third.amountFen).toBe(totalFen - 300)
    expect(
      expectProblem(await stage.lin.post(`/orders/${orderId}/refunds`, { amountFen: 1 }, newKey()), 409)
        .detail,
    ).toContain('没有可退的钱')
    await stage.shop.advance(minuteMs + 2 * secondMs)
    await until(async () => (await stage.books.refunds(paymentId)).length === 2)
    expect((await stage.lin.order(orderId)).refunds.map(({ state }) => state)[2]).toBe('created')
    await stage.shop.advance(minuteMs + 2 * secondMs)
    await until(async () => (await stage.books.refunds(paymentId)).length === 3)
    await stage.shop.advance(6 * secondMs)
    const done = await stage.lin.refundsWhen(orderId, ['succeeded', 'succeeded', 'succeeded'])
    expect(done.map(({ id }) => id.slice(-2))).toEqual(['01', '02', '03'])
    expect(await stage.books.payment(paymentId)).toMatchObject({
      reserved_fen: '0',
      refunded_fen: String(totalFen),
    })
  })

  test('are fifty at most', async () => {
    const { orderId } = await paidOrder(stage.alice)
    for (let part = 0; part < 50; part += 1) await stage.lin.refund(orderId, { amountFen: 1 })
    const answer = await stage.lin.post<Problem>(`/orders/${orderId}/refunds`, { amountFen: 1 }, newKey())
    expect(expectProblem(answer, 409).detail).toContain('最多退 50 次')
  })
})

describe('when nobody knows what became of a refund', () => {
  test.each([
    ['broke off before WeChat acted', { dropBefore: true }],
    ['was lost after WeChat acted', { dropAfter: true }],
    ['does not verify', { corruptSignature: true }],
    ['says that the system is busy', { error: 'SYSTEM_ERROR' }],
    ['says to slow down', { error: 'FREQUENCY_LIMITED' }],
  ])('because its answer %s, it is asked about, and sent again under the same number', async (_, effect) => {
    const { orderId, paymentId, totalFen } = await paidOrder(stage.alice)
    await weather('refund', effect)
    const refund = await stage.lin.refund(orderId)
    expect(refund.state).toBe('submitted')
    await stage.clearWeather()
    const { reserved_fen: reserved, refunded_fen: refunded } = await stage.books.payment(paymentId)
    expect(Number(reserved) + Number(refunded)).toBe(totalFen)
    await stage.shop.advance(6 * secondMs)
    await until(async () => (await stage.books.refunds(paymentId)).length === 1)
    await stage.shop.advance(30 * secondMs)
    await stage.lin.refundsWhen(orderId, ['succeeded'])
    expect(await stage.books.refunds(paymentId)).toMatchObject([
      { outRefundNo: refund.id, amountFen: totalFen },
    ])
  })

  test('and queries fail too, nothing is released until one answers', async () => {
    const { orderId, paymentId, totalFen } = await paidOrder(stage.alice)
    await weather('refund', { dropAfter: true })
    await weather('refund-query', { error: 'SYSTEM_ERROR' })
    await weather('refund-notify', { lose: true })
    await stage.lin.refund(orderId)
    for (const _ of [1, 2, 3]) await stage.shop.advance(minuteMs)
    expect(await stage.books.payment(paymentId)).toMatchObject({
      reserved_fen: String(totalFen),
      refunded_fen: '0',
    })
    await stage.clearWeather()
    await stage.shop.advance(60 * minuteMs)
    await stage.lin.refundsWhen(orderId, ['succeeded'])
    expect(await stage.books.refunds(paymentId)).toHaveLength(1)
  })

  test('because the merchant’s balance is short, it waits for the money under the same number', async () => {
    const { orderId, paymentId } = await paidOrder(stage.alice)
    await weather('refund', { error: 'NOT_ENOUGH' })
    const refund = await stage.lin.refund(orderId)
    expect(refund).toMatchObject({ state: 'submitted', refusal: 'NOT_ENOUGH' })
    await stage.clearWeather()
    await stage.shop.advance(6 * secondMs)
    await until(async () => (await stage.books.refunds(paymentId)).length === 1)
    await stage.shop.advance(30 * secondMs)
    const [done] = await stage.lin.refundsWhen(orderId, ['succeeded'])
    expect(done).toMatchObject({ id: refund.id, refusal: null })
  })
})

describe('a refund that does not reach the customer', () => {
  test('because WeChat refuses it releases its money, and is kept for an operator', async () => {
    const { orderId, paymentId } = await paidOrder(stage.alice)
    await strikeRefund(paymentId, { error: 'NO_AUTH' })
    const refund = await stage.lin.refund(orderId, { amountFen: 100 })
    expect(refund).toMatchObject({ state: 'refused', refusal: 'NO_AUTH' })
    expect(await stage.books.payment(paymentId)).toMatchObject({ reserved_fen: '0', refunded_fen: '0' })
    expect((await stage.alice.detail(orderId)).refunds).toEqual([])
    const rows = await stage.books.rows('select kind from anomalies where order_id = $1', [orderId])
    expect(rows).toEqual([{ kind: 'refund-failed' }])
    expect((await stage.lin.refund(orderId)).state).toBe('processing')
  })

  test.each([
    ['CLOSED', 'closed', 'refund-failed', '0'],
    ['ABNORMAL', 'abnormal', 'refund-abnormal', 'all'],
  ] as const)(
    'because it ended %s is %s, and its money as free as that says',
    async (end, state, kind, reserved) => {
      const { orderId, paymentId, totalFen } = await paidOrder(stage.alice)
      await strikeRefund(paymentId, { refundEnd: end })
      await stage.lin.refund(orderId)
      await stage.shop.advance(6 * secondMs)
      await stage.lin.refundsWhen(orderId, [state])
      const held = reserved === 'all' ? String(totalFen) : reserved
      expect(await stage.books.payment(paymentId)).toMatchObject({ reserved_fen: held, refunded_fen: '0' })
      expect(await stage.books.rows('select kind from anomalies where order_id = $1', [orderId])).toEqual([
        { kind },
      ])
    },
  )

  test('at first, and then did by another card, has succeeded', async () => {
    const { orderId, paymentId } = await paidOrder(stage.alice)
    await strikeRefund(paymentId, { refundEnd: 'ABNORMAL' })
    const refund = await stage.lin.refund(orderId)
    await stage.shop.advance(6 * secondMs)
    const [abnormal] = await stage.lin.refundsWhen(orderId, ['abnormal'])
    await stage.shop.sandbox.call(
      mchid,
      'POST',
      `/v3/refund/domestic/refunds/${abnormal!.refundId}/apply-abnormal-refund`,
      { out_refund_no: refund.id, type: 'MERCHANT_BANK_CARD' },
    )
    await stage.shop.advance(60 * minuteMs)
    await stage.lin.refundsWhen(orderId, ['succeeded'])
    expect((await stage.books.payment(paymentId)).reserved_fen).toBe('0')
  })
})

describe('a refund made on WeChat’s own platform', () => {
  const platformRefund = (outTradeNo: string, amountFen: number) =>
    stage.shop.sandbox.control('/refunds', {
      mchid,
      outTradeNo,
      amountFen,
      notifyUrl: `${stage.shop.url}/webhooks/wechatpay/${mchid}`,
    })

  test('is found by its notification, counted and shown', async () => {
    const { orderId, paymentId, totalFen } = await paidOrder(stage.alice)
    await platformRefund(paymentId, 300)
    await stage.shop.advance(6 * secondMs)
    const [found] = await stage.lin.refundsWhen(orderId, ['succeeded'])
    expect(found).toMatchObject({ origin: 'platform', amountFen: 300, requestedBy: null })
    expect(await stage.books.payment(paymentId)).toMatchObject({ refunded_fen: '300' })
    expect(await stage.books.events(found!.id)).toEqual(['found', 'succeeded'])
    await stage.shop.advance(minuteMs)
    expect((await stage.lin.refund(orderId)).amountFen).toBe(totalFen - 300)
  })

  test('while ours holds the money is counted once WeChat has refused ours, and never below nothing', async () => {
    const { orderId, paymentId, totalFen } = await paidOrder(stage.alice)
    await weather('refund', { dropBefore: true })
    const { id } = await stage.lin.refund(orderId)
    await platformRefund(paymentId, totalFen)
    await stage.clearWeather()
    await stage.shop.advance(6 * secondMs)
    await passDoubt(stage.shop, stage.books, id)
    // What could not be counted yet is taken up again by the sweep, after ten seconds of machine time.
    await until(async () => (await stage.lin.order(orderId)).refunds[0]!.state === 'refused')
    await stage.books.rows(`update notifications set next_attempt_at = now() where settled_at is null`)
    await stage.lin.refundsWhen(orderId, ['refused', 'succeeded'])
    expect(await stage.books.payment(paymentId)).toMatchObject({
      reserved_fen: '0',
      refunded_fen: String(totalFen),
    })
  })

  test('before we knew that it was paid: the payment settles as paid, and the refund is asked for by an operator', async () => {
    await weather('notify', { lose: true })
    await weather('query', { error: 'SYSTEM_ERROR' })
    const order = await stage.alice.order()
    const payment = await stage.alice.pay(order.id)
    await stage.alice.cashier(await stage.alice.launch(payment.id), 'paid')
    await stage.shop.sandbox.control('/refunds', { mchid, outTradeNo: payment.id, amountFen: 100 })
    await stage.clearWeather()
    await weather('notify', { lose: true })
    await stage.shop.advance(31 * secondMs)
    await until(async () => (await stage.alice.result(order.id)).result === 'paid')
    const rows = await stage.books.rows('select kind from anomalies where order_id = $1', [order.id])
    expect(rows).toEqual([{ kind: 'unknown-refund' }])
  })

  test('notified before the payment’s own notification makes the payment paid first', async () => {
    await weather('notify', { lose: true })
    const order = await stage.alice.order()
    const payment = await stage.alice.pay(order.id)
    await stage.alice.cashier(await stage.alice.launch(payment.id), 'paid')
    await platformRefund(payment.id, 100)
    await stage.shop.advance(4 * secondMs)
    await stage.lin.refundsWhen(order.id, ['succeeded'])
    expect((await stage.alice.detail(order.id)).state).toBe('paid')
  })
})

describe('what may not be given back', () => {
  test('is said, each with what to do', async () => {
    const { orderId, paymentId, totalFen } = await paidOrder(stage.alice)
    const ask = (id: string, body: object, headers = newKey()) =>
      stage.lin.post<Problem>(`/orders/${id}/refunds`, body, headers)
    const detailOf = async (answer: Promise<ApiAnswer>, status: number) =>
      expectProblem(await answer, status).detail
    expect(await detailOf(ask('0000000000000', {}), 404)).toContain('没有这个订单')
    expect(await detailOf(ask((await stage.alice.order()).id, {}), 409)).toContain('还没有收到付款')
    expect(await detailOf(ask(orderId, { paymentId: '0'.repeat(32) }), 404)).toContain('没有这笔支付')
    expect(await detailOf(ask(orderId, { amountFen: totalFen + 1 }), 409)).toContain('最多还能退 ¥')
    for (const bad of [{ amountFen: 0 }, { amountFen: 1.5 }, { amountFen: '1' }, { reason: '' }, { fen: 1 }])
      await detailOf(ask(orderId, bad), 400)
    await detailOf(ask(orderId, {}, {} as ReturnType<typeof newKey>), 400)
    await stage.lin.refund(orderId, { paymentId, amountFen: totalFen })
    expect(await detailOf(ask(orderId, {}), 409)).toContain('没有可退的钱')
  })

  test('is a payment of more than a year ago', async () => {
    const { orderId, paymentId } = await paidOrder(stage.alice)
    await stage.books.rows(
      `update payments set paid_at = paid_at - interval '366 days' where out_trade_no = $1`,
      [paymentId],
    )
    const answer = await stage.lin.post<Problem>(`/orders/${orderId}/refunds`, {}, newKey())
    expect(expectProblem(answer, 409).detail).toContain('超过一年')
    expect((await stage.alice.detail(orderId)).refundableFen).toBe(0)
    expect((await stage.lin.order(orderId)).payments[0]!.refundableFen).toBe(0)
    expect((await stage.lin.books()).find((one) => one.outTradeNo === paymentId)!.refundableFen).toBe(0)
    const claim = await stage.alice.post<Problem>(`/orders/${orderId}/refund-requests`, { reason: '坏了' })
    expect(expectProblem(claim, 409).detail).toContain('超过一年')
  })

  test('is anything twice under one key, and nothing else under it', async () => {
    const { orderId } = await paidOrder(stage.alice)
    const key = newKey()
    const path = `/orders/${orderId}/refunds`
    const first = await stage.lin.post<OperatorRefund>(path, { amountFen: 100 }, key)
    const again = await stage.lin.post<OperatorRefund>(path, { amountFen: 100 }, key)
    expect([first.status, again.status, again.body.id]).toEqual([201, 200, first.body.id])
    expect(expectProblem(await stage.lin.post(path, { amountFen: 200 }, key), 409).detail).toContain(
      'Idempotency-Key',
    )
    expect((await stage.lin.order(orderId)).refunds).toHaveLength(1)
  })
})
