import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ROUTES } from '../../sandbox/gateway/routes.ts'
import { axiosWalker, KEY_MODES } from '../support/axios-walker.ts'
import type { KeyMode } from '../support/axios-walker.ts'
import { walkGateway } from '../support/gateway-tour.ts'
import { MCHID, openStage } from '../support/sandbox-rules/rule.ts'
import type { Stage } from '../support/sandbox-rules/rule.ts'

/** Every address of the gateway, by a client written by others: it signs, verifies and encrypts by its own code. */
const PARTNER = '1900000003'
const WALKERS = [
  ['a merchant', MCHID],
  ['a partner', PARTNER],
] as const

let stage: Stage
let requests = 0
/** The routes of which some request was answered, as `GET ^/v3/certificates$`. */
const reached = new Set<string>()
const nameOf = ({ method, path }: { method: string; path: RegExp }) => `${method} ${path.source}`

beforeAll(async () => {
  stage = await openStage()
  // A refund ends when the tour lets time go on, and not while one looks at it.
  await stage.sandbox.control('/clock', { frozen: true })
  await stage.sandbox.control('/keys/rotate', { mchid: PARTNER, to: 'public-key', percent: 50 })
})
afterAll(async () => {
  await stage.close()
  console.log(`wechatpay-axios-plugin: ${requests} requests to ${reached.size} of ${ROUTES.length} routes`)
})

describe.each(WALKERS)('wechatpay-axios-plugin as %s', (_name, mchid) => {
  test.each<KeyMode>([...KEY_MODES])('with a %s is answered at every address', async (mode) => {
    const walker = axiosWalker(stage, mode, mchid, ({ method, path }) => {
      requests += 1
      const route = ROUTES.find((one) => one.method === method && one.path.test(path))
      if (route) reached.add(nameOf(route))
    })
    await walkGateway(stage, walker)
  })
})

test('no route of the gateway was left out', () => {
  expect(ROUTES.map(nameOf).filter((name) => !reached.has(name))).toEqual([])
})
