import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { BookLine } from '../../contract/books.ts'
import { limits } from '../../server/config/limits.ts'
import { bookLineSchema } from '../../server/http/schemas/books.ts'
import { openBooks, type Books } from '../support/books.ts'
import { callApi, signIn } from '../support/customer.ts'
import { expectProblem } from '../support/problem.ts'
import { mchid, openShop, type Shop } from '../support/shop.ts'
import { until } from '../support/until.ts'

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })

describe('GET /api/books', () => {
  let shop: Shop
  let books: Books
  beforeAll(async () => {
    shop = await openShop()
    books = await openBooks(shop)
  })
  afterAll(async () => {
    await books.close()
    await shop.close()
  })

  const read = async (): Promise<BookLine[]> => {
    const { status, headers, body } = await callApi<string>(
      shop,
      'GET',
      '/api/books',
      bearer(shop.operatorToken),
    )
    expect([status, headers.get('content-type')]).toEqual([200, 'application/x-ndjson'])
    return body
      .split('\n')
      .slice(0, -1)
      .map((line) => bookLineSchema.parse(JSON.parse(line)))
  }

  test('tells every payment in our own words, also those that nobody paid', async () => {
    const alice = await signIn(shop, 'alice')
    const paidOrder = await alice.order()
    const paid = await alice.pay(paidOrder.id)
    await alice.cashier(await alice.launch(paid.id), 'paid')
    await until(async () => (await alice.result(paidOrder.id)).result === 'paid')
    const open = await alice.pay((await alice.order('tea-puer', 2)).id)
    const lines = await read()
    expect(lines).toHaveLength(2)
    expect(lines).toContainEqual({
      outTradeNo: paid.id,
      orderId: paidOrder.id,
      channel: 'wechatpay',
      mchid,
      state: 'paid',
      amountFen: paid.amountFen,
      kept: true,
      refunds: [],
    })
    expect(lines).toContainEqual(
      expect.objectContaining({ outTradeNo: open.id, state: 'pending', kept: false }),
    )
  })

  test('has each payment once, over as many pages as there are', async () => {
    const alice = await signIn(shop, 'alice')
    const { id } = await alice.order()
    await alice.pay(id)
    await books.rows(
      `insert into orders select (jsonb_populate_record(orders, jsonb_build_object(
         'order_id', 'B' || lpad(n::text, 12, '0')))).* from orders, generate_series(1, $2::int) n where order_id = $1`,
      [id, limits.booksPageCount],
    )
    // Three attempts each, so that a page ends in the middle of an order.
    await books.rows(
      `insert into payments select (jsonb_populate_record(payments, jsonb_build_object(
         'order_id', copy.order_id, 'state', 'closed', 'next_check_at', null,
         'out_trade_no', overlay(out_trade_no placing copy.order_id || '0' || n from 18 for 15)))).*
       from payments, orders copy, generate_series(1, 3) n
       where payments.order_id = $1 and copy.order_id like 'B0%'`,
      [id],
    )
    const numbers = (await read()).map(({ outTradeNo }) => outTradeNo)
    const rows = await books.rows<{ out_trade_no: string }>('select out_trade_no from payments')
    expect(rows.length).toBeGreaterThan(limits.booksPageCount * 2)
    expect(numbers.toSorted()).toEqual(rows.map((row) => row.out_trade_no).toSorted())
  })
})

describe('the operator’s door', () => {
  let shop: Shop
  beforeAll(async () => {
    shop = await openShop()
  })
  afterAll(() => shop.close())

  test('opens for nobody without a token, with a customer’s, or with one that differs in a letter', async () => {
    const alice = await signIn(shop, 'alice')
    const flipped = (shop.operatorToken[0] === 'a' ? 'b' : 'a') + shop.operatorToken.slice(1)
    for (const headers of [
      {},
      alice.credentials,
      { authorization: `Bearer ${flipped}` },
      { authorization: `Basic ${shop.operatorToken}` },
      { authorization: `Bearer ${shop.operatorToken}0` },
      { authorization: 'Bearer ' },
    ])
      for (const path of ['/api/books', '/api/operator/anything'])
        expectProblem(await callApi(shop, 'GET', path, { headers }), 401)
  })

  test('is shut for a while to an address that tries tokens', async () => {
    const wrong = bearer('0'.repeat(64))
    const statuses: number[] = []
    for (let tried = 0; tried <= limits.operatorTriesPerMinute; tried += 1)
      statuses.push((await callApi(shop, 'GET', '/api/books', wrong)).status)
    expect(new Set(statuses)).toEqual(new Set([401, 429]))
    expectProblem(await callApi(shop, 'GET', '/api/books', bearer(shop.operatorToken)), 429)
    const alice = await signIn(shop, 'alice')
    expect((await alice.get('/products')).status).toBe(200)
  })

  test('opens for nobody at all where no operator is configured', async () => {
    await shop.restart((config) => ({ ...config, operators: [] }))
    expectProblem(await callApi(shop, 'GET', '/api/books', bearer(shop.operatorToken)), 401)
  })

  test('leaves no token in the log', () => {
    expect(shop.logLines.join('')).not.toContain(shop.operatorToken)
  })
})
