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

  test('is shut for a while to an address that tries tokens', async () => {
    const wrong = bearer('0'.repeat(64))
    const statuses: number[] = []
    for (let tried = 0; tried <= limits.operatorTriesPerMinute; tried += 1)
      statuses.push((await callApi(stage.shop, 'GET', '/api/books', wrong)).status)
    expect(new Set(statuses)).toEqual(new Set([401, 429]))
    expectProblem(await callApi(stage.shop, 'GET', '/api/books', bearer(stage.shop.operatorToken)), 429)
    expect((await stage.alice.get('/products')).status).toBe(200)
  })

  test('opens for nobody at all where no operator is configured', async () => {
    await stage.shop.restart((config) => ({ ...config, operators: [] }))
    expectProblem(await callApi(stage.shop, 'GET', '/api/books', bearer(stage.shop.operatorToken)), 401)
  })

  test('leaves no token in the log', async () => {
    await callApi(stage.shop, 'GET', '/api/books', bearer(stage.shop.operatorToken))
    expect(stage.shop.logLines).not.toEqual([])
    expect(stage.shop.logLines.join('')).not.toContain(stage.shop.operatorToken)
  })
})
