import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { OperatorRefund } from '../../contract/operator.ts'
import type { ChannelRefund } from '../../server/payments/payment-channel.ts'
import { attendRefund } from '../../server/refunds/attend-refund.ts'
import { refundSurplus } from '../../server/refunds/refund-surplus.ts'
import { settleRefund } from '../../server/refunds/settle-refund.ts'
import { findRefund } from '../../server/store/refunds.ts'
import type { RefundRow } from '../../server/store/tables.ts'
import { openBooks, type Books } from '../support/books.ts'
import { newKey, signIn, type Customer } from '../support/customer.ts'
import { operatorOf, paidOrder, type Operator } from '../support/operator.ts'
import { atOnce, CROWD, roundCount } from '../support/rounds.ts'
import { mchid, openShop, type Shop } from '../support/shop.ts'

let shop: Shop
let books: Books
let alice: Customer
let lin: Operator
beforeAll(async () => {
  shop = await openShop()
  books = await openBooks(shop)
  alice = await signIn(shop, 'alice')
  lin = operatorOf(shop)
  await shop.sandbox.control('/transfers', { mchid, amountFen: 100_000_000 })
})
afterEach(() => shop.sandbox.control('/rules', undefined, 'DELETE'))
afterAll(async () => {
  await books.close()
  await shop.close()
})

const deps = () => shop.server.services
const rowOf = async (orderId: string, id: string) => (await findRefund(deps().db, orderId, id)) as RefundRow
const sumsOf = async (paymentId: string) =>
  (
    await books.rows<{ reserved_fen: string; refunded_fen: string }>(
      'select reserved_fen, refunded_fen from payments where out_trade_no = $1',
      [paymentId],
    )
  )[0]!
const refundsAtWechat = async (outTradeNo: string) => {
  const { body } = await shop.sandbox.control(`/ledger?outTradeNo=${outTradeNo}`)
  return body.refunds
}

describe('fifty at the same moment', () => {
  test('over-refund: of refunds of more than half of a payment one is taken, all others are refused', async () => {
    for (let round = 0; round < roundCount; round += 1) {
      const { orderId, paymentId, totalFen } = await paidOrder(alice)
      const amountFen = Math.ceil(totalFen * 0.6)
      const answers = await atOnce(() =>
        lin.post<OperatorRefund>(`/orders/${orderId}/refunds`, { amountFen }, newKey()),
      )
      expect(answers.map(({ status }) => status).toSorted()).toEqual([201, ...Array(CROWD - 1).fill(409)])
      expect(await sumsOf(paymentId)).toEqual({ reserved_fen: String(amountFen), refunded_fen: '0' })
      expect(await refundsAtWechat(paymentId)).toMatchObject([{ amountFen }])
    }
  })

  test('double click: taps under one key are one refund', async () => {
    for (let round = 0; round < roundCount; round += 1) {
      const { orderId, paymentId } = await paidOrder(alice)
      const key = newKey()
      const answers = await atOnce(() => lin.post<OperatorRefund>(`/orders/${orderId}/refunds`, {}, key))
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
      expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
      expect(await refundsAtWechat(paymentId)).toHaveLength(1)
    }
  })

  test('notifications, queries and repeats of one refund count it once', async () => {
    await shop.sandbox.control('/rules', { match: { api: 'refund-notify' }, effect: { lose: true } })
    for (let round = 0; round < roundCount; round += 1) {
      const { orderId, paymentId, totalFen } = await paidOrder(alice)
      await shop.sandbox.control('/rules', {
        match: { api: 'refund', times: 1 },
        effect: { error: 'SYSTEM_ERROR' },
      })
      const { id } = await lin.refund(orderId)
      const payment = await books.rows<{ transaction_id: string }>(
        'select transaction_id from payments where out_trade_no = $1',
        [paymentId],
      )
      const found: ChannelRefund = {
        outcome: 'succeeded',
        outRefundNo: id,
        outTradeNo: paymentId,
        mchid,
        subMchid: null,
        refundId: '50300000000000000000000000000',
        transactionId: payment[0]!.transaction_id,
        amountFen: totalFen,
        totalFen,
        succeededAt: new Date(),
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
      expect((await books.events(id)).filter((event) => event === 'succeeded')).toHaveLength(1)
      expect(await sumsOf(paymentId)).toEqual({ reserved_fen: '0', refunded_fen: String(totalFen) })
    }
  })

  test('a surplus that job, sweep and notification find together goes back once', async () => {
    for (let round = 0; round < roundCount; round += 1) {
      const { orderId, paymentId, totalFen } = await paidOrder(alice)
      await books.rows('update payments set kept = false where out_trade_no = $1', [paymentId])
      await atOnce(() => refundSurplus(deps(), orderId, paymentId))
      expect((await lin.order(orderId)).refunds).toMatchObject([{ origin: 'surplus', amountFen: totalFen }])
      expect(await refundsAtWechat(paymentId)).toHaveLength(1)
    }
  })

  test('duplicate notify: a refund made on WeChat’s platform and told again and again is counted once', async () => {
    const effect = { duplicate: CROWD - 1 }
    await shop.sandbox.control('/rules', { match: { api: 'refund-notify' }, effect })
    const notifyUrl = `${shop.url}/webhooks/wechatpay/${mchid}`
    for (let round = 0; round < roundCount; round += 1) {
      const { orderId, paymentId } = await paidOrder(alice)
      await shop.sandbox.control('/refunds', { mchid, outTradeNo: paymentId, amountFen: 100, notifyUrl })
      await shop.advance(4_000)
      await lin.refundsWhen(orderId, ['succeeded'])
      expect(await sumsOf(paymentId)).toEqual({ reserved_fen: '0', refunded_fen: '100' })
    }
  })
})

describe('the database itself refuses', () => {
  test('to promise more than was paid, to go below nothing, and to refund what nobody paid', async () => {
    const { orderId, paymentId } = await paidOrder(alice)
    const change = (set: string, id = paymentId) =>
      books.rows(`update payments set ${set} where out_trade_no = $1`, [id])
    await expect(change('reserved_fen = amount_fen, refunded_fen = 1')).rejects.toThrow(
      'refunds_within_payment',
    )
    await expect(change('reserved_fen = -1')).rejects.toThrow('reserved_fen_check')
    await expect(change('refunded_fen = -1')).rejects.toThrow('refunded_fen_check')
    const open = await alice.pay((await alice.order()).id)
    await expect(change('refund_count = 1', open.id)).rejects.toThrow('only_paid_is_refunded')
    const { id } = await lin.refund(orderId, { amountFen: 1 })
    await expect(
      books.rows(`update refunds set state = 'gone' where out_refund_no = $1`, [id]),
    ).rejects.toThrow('refunds_state_check')
    await expect(
      books.rows('update refunds set next_check_at = null where out_refund_no = $1', [id]),
    ).rejects.toThrow('open_refund_is_checked')
    const copy = (changes: string) =>
      books.rows(
        `insert into refunds select (jsonb_populate_record(refunds, jsonb_build_object(
           'out_refund_no', left(out_refund_no, 30) || 'ZZ') || ${changes})).* from refunds where out_refund_no = $1`,
        [id],
      )
    await expect(copy(`'{}'`)).rejects.toThrow('one_refund_a_key')
    await books.rows(`update refunds set origin = 'surplus' where out_refund_no = $1`, [id])
    await expect(copy(`'{"idempotency_key":null}'`)).rejects.toThrow('one_surplus_refund')
  })
})
