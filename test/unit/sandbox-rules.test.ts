import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CASHIER_RULES } from '../support/sandbox-rules/cashier.ts'
import { ORDER_RULES } from '../support/sandbox-rules/order.ts'
import { openStage } from '../support/sandbox-rules/rule.ts'
import type { Rule, Stage } from '../support/sandbox-rules/rule.ts'
import { SIGNATURE_RULES } from '../support/sandbox-rules/signature.ts'
import { STATE_RULES } from '../support/sandbox-rules/state.ts'

const GROUPS: [string, Rule[]][] = [
  ['the signature of a request', SIGNATURE_RULES],
  ['the body of an order', ORDER_RULES],
  ['the life of an order', STATE_RULES],
  ['the cashier', CASHIER_RULES],
]

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(async () => {
  await stage.receiver.close()
  await stage.sandbox.close()
})

describe.each(GROUPS)('%s', (_name, rules) => {
  test.each(rules)("$id: breaking it gets WeChat's answer", async ({ broken, answers }) => {
    const reply = await broken(stage)
    const { message, number, ...exact } = answers
    const seen = { status: reply.status, ...reply.body }
    expect(seen).toMatchObject(exact)
    if (message !== undefined)
      expect(reply.body.message).toEqual(
        typeof message === 'string' ? message : expect.stringMatching(message),
      )
    if (number !== undefined) expect(reply.headers.get('request-id')?.split('-').at(-1)).toBe(number)
  })

  test.each(rules)('$id: keeping it passes', async ({ kept }) => {
    const reply = await kept(stage)
    expect([reply.status, reply.text]).toEqual([expect.toBeOneOf([200, 204]), expect.any(String)])
  })
})
