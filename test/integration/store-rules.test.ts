import { beforeAll, describe, expect, test } from 'vitest'
import type { RefundRequest } from '../../contract/refund.ts'
import { expectOk } from '../support/customer.ts'
import { moneyStage } from '../support/money-stage.ts'
import { paidOrder } from '../support/operator.ts'

const stage = moneyStage()

/** What the code never writes, written past the code: the database refuses it by itself. */
describe('the database refuses', () => {
  /** An order with a payment that is open, and one with a payment that is paid and kept. */
  let open: { orderId: string; paymentId: string }
  let paid: { orderId: string; paymentId: string }
  beforeAll(async () => {
    const order = await stage.alice.order()
    open = { orderId: order.id, paymentId: (await stage.alice.pay(order.id)).id }
    paid = await paidOrder(stage.alice)
  })

  /** Copies a payment of an order under another number. */
  const copyOf = (payment: { orderId: string; paymentId: string }, changes: string) =>
    stage.books.rows(
      `insert into payments select (jsonb_populate_record(p, jsonb_build_object('out_trade_no', $2::text) || ${changes})).*
       from payments p where p.out_trade_no = $1`,
      [payment.paymentId, `${payment.paymentId.slice(0, 30)}ZZ`],
    )
  const change = (payment: { paymentId: string }, set: string) =>
    stage.books.rows(`update payments set ${set} where out_trade_no = $1`, [payment.paymentId])

  test('a second payment of an order that takes money now', async () => {
    await expect(copyOf(open, `'{}'`)).rejects.toThrow('one_current_payment')
  })

  test('a second payment of an order that is kept', async () => {
    await expect(copyOf(paid, `'{"transaction_id":"4200000000000000000000000001"}'`)).rejects.toThrow(
      'one_kept_payment',
    )
  })

  test.each(['created', 'pending', 'closing'])(
    'to close an order with an attempt that is %s',
    async (state) => {
      await change(open, `state = '${state}'`)
      const close = `update orders set state = 'closed', closed_at = now() where order_id = $1`
      await expect(stage.books.rows(close, [open.orderId])).rejects.toThrow('has an open attempt')
      await change(open, `state = 'pending'`)
    },
  )

  test.each(['approved', 'declined', 'withdrawn'])(
    'to change the state of a refund request that is %s',
    async (state) => {
      const { orderId } = await paidOrder(stage.alice)
      const asked = await expectOk(
        stage.alice.post<RefundRequest>(`/orders/${orderId}/refund-requests`, { reason: '不想要了' }),
      )
      const become = (next: string) =>
        stage.books.rows(`update refund_requests set state = $2 where request_id = $1`, [asked.id, next])
      await become(state)
      for (const next of ['open', 'approved', 'declined', 'withdrawn'].filter((other) => other !== state))
        await expect(become(next)).rejects.toThrow('has ended')
    },
  )

  test('a payment twice under one number', async () => {
    await expect(
      stage.books.rows(`insert into payments select * from payments where out_trade_no = $1`, [
        paid.paymentId,
      ]),
    ).rejects.toThrow('payments_pkey')
  })

  test.each([
    ['a kept payment that nobody paid', () => change(open, 'kept = true')],
    ['a paid payment without a transaction id', () => change(paid, 'transaction_id = null')],
    ['a paid payment without its moment', () => change(paid, 'paid_at = null')],
    ['a paid payment that is still to be checked', () => change(paid, 'next_check_at = now()')],
    ['an open payment that is never looked at again', () => change(open, 'next_check_at = null')],
    ['a payment of nothing', () => change(open, 'amount_fen = 0')],
    ['a payment of less than nothing', () => change(open, 'amount_fen = -1')],
    ['a payment in a state that does not exist', () => change(open, `state = 'refunded'`)],
    ['a number that carries another order', () => change(open, `out_trade_no = '${paid.paymentId}'`)],
    [
      'a paid order without its moment',
      () => stage.books.rows('update orders set paid_at = null where order_id = $1', [paid.orderId]),
    ],
    [
      'a closed order without its moment',
      async () => {
        const { id } = await stage.alice.order()
        await stage.books.rows(`update orders set state = 'closed' where order_id = $1`, [id])
      },
    ],
    [
      'an order that costs nothing',
      () => stage.books.rows('update orders set total_fen = 0 where order_id = $1', [open.orderId]),
    ],
  ])('%s', async (_title, write) => {
    await expect(write()).rejects.toThrow(/violates check constraint/)
  })

  test.each(['history', 'stock_changes'])(
    'to change, delete or empty %s: it is append-only',
    async (table) => {
      const at = table === 'history' ? 'at' : 'changed_by'
      for (const write of [
        `update ${table} set ${at} = ${at}`,
        `delete from ${table}`,
        `truncate ${table} cascade`,
      ])
        await expect(stage.books.rows(write)).rejects.toThrow(`${table} is append-only`)
    },
  )
})

test('whatever points at a row that may go is found by an index, but for what lives minutes', async () => {
  const unindexed = await stage.books.rows<{ reference: string }>(
    `select conrelid::regclass || '.' || attname as reference
     from pg_constraint
     join pg_attribute on attrelid = conrelid and attnum = conkey[1]
     where contype = 'f' and connamespace = 'public'::regnamespace and not exists (
       select from pg_index where indrelid = conrelid and indpred is null and indkey[0] = conkey[1])
     order by 1`,
  )
  expect(unindexed.map(({ reference }) => reference)).toEqual(['oauth_states.account_id'])
})
