import { describe, expect, test } from 'vitest'
import { limits } from '../../server/config/limits.ts'
import { callApi } from '../support/customer.ts'
import { moneyStage } from '../support/money-stage.ts'
import { expectProblem } from '../support/problem.ts'

const stage = moneyStage()
const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })

describe('the operator’s door', () => {
  test('opens for nobody without a token, with a customer’s, or with one that differs in a letter', async () => {
    const flipped = (stage.shop.operatorToken[0] === 'a' ? 'b' : 'a') + stage.shop.operatorToken.slice(1)
    for (const headers of [
      {},
      stage.alice.credentials,
      { authorization: `Bearer ${flipped}` },
      { authorization: `Basic ${stage.shop.operatorToken}` },
      { authorization: `Bearer ${stage.shop.operatorToken}0` },
      { authorization: 'Bearer ' },
    ])
      for (const path of ['/api/books', '/api/operator/anything'])
        expectProblem(await callApi(stage.shop, 'GET', path, { headers }), 401)
  })

  test('tells an address that tries tokens to wait, and still opens for a good one', async () => {
    const wrong = bearer('0'.repeat(64))
    const answers = []
    for (let tried = 0; tried <= limits.operatorTriesPerMinute; tried += 1)
      answers.push(await callApi(stage.shop, 'GET', '/api/books', wrong))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401, 429]))
    expect(Number(answers.at(-1)!.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await callApi(stage.shop, 'GET', '/api/books', bearer(stage.shop.operatorToken))).status).toBe(
      200,
    )
    expect((await stage.alice.get('/products')).status).toBe(200)
  })

  test('opens for nobody at all where no operator is configured', async () => {
    await stage.shop.restart((config) => ({ ...config, operators: [] }))
    await stage.books.rows('delete from rate_counters')
    expectProblem(await callApi(stage.shop, 'GET', '/api/books', bearer(stage.shop.operatorToken)), 401)
  })

  test('leaves no token in the log', async () => {
    await callApi(stage.shop, 'GET', '/api/books', bearer(stage.shop.operatorToken))
    expect(stage.shop.logLines).not.toEqual([])
    expect(stage.shop.logLines.join('')).not.toContain(stage.shop.operatorToken)
  })
})
