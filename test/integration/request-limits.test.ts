import { describe, expect, test } from 'vitest'
import { callApi } from '../support/customer.ts'
import { moneyStage } from '../support/money-stage.ts'
import { expectProblem } from '../support/problem.ts'
import { atOnce } from '../support/rounds.ts'

const stage = moneyStage()

describe('limits of how often', () => {
  test('whoever guesses numbers is slowed down; whoever asks for what exists is not, however many at once', async () => {
    const { id } = await stage.alice.order()
    const read = await atOnce(() => stage.alice.get(`/orders/${id}`), 100)
    expect(new Set(read.map(({ status }) => status))).toEqual(new Set([200]))
    const guess = (n: number) => stage.alice.get(`/orders/${String(n).padStart(13, '0')}`)
    for (let n = 0; n < 30; n += 1) expect((await guess(n)).status).toBe(404)
    expectProblem(await guess(30), 429)
    const elsewhere = { 'x-forwarded-for': '203.0.113.7' }
    expectProblem(
      await callApi(stage.shop, 'GET', '/api/02/orders/0123456789ABC', { headers: elsewhere }),
      429,
    )
  })

  test('wrong codes and tickets are slowed down, right ones are not', async () => {
    const wrong = () => callApi(stage.shop, 'POST', '/api/02/web-sessions', { body: { ticket: 'x' } })
    for (let n = 0; n < 60; n += 1) expect((await wrong()).status).toBe(401)
    expectProblem(await wrong(), 429)
  })
})
