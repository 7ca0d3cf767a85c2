import { describe, expect, test } from 'vitest'
import type { BookLine } from '../../contract/books.ts'
import { limits } from '../../server/config/limits.ts'
import { bookLineSchema } from '../../server/http/schemas/books.ts'
import { callApi } from '../support/customer.ts'
import { moneyStage } from '../support/money-stage.ts'
import { paidOrder } from '../support/operator.ts'
import { mchid } from '../support/shop.ts'

const stage = moneyStage()

describe('GET /api/books', () => {
  const read = async (): Promise<BookLine[]> => {
    const headers = { authorization: `Bearer ${stage.shop.operatorToken}` }
    const answer = await callApi<string>(stage.shop, 'GET', '/api/books', { headers })
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/x-ndjson'])
    return answer.body
      .split('\n')
      .slice(0, -1)
      .map((line) => bookLineSchema.parse(JSON.parse(line)))
  }

  test('tells every payment in our own words, also those that nobody paid', async () => {
    const { orderId, paymentId, totalFen } = await paidOrder(stage.alice)
    const open = await stage.alice.pay((await stage.alice.order('tea-puer', 2)).id)
    const lines = await read()
    expect(lines).toHaveLength(2)
    expect(lines).toContainEqual({
      outTradeNo: paymentId,
      orderId,
      channel: 'wechatpay',
      mchid,
      state: 'paid',
      amountFen: totalFen,
      kept: true,
      refundedFen: 0,
      refundableFen: totalFen,
      refunds: [],
    })
    expect(lines).toContainEqual(
      expect.objectContaining({ outTradeNo: open.id, state: 'pending', kept: false }),
    )
  })

  test('has each payment once, over as many pages as there are', async () => {
    const { id } = await stage.alice.order()
    await stage.alice.pay(id)
    await stage.books.rows(
      `insert into orders select (jsonb_populate_record(orders, jsonb_build_object(
         'order_id', 'B' || lpad(n::text, 12, '0')))).* from orders, generate_series(1, $2::int) n where order_id = $1`,
      [id, limits.booksPageCount],
    )
    // Three attempts each, so that a page ends in the middle of an order.
    await stage.books.rows(
      `insert into payments select (jsonb_populate_record(payments, jsonb_build_object(
         'order_id', copy.order_id, 'state', 'closed', 'next_check_at', null,
         'out_trade_no', overlay(out_trade_no placing copy.order_id || '0' || n from 18 for 15)))).*
       from payments, orders copy, generate_series(1, 3) n
       where payments.order_id = $1 and copy.order_id like 'B0%'`,
      [id],
    )
    const numbers = (await read()).map(({ outTradeNo }) => outTradeNo)
    const rows = await stage.books.rows<{ out_trade_no: string }>('select out_trade_no from payments')
    expect(rows.length).toBeGreaterThan(limits.booksPageCount * 2)
    expect(numbers.toSorted()).toEqual(rows.map((row) => row.out_trade_no).toSorted())
  })
})
