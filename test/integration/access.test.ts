import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Route } from '../../server/http/route.ts'
import { allRoutes, operatorRoutes } from '../../server/http/routes/all-routes.ts'
import { callApi, newKey, signIn, type Customer } from '../support/customer.ts'
import { expectNoTrace } from '../support/fingerprint.ts'
import { openPlatformFront, type PlatformFront } from '../support/platform-front.ts'
import { expectProblem } from '../support/problem.ts'
import { openShop, type Shop } from '../support/shop.ts'

/** How a route is asked for something of Alice's, and what somebody else who is signed in gets. */
interface Ask {
  path: string
  body?: unknown
  headers?: Record<string, string>
  /** 404: it is hers alone. */
  other: number
}

const lines = [{ productId: 'tea-puer', quantity: 1 }]
const pick = 'ab'.repeat(16)
const address = { name: '陈小明', phone: '13800138000', region: '广东省 广州市', detail: '新港中路 397 号' }

/** One row a route: a route without a row fails below. ORDER and PAYMENT are Alice's. */
const asks: Record<string, Ask> = {
  'get /products': { path: '/products', other: 200 },
  'post /quotes': { path: '/quotes', body: { lines }, other: 200 },
  'post /sessions': { path: '/sessions', body: { code: 'x' }, other: 401 },
  'post /web-view-tickets': { path: '/web-view-tickets', body: {}, other: 201 },
  'post /web-sessions': { path: '/web-sessions', body: { ticket: 'x' }, other: 401 },
  'post /browser-sessions': { path: '/browser-sessions', body: {}, other: 404 },
  'get /oauth/start': { path: '/oauth/start', other: 404 },
  'get /oauth/callback': { path: `/oauth/callback?code=x&state=${'0'.repeat(40)}`, other: 401 },
  'get /me': { path: '/me', other: 200 },
  'post /session/end': { path: '/session/end', body: {}, other: 200 },
  'post /bind-codes': { path: '/bind-codes', body: {}, other: 201 },
  'post /bindings': { path: '/bindings', body: { code: '00000000' }, other: 400 },
  'get /joins': { path: '/joins', other: 200 },
  'post /joins/:joinId/confirm': { path: `/joins/${randomUUID()}/confirm`, body: {}, other: 404 },
  'post /joins/:joinId/refuse': { path: `/joins/${randomUUID()}/refuse`, body: {}, other: 404 },
  'post /address-picks': { path: '/address-picks', body: { pick, address }, other: 200 },
  'get /address-picks/:pick': { path: `/address-picks/${pick}`, other: 200 },
  'post /orders': { path: '/orders', body: { lines }, headers: newKey(), other: 201 },
  'get /orders': { path: '/orders', other: 200 },
  'get /orders/:orderId': { path: '/orders/ORDER', other: 404 },
  'get /orders/:orderId/result': { path: '/orders/ORDER/result', other: 404 },
  'get /orders/:orderId/status': { path: '/orders/ORDER/status?link=x', other: 404 },
  'post /orders/:orderId/refund-requests': {
    path: '/orders/ORDER/refund-requests',
    body: { reason: '不想要了' },
    other: 404,
  },
  'post /orders/:orderId/refund-requests/:requestId/withdraw': {
    path: '/orders/ORDER/refund-requests/4f6c1c0e-9d1c-4f0e-8f5f-0c2b7a1d9e11/withdraw',
    body: {},
    other: 404,
  },
  'post /orders/:orderId/cancel': { path: '/orders/ORDER/cancel', body: {}, other: 404 },
  'post /orders/:orderId/payments': { path: '/orders/ORDER/payments', body: {}, other: 404 },
  'get /payments/:paymentId': { path: '/payments/PAYMENT', other: 404 },
  'post /payments/:paymentId/launch': { path: '/payments/PAYMENT/launch', body: {}, other: 404 },
  'post /payments/:paymentId/check': { path: '/payments/PAYMENT/check', body: {}, other: 404 },
  'get /payments': { path: '/payments', other: 200 },
}
const nameOf = (route: Route) => `${route.method} ${route.path}`

test('every route has its row, and no row is without its route', () => {
  expect(allRoutes.map(nameOf).toSorted()).toEqual(Object.keys(asks).toSorted())
})

test('every route says what bounds how often it is asked', () => {
  const limitsOf = ({ limits }: Route) => limits.map(({ counts, name }) => `${counts}: ${name}`).join(', ')
  expect(Object.fromEntries(allRoutes.map((route) => [nameOf(route), limitsOf(route)])))
    .toMatchInlineSnapshot(`
      {
        "get /address-picks/:pick": "nothing: writes nothing and asks no provider",
        "get /joins": "nothing: writes nothing and asks no provider",
        "get /me": "nothing: writes nothing and asks no provider",
        "get /oauth/callback": "requests: oauth-browser, failures: oauth-callbacks",
        "get /oauth/start": "requests: oauth-browser, requests: oauth-network, requests: oauth-site",
        "get /orders": "nothing: writes nothing and asks no provider",
        "get /orders/:orderId": "failures: misses",
        "get /orders/:orderId/result": "failures: misses",
        "get /orders/:orderId/status": "failures: status-links",
        "get /payments": "nothing: writes nothing and asks no provider",
        "get /payments/:paymentId": "failures: misses",
        "get /products": "nothing: writes nothing and asks no provider",
        "post /address-picks": "nothing: one row an account",
        "post /bind-codes": "requests: bind-codes, requests: bind-codes-network, requests: bind-codes-site, requests: bind-codes-everyone, requests: bind-codes-everyone",
        "post /bindings": "requests: bind-tries, requests: bind-tries-network, requests: bind-tries-site, requests: bind-tries-everyone, requests: bind-tries-everyone",
        "post /browser-sessions": "requests: browser-accounts, requests: browser-accounts-site",
        "post /joins/:joinId/confirm": "nothing: bounded by bind codes",
        "post /joins/:joinId/refuse": "nothing: bounded by bind codes",
        "post /orders": "nothing: bounded by unpaid orders of the account and network",
        "post /orders/:orderId/cancel": "failures: misses, requests: cancels, requests: cancels-network",
        "post /orders/:orderId/payments": "failures: misses, nothing: bounded by unpaid orders of the account and network",
        "post /orders/:orderId/refund-requests": "failures: misses",
        "post /orders/:orderId/refund-requests/:requestId/withdraw": "failures: misses",
        "post /payments/:paymentId/check": "failures: misses, nothing: bounded by unpaid orders of the account and network",
        "post /payments/:paymentId/launch": "failures: misses, nothing: bounded by unpaid orders of the account and network",
        "post /quotes": "nothing: writes nothing and asks no provider",
        "post /session/end": "nothing: bounded by sessions",
        "post /sessions": "failures: login-codes, failures: login-codes-site",
        "post /web-sessions": "failures: tickets",
        "post /web-view-tickets": "requests: ticket-issues",
      }
    `)
})

describe('who may', () => {
  let shop: Shop
  let front: PlatformFront
  let alice: Customer
  let aliceOnTheWeb: Customer
  let bob: Customer
  let guest: Customer
  let orderId: string
  let paymentId: string

  beforeAll(async () => {
    shop = await openShop({ behindProxy: true })
    front = await openPlatformFront(shop.sandbox.url)
    await shop.restart((config) => ({ ...config, hosts: { ...config.hosts, platform: front.url } }))
    alice = await signIn(shop, 'alice')
    aliceOnTheWeb = await signIn(shop, 'alice', 'official-account')
    bob = await signIn(shop, 'bob')
    front.alter((answer) => ({ ...answer, is_snapshotuser: 1 }))
    guest = await signIn(shop, await shop.sandbox.addUser('guest'), 'official-account')
    orderId = (await alice.order()).id
    paymentId = (await alice.pay(orderId)).id
  })
  afterAll(async () => {
    await shop.close()
    await front.close()
  })

  const call = (route: Route, entry: string, credentials: Record<string, string> = {}) => {
    const { path, body, headers } = asks[nameOf(route)]!
    const at = path.replace('ORDER', orderId).replace('PAYMENT', paymentId)
    return callApi(shop, route.method.toUpperCase(), `/api/${entry}${at}`, {
      body,
      headers: { ...headers, ...credentials },
    })
  }
  const guarded = allRoutes.filter(({ caller }) => caller !== 'nobody')
  const named = (routes: Route[]) => routes.map((route) => [nameOf(route), route] as const)

  test.each(named(allRoutes))(
    '%s: somebody else gets what is theirs and nothing of hers',
    async (name, route) => {
      const answer = await call(route, '02', bob.credentials)
      expect(answer.status).toBe(asks[name]!.other)
      expect(JSON.stringify(answer.body)).not.toContain(orderId)
    },
  )

  test.each(named(guarded))('%s: nobody is told to sign in', async (_name, route) => {
    for (const entry of ['01', '02']) expectProblem(await call(route, entry), 401)
  })

  test.each(named(guarded))('%s: a session of the other door is no session here', async (_name, route) => {
    expectProblem(await call(route, '01', alice.credentials), 401)
    expectProblem(await call(route, '02', aliceOnTheWeb.credentials), 401)
  })

  test.each(named(guarded.filter(({ caller, path }) => caller === 'anybody' && path !== '/session/end')))(
    '%s: a virtual session may look',
    async (name, route) => {
      expect((await call(route, '01', guest.credentials)).status).toBe(asks[name]!.other)
    },
  )

  test.each(named(guarded.filter(({ caller, nativeOnly }) => caller === 'person' && !nativeOnly)))(
    '%s: a virtual session may not',
    async (_name, route) => {
      expect(expectProblem(await call(route, '01', guest.credentials), 403).code).toBe('virtual-account')
    },
  )

  test.each(named(guarded.filter(({ nativeOnly }) => nativeOnly)))(
    '%s: a cookie is not enough',
    async (_name, route) => {
      expectProblem(await call(route, '01', aliceOnTheWeb.credentials), 401)
    },
  )

  test.each(named(allRoutes))('%s: no answer may be kept by a cache', async (_name, route) => {
    const { headers } = await call(route, '02', bob.credentials)
    expect(headers.get('cache-control')).toBe('no-store, private')
  })

  test.each(named(guarded.filter(({ method }) => method === 'get')))(
    '%s: reading changes nothing, so that a foreign page gains nothing by it',
    async (_name, route) => {
      await expectNoTrace(shop, () => call(route, '02', alice.credentials))
    },
  )

  test('whoever changes something must be a person or about to become one', () => {
    const free = allRoutes.filter(({ method, caller }) => method === 'post' && caller !== 'person')
    expect(free.map(nameOf)).toEqual([
      'post /quotes',
      'post /sessions',
      'post /web-sessions',
      'post /browser-sessions',
      'post /session/end',
    ])
  })

  test.each(operatorRoutes.map(({ method, path }) => [method, path] as const))(
    '%s /api/operator%s: neither nobody nor a customer gets in',
    async (method, path) => {
      const at = `/api/operator${path.replace(':orderId', orderId).replaceAll(/:\w+/g, randomUUID())}`
      // Refused tokens count by network: each route is asked from one of its own.
      const network = operatorRoutes.findIndex((one) => one.method === method && one.path === path)
      const address = `198.51.${network}.1`
      for (const credentials of [{}, alice.credentials]) {
        const headers = { 'x-forwarded-for': address, ...credentials }
        expectProblem(await callApi(shop, method.toUpperCase(), at, { headers }), 401)
      }
    },
  )
})
