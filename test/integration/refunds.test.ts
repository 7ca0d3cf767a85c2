import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { OperatorRefund } from '../../contract/operator.ts'
import type { Problem } from '../../contract/problem.ts'
import { openBooks, type Books } from '../support/books.ts'
import { newKey, signIn, type ApiAnswer, type Customer } from '../support/customer.ts'
import { operatorOf, paidOrder, type Operator } from '../support/operator.ts'
import { expectProblem } from '../support/problem.ts'
import { mchid, openShop, type Shop } from '../support/shop.ts'

const secondMs = 1_000

let shop: Shop
let books: Books
let alice: Customer
let lin: Operator
beforeAll(async () => {
  shop = await openShop()
  books = await openBooks(shop)
  alice = await signIn(shop, 'alice')
  lin = operatorOf(shop)
  await shop.sandbox.control('/transfers', { mchid, amountFen: 10_000_000 })
})
afterEach(() => shop.sandbox.control('/rules', undefined, 'DELETE'))
afterAll(async () => {
  await books.close()
  await shop.close()
})

const weather = (api: string, effect: Record<string, unknown>, times?: number) =>
  shop.sandbox.control('/rules', { match: { api, ...(times ? { times } : {}) }, effect })
const paymentRow = async (outTradeNo: string) =>
  (
    await books.rows<{ reserved_fen: string; refunded_fen: string; amount_fen: string }>(
      'select reserved_fen, refunded_fen, amount_fen from payments where out_trade_no = $1',
      [outTradeNo],
    )
  )[0]!

describe('an operator’s refund', () => {
  test('of everything goes back and is seen by the operator, the books and the customer', async () => {
    const { orderId, paymentId, totalFen } = await paidOrder(alice)
    const refund = await lin.refund(orderId, { reason: '顾客不想要了' })
    expect(refund).toMatchObject({
      paymentId,
      state: 'processing',
      origin: 'operator',
      requestedBy: 'Lin',
      amountFen: totalFen,
    })
    expect(refund.id).toMatch(new RegExp(`^022[0-9]{14}${orderId}01$`))
    expect((await alice.detail(orderId)).refunds).toMatchObject([
      { id: refund.id, state: 'processing', amountFen: totalFen, surplus: false },
    ])
    await shop.advance(6 * secondMs)
    const [done] = await lin.refundsWhen(orderId, ['succeeded'])
    expect(done!.succeededAt).not.toBeNull()
    expect((await alice.detail(orderId)).refunds).toMatchObject([{ state: 'succeeded' }])
    const line = (await lin.books()).find((one) => one.outTradeNo === paymentId)
    expect(line).toMatchObject({
      state: 'paid',
      kept: true,
      refunds: [{ outRefundNo: refund.id, state: 'succeeded', amountFen: totalFen }],
    })
    expect(await books.events(refund.id)).toEqual(['created', 'submitted', 'accepted', 'succeeded'])
    expect(await paymentRow(paymentId)).toMatchObject({ reserved_fen: '0', refunded_fen: String(totalFen) })
    const { timeline } = await lin.order(orderId)
    expect(timeline.find(({ number, event }) => number === refund.id && event === 'created')).toMatchObject({
      evidence: { by: 'Lin', amountFen: totalFen },
    })
  })

  test('with every notification lost is found to have succeeded by the ladder', async () => {
    await weather('refund-notify', { lose: true })
    const { orderId } = await paidOrder(alice)
    await lin.refund(orderId)
    await shop.advance(6 * secondMs)
    await lin.refundsWhen(orderId, ['succeeded'])
  })
})

describe('what may not be given back', () => {
  test('is said, each with what to do', async () => {
    const { orderId, paymentId, totalFen } = await paidOrder(alice)
    const ask = (id: string, body: object, headers = newKey()) =>
      lin.post<Problem>(`/orders/${id}/refunds`, body, headers)
    const detailOf = async (answer: Promise<ApiAnswer>, status: number) =>
      expectProblem(await answer, status).detail
    expect(await detailOf(ask('0000000000000', {}), 404)).toContain('没有这个订单')
    expect(await detailOf(ask((await alice.order()).id, {}), 409)).toContain('还没有收到付款')
    expect(await detailOf(ask(orderId, { paymentId: '0'.repeat(32) }), 404)).toContain('没有这笔支付')
    expect(await detailOf(ask(orderId, { amountFen: totalFen + 1 }), 409)).toContain('最多还能退 ¥')
    for (const bad of [{ amountFen: 0 }, { amountFen: 1.5 }, { amountFen: '1' }, { reason: '' }, { fen: 1 }])
      await detailOf(ask(orderId, bad), 400)
    await detailOf(ask(orderId, {}, {} as ReturnType<typeof newKey>), 400)
    await lin.refund(orderId, { paymentId, amountFen: totalFen })
    expect(await detailOf(ask(orderId, {}), 409)).toContain('没有可退的钱')
  })

  test('is a payment of more than a year ago', async () => {
    const { orderId, paymentId } = await paidOrder(alice)
    await books.rows(`update payments set paid_at = paid_at - interval '366 days' where out_trade_no = $1`, [
      paymentId,
    ])
    const answer = await lin.post<Problem>(`/orders/${orderId}/refunds`, {}, newKey())
    expect(expectProblem(answer, 409).detail).toContain('超过一年')
  })

  test('is anything twice under one key, and nothing else under it', async () => {
    const { orderId } = await paidOrder(alice)
    const key = newKey()
    const path = `/orders/${orderId}/refunds`
    const first = await lin.post<OperatorRefund>(path, { amountFen: 100 }, key)
    const again = await lin.post<OperatorRefund>(path, { amountFen: 100 }, key)
    expect([first.status, again.status, again.body.id]).toEqual([201, 200, first.body.id])
    expect(expectProblem(await lin.post(path, { amountFen: 200 }, key), 409).detail).toContain(
      'Idempotency-Key',
    )
    expect((await lin.order(orderId)).refunds).toHaveLength(1)
  })
})
