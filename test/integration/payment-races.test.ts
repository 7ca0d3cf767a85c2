import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Problem } from '../../contract/problem.ts'
import type { BindCode } from '../../contract/session.ts'
import type { ChannelTrade } from '../../server/payments/payment-channel.ts'
import { settlePayment } from '../../server/payments/settle-payment.ts'
import { openBooks, type Books } from '../support/books.ts'
import { signIn, type Customer } from '../support/customer.ts'
import { rounds } from '../support/rounds.ts'
import { mchid, openShop, type Shop } from '../support/shop.ts'

const roundCount = rounds(20)
const atOnce = <T>(count: number, act: (i: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, i) => act(i)))

describe('at the same moment', () => {
  let shop: Shop
  let books: Books
  let alice: Customer
  beforeAll(async () => {
    shop = await openShop()
    books = await openBooks(shop)
    alice = await signIn(shop, 'alice')
  })
  afterAll(async () => {
    await books.close()
    await shop.close()
  })

  const paidTrade = (outTradeNo: string, amountFen: number, transactionId: string): ChannelTrade => ({
    outcome: 'paid',
    outTradeNo,
    mchid,
    appid: alice.appid,
    subMchid: null,
    subAppid: null,
    openid: alice.openid,
    transactionId,
    amountFen,
    currency: 'CNY',
    paidAt: new Date(),
  })
  const deps = () => shop.server.services

  test('fifty taps on 去支付 make one payment and one trade', async () => {
    const order = await alice.order()
    const payments = await atOnce(50, () => alice.pay(order.id))
    expect(new Set(payments.map((payment) => payment.id)).size).toBe(1)
    expect((await alice.detail(order.id)).payments).toHaveLength(1)
    expect(await books.trades(order.id)).toHaveLength(1)
  })

  test('fifty notifications and queries of one payment settle it once', async () => {
    for (let round = 0; round < roundCount; round += 1) {
      const order = await alice.order()
      const payment = await alice.pay(order.id)
      const trade = paidTrade(payment.id, order.totalFen, `42000000000000000000000${round}`)
      const outcomes = await atOnce(50, (i) =>
        settlePayment(
          deps(),
          trade,
          i % 2 ? { from: 'query' } : { from: 'notification', notificationId: `n${i}` },
        ),
      )
      expect(outcomes.filter((outcome) => outcome === 'applied')).toHaveLength(1)
      expect(await books.events(payment.id)).toEqual(['created', 'registered', 'paid'])
      expect(await books.events(order.id)).toEqual(['placed', 'paid'])
    }
  })

  test('a notification against a close ends paid, whoever comes first', async () => {
    for (let round = 0; round < roundCount; round += 1) {
      const order = await alice.order()
      const payment = await alice.pay(order.id)
      const paid = paidTrade(payment.id, order.totalFen, `42000000000000000000001${round}`)
      const closed: ChannelTrade = {
        ...paid,
        outcome: 'closed',
        openid: null,
        transactionId: null,
        amountFen: null,
        currency: null,
        paidAt: null,
      }
      await atOnce(8, (i) => settlePayment(deps(), i % 2 ? paid : closed, { from: 'query' }))
      const [row] = await books.rows('select state, kept from payments where out_trade_no = $1', [payment.id])
      expect(row).toEqual({ state: 'paid', kept: true })
      expect((await alice.detail(order.id)).state).toBe('paid')
    }
  })

  test('two paid attempts of one order keep one and count the other as surplus', async () => {
    for (let round = 0; round < roundCount; round += 1) {
      const order = await alice.order()
      const first = await alice.pay(order.id)
      await books.rows(`update payments set state = 'closing' where out_trade_no = $1`, [first.id])
      const second = await alice.pay(order.id)
      await atOnce(20, (i) => {
        const id = i % 2 ? first.id : second.id
        return settlePayment(
          deps(),
          paidTrade(id, order.totalFen, `4200000000000000000${round}${id.slice(30)}`),
          {
            from: 'query',
          },
        )
      })
      const rows = await books.rows<{ kept: boolean; state: string }>(
        'select state, kept from payments where order_id = $1',
        [order.id],
      )
      expect(rows.map((row) => row.state)).toEqual(['paid', 'paid'])
      expect(rows.filter((row) => row.kept)).toHaveLength(1)
      expect(await books.events(order.id)).toEqual(['placed', 'paid'])
    }
  })

  test('two doors opened together never break: one attempt takes money, every other is on its way out', async () => {
    const official = await signIn(shop, 'alice', 'official-account')
    const { body } = await alice.post<BindCode>('/bind-codes')
    await official.post('/bindings', { code: body.code })
    for (let round = 0; round < roundCount; round += 1) {
      const order = await alice.order()
      const answers = await atOnce(6, (i) =>
        (i % 2 ? alice : official).post<Problem>(`/orders/${order.id}/payments`),
      )
      expect(
        answers.map(({ status, body: said }) => [status, said.type]).filter(([status]) => status === 500),
      ).toEqual([])
      const rows = await books.rows<{ state: string }>('select state from payments where order_id = $1', [
        order.id,
      ])
      expect(rows.filter(({ state }) => state === 'created' || state === 'pending')).toHaveLength(1)
    }
  })

  test('the database itself refuses a second current and a second kept payment', async () => {
    const order = await alice.order()
    const payment = await alice.pay(order.id)
    const copy = (state: string, kept: boolean) =>
      books.rows(
        `insert into payments select (jsonb_populate_record(payments, jsonb_build_object(
           'out_trade_no', left(out_trade_no, 30) || '0Z', 'state', $2::text, 'kept', $3::boolean,
           'transaction_id', case when $2 = 'paid' then 'x' end, 'paid_at', case when $2 = 'paid' then now() end,
           'next_check_at', null))).* from payments where out_trade_no = $1`,
        [payment.id, state, kept],
      )
    await expect(copy('pending', false)).rejects.toThrow('one_current_payment')
    await settlePayment(deps(), paidTrade(payment.id, order.totalFen, '42x'), { from: 'query' })
    await expect(copy('paid', true)).rejects.toThrow('one_kept_payment')
  })
})
