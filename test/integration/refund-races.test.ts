import { describe, expect, test } from 'vitest'
import type { OperatorRefund } from '../../contract/operator.ts'
import type { OrderPage } from '../../contract/order.ts'
import type { Problem } from '../../contract/problem.ts'
import type { RefundRequest } from '../../contract/refund.ts'
import { limits } from '../../server/config/limits.ts'
import type { ChannelRefund } from '../../server/payments/payment-channel.ts'
import { attendRefund } from '../../server/refunds/attend-refund.ts'
import { openSurplusRefund } from '../../server/refunds/open-surplus-refund.ts'
import { settleRefund } from '../../server/refunds/settle-refund.ts'
import { findRefund } from '../../server/store/refunds.ts'
import type { RefundRow } from '../../server/store/tables.ts'
import { expectOk, newKey, signIn, statusesOf } from '../support/customer.ts'
import { whileHeld } from '../support/held-lock.ts'
import { moneyStage } from '../support/money-stage.ts'
import { paidOrder } from '../support/operator.ts'
import { atOnce, CROWD, roundCount } from '../support/rounds.ts'
import { expectProblem } from '../support/problem.ts'
import { mchid } from '../support/shop.ts'
import { until } from '../support/until.ts'

const stage = moneyStage()

const deps = () => stage.shop.server.services
const rowOf = async (orderId: string, id: string) => (await findRefund(deps().db, orderId, id)) as RefundRow
const sumsOf = async (paymentId: string) => {
  const { reserved_fen, refunded_fen } = await stage.books.payment(paymentId)
  return { reserved_fen, refunded_fen }
}

describe('fifty at the same moment', () => {
  test('over-refund: of refunds of more than half of a payment one is taken, all others are refused', async () => {
    for (let round = 0; round < roundCount; round += 1) {
      const { orderId, paymentId, totalFen } = await paidOrder(stage.alice)
      const amountFen = Math.ceil(totalFen * 0.6)
      const answers = await atOnce(() =>
        stage.lin.post<OperatorRefund>(`/orders/${orderId}/refunds`, { amountFen }, newKey()),
      )
      expect(statusesOf(answers)).toEqual([201, ...Array(CROWD - 1).fill(409)])
      // WeChat may be through with it by now.
      const { reserved_fen: reserved, refunded_fen: refunded } = await sumsOf(paymentId)
      expect(Number(reserved) + Number(refunded)).toBe(amountFen)
      expect(await stage.books.refunds(paymentId)).toMatchObject([{ amountFen }])
    }
  })

  test('double click: taps under one key are one refund', async () => {
    for (let round = 0; round < roundCount; round += 1) {
      const { orderId, paymentId } = await paidOrder(stage.alice)
      const key = newKey()
      const answers = await atOnce(() =>
        stage.lin.post<OperatorRefund>(`/orders/${orderId}/refunds`, {}, key),
      )
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
      expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
      expect(await stage.books.refunds(paymentId)).toHaveLength(1)
    }
  })

  test('notifications, queries and repeats of one refund count it once', async () => {
    await stage.weather({ api: 'refund-notify' }, { lose: true })
    for (let round = 0; round < roundCount; round += 1) {
      const { orderId, paymentId, totalFen } = await paidOrder(stage.alice)
      await stage.weather({ api: 'refund', outTradeNo: paymentId, times: 1 }, { error: 'SYSTEM_ERROR' })
      const { id } = await stage.lin.refund(orderId)
      const found: ChannelRefund = {
        outcome: 'succeeded',
        outRefundNo: id,
        outTradeNo: paymentId,
        mchid,
        subMchid: null,
        refundId: '50300000000000000000000000000',
        transactionId: (await stage.books.payment(paymentId)).transaction_id!,
        amountFen: totalFen,
        totalFen,
        succeededAt: new Date(),
        receivedAccount: null,
      }
      const row = await rowOf(orderId, id)
      await atOnce(async (i) => {
        if (i % 3 === 0) return void (await attendRefund(deps(), row))
        const outcome = i % 3 === 1 ? 'succeeded' : 'processing'
        const evidence =
          i % 2 ? ({ from: 'query' } as const) : ({ from: 'notification', notificationId: `n${i}` } as const)
        await settleRefund(
          deps(),
          { ...found, outcome, succeededAt: i % 3 === 1 ? found.succeededAt : null },
          evidence,
        )
      })
      expect((await stage.books.events(id)).filter((event) => event === 'succeeded')).toHaveLength(1)
      expect(await sumsOf(paymentId)).toEqual({ reserved_fen: '0', refunded_fen: String(totalFen) })
    }
  })

  test('a surplus that job, sweep and notification find together goes back once', async () => {
    for (let round = 0; round < roundCount; round += 1) {
      const { orderId, paymentId, totalFen } = await paidOrder(stage.alice)
      await stage.books.rows('update payments set kept = false where out_trade_no = $1', [paymentId])
      await atOnce(() => openSurplusRefund(deps(), orderId, paymentId))
      expect((await stage.lin.order(orderId)).refunds).toMatchObject([
        { origin: 'surplus', amountFen: totalFen },
      ])
      await until(async () => (await stage.books.refunds(paymentId)).length === 1)
    }
  })

  test('duplicate notify: a refund made on WeChat’s platform and told again and again is counted once', async () => {
    await stage.weather({ api: 'refund-notify' }, { duplicate: CROWD - 1 })
    const notifyUrl = `${stage.shop.url}/webhooks/wechatpay/${mchid}`
    for (let round = 0; round < roundCount; round += 1) {
      const { orderId, paymentId } = await paidOrder(stage.alice)
      await stage.shop.sandbox.control('/refunds', {
        mchid,
        outTradeNo: paymentId,
        amountFen: 100,
        notifyUrl,
      })
      await stage.shop.advance(4_000)
      await stage.lin.refundsWhen(orderId, ['succeeded'])
      expect(await sumsOf(paymentId)).toEqual({ reserved_fen: '0', refunded_fen: '100' })
    }
  })
})

describe('the database itself refuses', () => {
  test('to promise more than was paid, to go below nothing, and to refund what nobody paid', async () => {
    const { orderId, paymentId } = await paidOrder(stage.alice)
    const change = (set: string, id = paymentId) =>
      stage.books.rows(`update payments set ${set} where out_trade_no = $1`, [id])
    await expect(change('reserved_fen = amount_fen, refunded_fen = 1')).rejects.toThrow(
      'refunds_within_payment',
    )
    await expect(change('reserved_fen = -1')).rejects.toThrow('reserved_fen_check')
    await expect(change('refunded_fen = -1')).rejects.toThrow('refunded_fen_check')
    const open = await stage.alice.pay((await stage.alice.order()).id)
    await expect(change('refund_count = 1', open.id)).rejects.toThrow('only_paid_is_refunded')
    await stage.weather({ api: 'refund' }, { error: 'SYSTEM_ERROR' })
    const { id } = await stage.lin.refund(orderId, { amountFen: 1 })
    await expect(
      stage.books.rows(`update refunds set state = 'gone' where out_refund_no = $1`, [id]),
    ).rejects.toThrow('refunds_state_check')
    await expect(
      stage.books.rows('update refunds set next_check_at = null where out_refund_no = $1', [id]),
    ).rejects.toThrow('open_refund_is_checked')
    const copy = (changes: string) =>
      stage.books.rows(
        `insert into refunds select (jsonb_populate_record(refunds, jsonb_build_object(
           'out_refund_no', left(out_refund_no, 30) || 'ZZ') || ${changes})).* from refunds where out_refund_no = $1`,
        [id],
      )
    await expect(copy(`'{}'`)).rejects.toThrow('one_refund_a_key')
    await stage.books.rows(`update refunds set origin = 'surplus' where out_refund_no = $1`, [id])
    await expect(copy(`'{"idempotency_key":null}'`)).rejects.toThrow('one_surplus_refund')
  })
})

describe('a refund request', () => {
  const asked = async () => {
    const { orderId, paymentId } = await paidOrder(stage.alice)
    const path = `/orders/${orderId}/refund-requests`
    const request = await expectOk(stage.alice.post<RefundRequest>(path, { reason: '不想要了' }))
    return { orderId, paymentId, request, withdraw: `${path}/${request.id}/withdraw` }
  }
  const decide = (id: string, approved: boolean) =>
    stage.lin.post(`/refund-requests/${id}/decision`, { approved, reply: '好的' })

  test('that nobody has decided is withdrawn, again without effect, and may be asked anew', async () => {
    const { orderId, request, withdraw } = await asked()
    expect(request).toMatchObject({ state: 'open', endedAt: null })
    const withdrawn = await expectOk(stage.alice.post<RefundRequest>(withdraw))
    expect(withdrawn).toMatchObject({ id: request.id, state: 'withdrawn', refund: null })
    expect(Date.parse(withdrawn.endedAt!)).toBeGreaterThanOrEqual(Date.parse(request.createdAt))
    expect(await expectOk(stage.alice.post(withdraw))).toEqual(withdrawn)
    expect((await stage.alice.detail(orderId)).refundRequest).toEqual(withdrawn)
    expect(expectProblem(await decide(request.id, true), 409).detail).toContain('撤回')
    expect(await stage.books.events(request.id)).toEqual(['asked', 'withdrawn'])
    const anew = await stage.alice.post(`/orders/${orderId}/refund-requests`, { reason: '还是不要了' })
    expect(anew.status).toBe(201)
  })

  test('is withdrawn a few times of one order; the next one stays until the shop decides', async () => {
    const { orderId, withdraw } = await asked()
    await expectOk(stage.alice.post(withdraw))
    const path = `/orders/${orderId}/refund-requests`
    const ask = () => expectOk(stage.alice.post<RefundRequest>(path, { reason: '不想要了' }))
    for (let n = 2; n <= limits.withdrawalsOfOrderCount; n += 1)
      await expectOk(stage.alice.post(`${path}/${(await ask()).id}/withdraw`))
    const last = await ask()
    for (const { status, body } of await atOnce(
      () => stage.alice.post<Problem>(`${path}/${last.id}/withdraw`),
      10,
    )) {
      expect(status).toBe(409)
      expect(body.detail).toContain('联系商家')
    }
    expect((await stage.alice.detail(orderId)).refundRequest).toMatchObject({ id: last.id, state: 'open' })
    expect((await decide(last.id, false)).status).toBe(200)
  })

  test('puts its order into the list of refunds, and its withdrawal takes it out again', async () => {
    const bob = await signIn(stage.shop, 'bob')
    const list = (query: string) => expectOk(bob.get<OrderPage>(`/orders${query}`))
    const { orderId } = await paidOrder(bob)
    await bob.order()
    expect(await list('?state=refund')).toMatchObject({ orders: [], counts: { refund: 0 } })
    const path = `/orders/${orderId}/refund-requests`
    const { id } = await expectOk(bob.post<RefundRequest>(path, { reason: '不想要了' }))
    const asked = await list('?state=refund')
    expect(asked.orders.map((order) => order.id)).toEqual([orderId])
    expect(asked.counts).toEqual({ pending: 1, paid: 1, closed: 0, refund: 1 })
    await expectOk(bob.post(`${path}/${id}/withdraw`))
    expect((await list('')).counts).toEqual({ pending: 1, paid: 1, closed: 0, refund: 0 })
  })

  test('that is decided, or another customer’s, is not withdrawn', async () => {
    const { request, withdraw } = await asked()
    expectProblem(await (await signIn(stage.shop, 'bob')).post(withdraw), 404)
    await expectOk(decide(request.id, false))
    expect(expectProblem(await stage.alice.post(withdraw), 409).detail).toContain('已经处理')
  })

  test('tells when it was asked, approved, sent and paid out, and where the money goes', async () => {
    const { orderId, request } = await asked()
    await expectOk(decide(request.id, true))
    await stage.shop.advance(60_000)
    const { refunds, refundRequest } = await until(async () => {
      const order = await stage.alice.detail(orderId)
      return order.refunds[0]?.state === 'succeeded' && order
    })
    expect(refundRequest).toMatchObject({ state: 'approved', refund: { outcome: 'succeeded' } })
    expect(refunds).toMatchObject([
      { reason: '不想要了', receivedAccount: expect.stringContaining('零钱'), goesTo: 'balance' },
    ])
    const times = [
      refundRequest!.createdAt,
      refundRequest!.endedAt!,
      refunds[0]!.submittedAt!,
      refunds[0]!.succeededAt!,
    ].map((at) => Math.floor(Date.parse(at) / 1_000))
    expect(times).toEqual(times.toSorted((a, b) => a - b))
  })

  test('withdrawn between the first and the last step of an approval stays withdrawn', async () => {
    const { orderId, paymentId, request, withdraw } = await asked()
    const approval = await whileHeld(
      stage.shop.databaseUrl,
      { statement: 'select from orders where order_id = $1 for update', values: [orderId], waiters: 1 },
      () => decide(request.id, true),
      () => expectOk(stage.alice.post(withdraw)),
    )
    expect(expectProblem(approval, 409).detail).toContain('撤回')
    expect(await stage.books.refunds(paymentId)).toEqual([])
    expect((await stage.alice.detail(orderId)).refundRequest).toMatchObject({ state: 'withdrawn' })
  })

  test('withdrawn while an operator approves it: money goes back only if the approval was first', async () => {
    for (let round = 0; round < roundCount; round += 1) {
      const { orderId, paymentId, request, withdraw } = await asked()
      await atOnce((i) => (i % 2 ? decide(request.id, true) : stage.alice.post(withdraw)), 10)
      const { refundRequest } = await stage.alice.detail(orderId)
      expect(['approved', 'withdrawn']).toContain(refundRequest!.state)
      expect(await stage.books.events(request.id)).toHaveLength(2)
      const rows = await stage.books.rows('select from refunds where out_trade_no = $1', [paymentId])
      expect(rows).toHaveLength(refundRequest!.state === 'approved' ? 1 : 0)
    }
  })
})
