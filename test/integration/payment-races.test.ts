import { beforeAll, describe, expect, test } from 'vitest'
import type { Order } from '../../contract/order.ts'
import type { PaymentView } from '../../contract/payment.ts'
import type { Problem } from '../../contract/problem.ts'
import type { ChannelTrade } from '../../server/payments/payment-channel.ts'
import { settlePayment, type Evidence } from '../../server/payments/settle-payment.ts'
import { newKey, type Customer } from '../support/customer.ts'
import { aliceByAccount, moneyStage } from '../support/money-stage.ts'
import { notify, paidResource, sealed, withNotifier } from '../support/notifier.ts'
import { makeRoom } from '../support/room.ts'
import { atOnce, roundCount } from '../support/rounds.ts'
import { closedTrade, paidTrade } from '../support/trade.ts'

const stage = moneyStage()

describe('fifty at the same moment', () => {
  let official: Customer
  beforeAll(async () => {
    await stage.shop.restart(withNotifier)
    official = await aliceByAccount(stage)
  })

  const deps = () => stage.shop.server.services
  const opened = async () => {
    const order = await stage.alice.order()
    return { order, payment: await stage.alice.pay(order.id) }
  }
  const paymentsOf = (orderId: string) =>
    stage.books.rows<{ id: string; state: string; kept: boolean }>(
      'select out_trade_no as id, state, kept from payments where order_id = $1',
      [orderId],
    )
  const wholeHistory = async (orderId: string, paymentId: string) => ({
    order: await stage.books.events(orderId),
    payment: await stage.books.events(paymentId),
  })
  const paidOnce = { order: ['placed', 'paid'], payment: ['created', 'registered', 'paid'] }

  test('double click: taps on 提交订单 under one key place one order', async () => {
    for (let round = 0; round < roundCount; round += 1) {
      await makeRoom(stage.books)
      const key = newKey()
      const lines = [{ productId: 'tea-longjing', quantity: 1 }]
      const answers = await atOnce(() => stage.alice.post<Order>('/orders', { lines }, key))
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
      expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
    }
  })

  test('double click: taps on 去支付 make one payment and one trade', async () => {
    for (let round = 0; round < roundCount; round += 1) {
      await makeRoom(stage.books)
      const order = await stage.alice.order()
      const payments = await atOnce(() => stage.alice.pay(order.id))
      expect(new Set(payments.map((payment) => payment.id)).size).toBe(1)
      expect(await paymentsOf(order.id)).toMatchObject([{ id: payments[0]!.id, state: 'pending' }])
      expect(await stage.books.trades(order.id)).toHaveLength(1)
    }
  })

  test('duplicate notify: copies of one notification settle its payment once', async () => {
    for (let round = 0; round < roundCount; round += 1) {
      await makeRoom(stage.books)
      const { order, payment } = await opened()
      const body = sealed(
        stage.shop,
        paidResource(stage.alice, { id: payment.id, amountFen: order.totalFen }),
      )
      const answers = await atOnce(() => notify(stage.shop, body))
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
      expect(await wholeHistory(order.id, payment.id)).toEqual(paidOnce)
      const stored = await stage.books.rows('select outcome from notifications where order_id = $1', [
        order.id,
      ])
      expect(stored).toEqual([{ outcome: 'applied' }])
    }
  })

  test('notify against query: different notifications and answers settle one payment once', async () => {
    for (let round = 0; round < roundCount; round += 1) {
      await makeRoom(stage.books)
      const { order, payment } = await opened()
      const trade = paidTrade(stage.alice, payment.id, order.totalFen)
      const outcomes = await atOnce((i) =>
        settlePayment(
          deps(),
          trade,
          i % 2 ? { from: 'query' } : { from: 'notification', notificationId: `n${i}` },
        ),
      )
      expect(outcomes.filter((outcome) => outcome === 'applied')).toHaveLength(1)
      expect(await wholeHistory(order.id, payment.id)).toEqual(paidOnce)
    }
  })

  test('notify against query against close: it ends paid, whoever comes first', async () => {
    for (let round = 0; round < roundCount; round += 1) {
      await makeRoom(stage.books)
      const { order, payment } = await opened()
      const closed = closedTrade(stage.alice, payment.id)
      const said: [ChannelTrade, Evidence][] = [
        [paidTrade(stage.alice, payment.id, order.totalFen), { from: 'notification', notificationId: 'n' }],
        [{ ...closed, outcome: 'unpaid' }, { from: 'query' }],
        [closed, { from: 'close' }],
      ]
      await atOnce((i) => settlePayment(deps(), ...said[i % said.length]!))
      expect(await paymentsOf(order.id)).toEqual([{ id: payment.id, state: 'paid', kept: true }])
      const { order: steps, payment: ends } = await wholeHistory(order.id, payment.id)
      expect(steps).toEqual(['placed', 'paid'])
      expect(ends.filter((event) => event.startsWith('paid'))).toHaveLength(1)
    }
  })

  test('two entries, both paid: one payment is kept, the other is surplus', async () => {
    for (let round = 0; round < roundCount; round += 1) {
      await makeRoom(stage.books)
      const { order, payment: first } = await opened()
      await stage.books.rows(`update payments set state = 'closing' where out_trade_no = $1`, [first.id])
      const second = await stage.alice.pay(order.id)
      const ids = [first.id, second.id]
      await atOnce((i) =>
        settlePayment(deps(), paidTrade(stage.alice, ids[i % 2]!, order.totalFen), { from: 'query' }),
      )
      const rows = await paymentsOf(order.id)
      expect(rows.map((row) => row.state)).toEqual(['paid', 'paid'])
      expect(rows.filter((row) => row.kept)).toHaveLength(1)
      expect(await stage.books.events(order.id)).toEqual(['placed', 'paid'])
    }
  })

  test('two entries opened together: one attempt takes money, every other is on its way out', async () => {
    for (let round = 0; round < roundCount; round += 1) {
      await makeRoom(stage.books)
      const order = await stage.alice.order()
      const answers = await atOnce((i) =>
        (i % 2 ? stage.alice : official).post<PaymentView & Problem>(`/orders/${order.id}/payments`),
      )
      expect(answers.filter(({ status }) => status >= 500)).toEqual([])
      const rows = await paymentsOf(order.id)
      expect(rows.filter(({ state }) => state === 'created' || state === 'pending')).toHaveLength(1)
    }
  })

  test('the database itself refuses a second current and a second kept payment', async () => {
    const { order, payment } = await opened()
    const copy = (state: string, kept: boolean) =>
      stage.books.rows(
        `insert into payments select (jsonb_populate_record(payments, jsonb_build_object(
           'out_trade_no', left(out_trade_no, 30) || '0Z', 'state', $2::text, 'kept', $3::boolean,
           'transaction_id', case when $2 = 'paid' then 'x' end, 'paid_at', case when $2 = 'paid' then now() end,
           'next_check_at', case when $2 <> 'paid' then now() end))).* from payments where out_trade_no = $1`,
        [payment.id, state, kept],
      )
    await expect(copy('pending', false)).rejects.toThrow('one_current_payment')
    await settlePayment(deps(), paidTrade(stage.alice, payment.id, order.totalFen), { from: 'query' })
    await expect(copy('paid', true)).rejects.toThrow('one_kept_payment')
  })
})
