import { describe, expect, test } from 'vitest'
import type { OperatorRefund } from '../../contract/operator.ts'
import type { ChannelRefund } from '../../server/payments/payment-channel.ts'
import { attendRefund } from '../../server/refunds/attend-refund.ts'
import { openSurplusRefund } from '../../server/refunds/open-surplus-refund.ts'
import { settleRefund } from '../../server/refunds/settle-refund.ts'
import { findRefund } from '../../server/store/refunds.ts'
import type { RefundRow } from '../../server/store/tables.ts'
import { newKey, statusesOf } from '../support/customer.ts'
import { moneyStage } from '../support/money-stage.ts'
import { paidOrder } from '../support/operator.ts'
import { atOnce, CROWD, roundCount } from '../support/rounds.ts'
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
