import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Reply } from '../support/sandbox-client.ts'
import { ALIPAY_RULES } from '../support/sandbox-rules/alipay.ts'
import { BILL_RULES } from '../support/sandbox-rules/bill.ts'
import { CASHIER_RULES } from '../support/sandbox-rules/cashier.ts'
import { COMBINE_RULES } from '../support/sandbox-rules/combine.ts'
import { CASHIER_PAGE_RULES } from '../support/sandbox-rules/cashier-page.ts'
import { H5_PAY_RULES } from '../support/sandbox-rules/h5-pay.ts'
import { JS_CONFIG_RULES } from '../support/sandbox-rules/js-config.ts'
import { LINK_RULES } from '../support/sandbox-rules/link.ts'
import { MEDICAL_RULES } from '../support/sandbox-rules/medical.ts'
import { ORDER_RULES } from '../support/sandbox-rules/order.ts'
import { PHONE_NUMBER_RULES } from '../support/sandbox-rules/phone-number.ts'
import { PLATFORM_RULES } from '../support/sandbox-rules/platform.ts'
import { REFUND_RULES } from '../support/sandbox-rules/refund.ts'
import { openStage } from '../support/sandbox-rules/rule.ts'
import type { Rule, Stage } from '../support/sandbox-rules/rule.ts'
import { SHIPPING_RULES } from '../support/sandbox-rules/shipping.ts'
import { SIGNATURE_RULES } from '../support/sandbox-rules/signature.ts'
import { STATE_RULES } from '../support/sandbox-rules/state.ts'
import { TOKEN_RULES } from '../support/sandbox-rules/token.ts'

const GROUPS: [string, Rule[]][] = [
  ['the signature of a request', SIGNATURE_RULES],
  ['the body of an order', ORDER_RULES],
  ['the life of an order', STATE_RULES],
  ['combined orders', COMBINE_RULES],
  ['medical insurance', MEDICAL_RULES],
  ['refunds', REFUND_RULES],
  ['bills', BILL_RULES],
  ['the cashier', CASHIER_RULES],
  ['the cashier by a page or a code', CASHIER_PAGE_RULES],
  ['the page of H5 pay', H5_PAY_RULES],
  ['login', PLATFORM_RULES],
  ['access tokens', TOKEN_RULES],
  ['wx.config', JS_CONFIG_RULES],
  ['links', LINK_RULES],
  ['the phone number', PHONE_NUMBER_RULES],
  ['shipping', SHIPPING_RULES],
  ['Alipay', ALIPAY_RULES],
]

const agrees = (seen: unknown, wanted: unknown) => {
  if (wanted instanceof RegExp) return wanted.test(String(seen))
  return typeof wanted === 'object' ? isDeepStrictEqual(seen, wanted) : seen === wanted
}

/** Of a value that does not fit its field WeChat tells where it came from and the value, and nothing else. */
function toldTooMuch({ body }: Reply): string[] {
  if (!String(body?.message).includes('输入源')) return []
  return Object.keys(body.detail).filter((name) => name !== 'location' && name !== 'value')
}

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
  // Business time goes on where a rule lets it, and nowhere else: no limit is passed because the machine paused.
  await stage.sandbox.control('/clock', { frozen: true })
})
afterAll(async () => {
  await stage.close()
  console.log(`${[...broken].filter((id) => kept.has(id)).length} rules, each broken and kept`)
})

/** The rules of which each test has passed. */
const [broken, kept] = [new Set<string>(), new Set<string>()]

describe.each(GROUPS)('%s', (_name, rules) => {
  test.each(rules)("$id: breaking it gets WeChat's answer", async ({ id, broken: breakIt, answers }) => {
    const reply = await breakIt(stage)
    const number = reply.headers.get('request-id')?.split('-').at(-1)
    const seen = { status: reply.status, text: reply.text, number, ...reply.body }
    for (const [name, value] of Object.entries(answers)) {
      expect(agrees(seen[name], value), `${name}: ${String(seen[name])} instead of ${String(value)}`).toBe(
        true,
      )
    }
    expect(toldTooMuch(reply)).toEqual([])
    broken.add(id)
  })

  test.each(rules)('$id: keeping it passes', async ({ id, kept: keepIt }) => {
    const reply = await keepIt(stage)
    const { errcode = 0, sub_code = null } = reply.body ?? {}
    expect([reply.status, errcode, sub_code]).toEqual([expect.toBeOneOf([200, 204, 302]), 0, null])
    kept.add(id)
  })
})

test('docs/fidelity.md lists these rules, each once, and no others', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/fidelity.md'), 'utf8')
  const listed = [...page.matchAll(/^\| ([a-z0-9-]+\.[a-z0-9.-]+) +\|/gm)].map(([, id]) => id)
  expect(listed).toEqual(GROUPS.flatMap(([, rules]) => rules.map(({ id }) => id)))
})
