import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { allRoutes } from '../../server/http/routes/all-routes.ts'
import { callApi, newKey, signIn, type Customer } from '../support/customer.ts'
import { fingerprint } from '../support/fingerprint.ts'
import { openShop, type Shop } from '../support/shop.ts'

let shop: Shop
let alice: Customer
let orderId: string
let paymentId: string

beforeAll(async () => {
  // Every request comes from another address, so that no limit hides what lies behind it.
  shop = await openShop({ behindProxy: true })
  alice = await signIn(shop, 'alice')
  orderId = (await alice.order('tea-puer')).id
  paymentId = (await alice.pay(orderId)).id
})
afterAll(() => shop.close())

const scrap = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('__proto__', 'constructor', '..', '%00', '\u0000', "' or 1=1;--", '💳', 'A'.repeat(32)),
)
/** A body that is nearly right, or nothing like it. */
const body = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }),
  fc.record(
    {
      lines: fc.array(
        fc.record({
          productId: fc.oneof(fc.constant('tea-puer'), scrap),
          quantity: fc.oneof(fc.double(), fc.integer(), scrap),
        }),
        { maxLength: 3 },
      ),
      code: scrap,
      ticket: scrap,
      hint: scrap,
      totalFen: fc.integer(),
    },
    { requiredKeys: [] },
  ),
)
const query = fc.dictionary(fc.constantFrom('cursor', 'state', 'to', 'code', 'x'), scrap, { maxKeys: 3 })
const request = fc.record({
  route: fc.constantFrom(...allRoutes),
  entry: fc.constantFrom('01', '02', '02', '02', '99'),
  isSignedIn: fc.boolean(),
  isOwn: fc.boolean(),
  part: scrap,
  query,
  body,
  key: fc.oneof(fc.constant(undefined), fc.stringMatching(/^[ -~]{1,80}$/)),
  address: fc.ipV4(),
})

test('whatever comes is answered, a refusal is a problem, and nothing becomes paid', async () => {
  await fc.assert(
    fc.asyncProperty(request, async (asked) => {
      const part = encodeURIComponent(asked.part.toWellFormed()) || 'x'
      const path = asked.route.path
        .replace(':orderId', asked.isOwn ? orderId : part)
        .replace(':paymentId', asked.isOwn ? paymentId : part)
      const search = new URLSearchParams(asked.query as Record<string, string>)
      const isPost = asked.route.method === 'post'
      const answer = await callApi<{ requestId?: string }>(
        shop,
        isPost ? 'POST' : 'GET',
        `/api/${asked.entry}${path}?${search}`,
        {
          ...(isPost && { body: asked.body }),
          headers: {
            'x-forwarded-for': asked.address,
            ...newKey(),
            ...(asked.key && { 'idempotency-key': asked.key }),
            ...(asked.isSignedIn && alice.credentials),
          },
        },
      )
      expect(answer.status).toBeLessThan(500)
      expect(answer.status < 400 || answer.body.requestId !== undefined).toBe(true)
    }),
    { numRuns: 600 },
  )
  const states = await shop.server.services.db.selectFrom('orders').select('state').distinct().execute()
  // A request that is good may cancel an order.
  expect(states.filter(({ state }) => state !== 'pending' && state !== 'closed')).toEqual([])
})

test('a body that is no JSON, or JSON of another shape, changes nothing', async () => {
  const before = await fingerprint(shop)
  const posts = allRoutes.filter(({ method, path }) => method === 'post' && !path.includes(':'))
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...posts), fc.string(), fc.ipV4(), async (route, text, address) => {
      const answer = await fetch(`${shop.url}/api/02${route.path}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-forwarded-for': address,
          ...newKey(),
          ...alice.credentials,
        },
        body: `"${text.replaceAll(/["\\]/g, '')}`,
      })
      expect(answer.status).toBe(400)
    }),
    { numRuns: 100 },
  )
  expect(await fingerprint(shop)).toEqual(before)
})
