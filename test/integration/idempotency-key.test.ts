import { describe, expect, test } from 'vitest'
import { newKey, signIn, statusesOf } from '../support/customer.ts'
import { expectNoTrace } from '../support/fingerprint.ts'
import { moneyStage } from '../support/money-stage.ts'
import { expectProblem } from '../support/problem.ts'
import { atOnce } from '../support/rounds.ts'

const stage = moneyStage()

describe('one Idempotency-Key', () => {
  const orders = async () => (await stage.books.rows('select from orders')).length
  const place = (headers: Record<string, string>, quantity = 1, who = stage.alice) =>
    who.post<{ id: string; totalFen: number }>(
      '/orders',
      { lines: [{ productId: 'tea-puer', quantity }] },
      headers,
    )

  test('answers the same order again, and refuses other content', async () => {
    const key = newKey()
    const first = await place(key)
    expect(first.status).toBe(201)
    await expectNoTrace(stage.shop, async () => {
      const again = await place(key)
      expect(again.status).toBe(200)
      expect(again.body).toEqual({ ...first.body, serverTime: expect.any(String) })
      expectProblem(await place(key, 2), 409)
    })
  })

  test('is one order, however many posts come at once', async () => {
    const key = newKey()
    const count = await orders()
    const answers = await atOnce(() => place(key), 20)
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
    expect(statusesOf(answers)).toEqual([...Array(19).fill(200), 201])
    expect(await orders()).toBe(count + 1)
  })

  test('belongs to one customer: another’s same key is another order', async () => {
    const bob = await signIn(stage.shop, 'bob')
    const key = newKey()
    const [mine, theirs] = [await place(key), await place(key, 3, bob)]
    expect(mine.status).toBe(201)
    expect(theirs.status).toBe(201)
    expect(theirs.body.id).not.toBe(mine.body.id)
  })

  test('answers its order also when the product is no longer on sale', async () => {
    const key = newKey()
    const first = await place(key)
    const { db } = stage.shop.server.services
    await db.updateTable('products').set({ on_sale: false }).where('id', '=', 'tea-puer').execute()
    const again = await place(key)
    const other = await place(newKey())
    await db.updateTable('products').set({ on_sale: true }).where('id', '=', 'tea-puer').execute()
    expect(again).toMatchObject({ status: 200, body: { id: first.body.id } })
    expectProblem(other, 400)
  })
})
