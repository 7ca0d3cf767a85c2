import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { BindCode, Binding } from '../../contract/session.ts'
import { allRoutes, operatorRoutes } from '../../server/http/routes/all-routes.ts'
import { callApi, cookieOf, loginCode, newKey, signIn, type ApiAnswer } from '../support/customer.ts'
import { paidOrder } from '../support/operator.ts'
import { openShop, type Shop } from '../support/shop.ts'

interface Operation {
  summary: string
  security: Record<string, never[]>[]
  parameters?: { name: string; in: string; required?: boolean; schema: object }[]
  responses: Record<string, { description: string; content?: Record<string, { schema: object }> }>
}
interface Description {
  openapi: string
  info: { title: string; version: string }
  servers: { url: string }[]
  paths: Record<string, Record<string, Operation>>
  components: Record<string, Record<string, object>>
}

let shop: Shop
let description: Description
beforeAll(async () => {
  shop = await openShop()
  description = (await callApi<Description>(shop, 'GET', '/openapi.json')).body
})
afterAll(() => shop.close())

const nameOf = (method: string, path: string) => `${method} ${path}`
const operations = () =>
  Object.entries(description.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ name: nameOf(method, path), path, operation })),
  )

describe('/openapi.json', () => {
  test('is OpenAPI 3.1 of this server', () => {
    expect(description).toMatchObject({ openapi: '3.1.0', servers: [{ url: shop.url }] })
    expect(description.info.title).toContain('桥付')
  })

  test('lists every route, and no other', () => {
    const below = (root: string) => (route: { method: string; path: string }) =>
      nameOf(route.method, `${root}${route.path.replaceAll(/:(\w+)/g, '{$1}')}`)
    const routes = [...allRoutes.map(below('/api/{entry}')), ...operatorRoutes.map(below('/api/operator'))]
    expect(
      operations()
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual([...routes, 'get /api/entries', 'get /api/shop', 'get /api/books'].toSorted())
  })

  test('names every part of a path, says who may call, and how a failure looks', () => {
    for (const { path, operation } of operations()) {
      const inPath = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path')
      expect(inPath.map(({ name }) => `{${name}}`)).toEqual(path.match(/\{\w+\}/g) ?? [])
      expect(inPath.every(({ required }) => required)).toBe(true)
      expect(operation.summary).toMatch(/^[A-Z]/)
      for (const scheme of operation.security.flatMap(Object.keys))
        expect(description.components.securitySchemes).toHaveProperty(scheme)
    }
    const guarded = operations().filter(({ path }) => path !== '/api/entries' && path !== '/api/shop')
    for (const { operation } of guarded)
      expect(operation.responses.default!.content).toHaveProperty(['application/problem+json', 'schema'])
  })

  test('refers to nothing that it does not have', () => {
    const refs = JSON.stringify(description).match(/"\$ref":"[^"]+"/g)!
    expect(refs.length).toBeGreaterThan(10)
    for (const ref of new Set(refs)) {
      const [, kind, name] = /#\/components\/(\w+)\/(\w+)/.exec(ref)!
      expect(description.components[kind!]).toHaveProperty(name!)
    }
  })

  test('tells what a client must send with an order', () => {
    const { parameters } = description.paths['/api/{entry}/orders']!.post!
    expect(parameters).toContainEqual(
      expect.objectContaining({ name: 'Idempotency-Key', in: 'header', required: true }),
    )
  })

  test('tells what can go wrong, and the codes that a client treats apart', () => {
    expect(description.components.schemas!.Problem).toMatchObject({
      description: expect.stringMatching(/400 invalid-input, .*409 conflict, .*500 unexpected/),
      properties: { code: { enum: expect.arrayContaining(['order-paid', 'out-of-stock']) } },
    })
  })
})

describe('every answer', () => {
  const asked = new Map<string, ApiAnswer[]>()
  const note = async <T>(name: string, answer: Promise<ApiAnswer<T>>): Promise<T> => {
    const { status, headers, body } = await answer
    asked.set(name, [...(asked.get(name) ?? []), { status, headers, body }])
    return body
  }

  beforeAll(async () => {
    const alice = await signIn(shop, 'alice')
    const body = { lines: [{ productId: 'tea-puer', quantity: 2 }] }
    await note('get /products', alice.get('/products'))
    await note('post /quotes', alice.post('/quotes', body))
    const code = await loginCode(shop, 'alice')
    await note('post /sessions', callApi(shop, 'POST', '/api/02/sessions', { body: { code } }))
    const { ticket } = await note(
      'post /web-view-tickets',
      alice.post<{ ticket: string }>('/web-view-tickets'),
    )
    await note('post /web-sessions', callApi(shop, 'POST', '/api/02/web-sessions', { body: { ticket } }))
    await note('get /me', alice.get('/me'))
    const web = await signIn(shop, 'alice', 'official-account')
    const { body: first } = await alice.post<BindCode>('/bind-codes')
    const { join } = (await web.post<Binding>('/bindings', { code: first.code })).body
    await note('post /joins/:joinId/refuse', alice.post(`/joins/${join.id}/refuse`))
    const shown = await note('post /bind-codes', alice.post<BindCode>('/bind-codes'))
    const asking = web.post<Binding>('/bindings', { code: shown.code })
    const { join: wanted } = await note('post /bindings', asking)
    await note('get /joins', alice.get('/joins'))
    await note('post /joins/:joinId/confirm', alice.post(`/joins/${wanted.id}/confirm`))
    const pick = 'ab'.repeat(16)
    const address = {
      name: '陈小明',
      phone: '13800138000',
      region: '广东省 广州市',
      detail: '新港中路 397 号',
    }
    await note('post /address-picks', alice.post('/address-picks', { pick, address }))
    await note('get /address-picks/:pick', alice.get(`/address-picks/${pick}`))
    const key = newKey()
    const order = await note('post /orders', alice.post<{ id: string }>('/orders', body, key))
    await note('post /orders', alice.post('/orders', body, key))
    const start = `/orders/${order.id}/payments`
    const payment = await note('post /orders/:orderId/payments', alice.post<{ id: string }>(start))
    await note('get /payments/:paymentId', alice.get(`/payments/${payment.id}`))
    await note('post /payments/:paymentId/launch', alice.post(`/payments/${payment.id}/launch`))
    await note('post /payments/:paymentId/check', alice.post(`/payments/${payment.id}/check`, { hint: 'ok' }))
    const { orderId } = await paidOrder(alice)
    const wish = { reason: '不想要了' }
    const request = await note(
      'post /orders/:orderId/refund-requests',
      alice.post<{ id: string }>(`/orders/${orderId}/refund-requests`, wish),
    )
    await note(
      'post /orders/:orderId/refund-requests/:requestId/withdraw',
      alice.post(`/orders/${orderId}/refund-requests/${request.id}/withdraw`),
    )
    await note('get /orders', alice.get('/orders'))
    await note('get /orders/:orderId', alice.get(`/orders/${order.id}`))
    await note('get /orders/:orderId/result', alice.get(`/orders/${order.id}/result`))
    await note('get /payments', alice.get('/payments'))
    await note('post /orders/:orderId/cancel', alice.post(`/orders/${order.id}/cancel`))
    const visit = callApi(shop, 'POST', '/api/03/browser-sessions', { body: {} })
    await note('post /browser-sessions', visit)
    const visitor = { cookie: cookieOf((await visit).headers, 'qf_03') }
    const bought = await callApi<{ id: string }>(shop, 'POST', '/api/03/orders', {
      body,
      headers: { ...visitor, ...newKey() },
    })
    const opened = await callApi<{ id: string }>(shop, 'POST', `/api/03/orders/${bought.body.id}/payments`, {
      body: {},
      headers: visitor,
    })
    const { url } = (
      await callApi<{ url: string }>(shop, 'POST', `/api/03/payments/${opened.body.id}/launch`, {
        body: {},
        headers: visitor,
      })
    ).body
    const link = new URL(new URL(url).searchParams.get('redirect_url')!).searchParams.get('status')!
    await note(
      'get /orders/:orderId/status',
      callApi(shop, 'GET', `/api/04/orders/${bought.body.id}/status?link=${link}`),
    )
    const started = await callApi(shop, 'GET', '/api/01/oauth/start')
    asked.set('get /oauth/start', [started])
    const page = new URL(started.headers.get('location')!)
    const back = await shop.sandbox.get(page.pathname + page.search, { 'x-sandbox-user': 'alice' })
    const callback = new URL(back.headers.get('location')!)
    const cookie = cookieOf(started.headers, 'qf_pre_01')
    await note(
      'get /oauth/callback',
      callApi(shop, 'GET', callback.pathname + callback.search, { headers: { cookie } }),
    )
    await note('post /session/end', web.post('/session/end'))
  })

  /** What any route may answer instead; 429 and 503 with Retry-After. */
  const problemStatuses = ['429', '503', 'default']
  test.each(allRoutes.map((route) => [nameOf(route.method, route.path), route] as const))(
    'of %s is what the description says, and not a field more',
    (name, route) => {
      const answers = asked.get(name) ?? []
      const described = description.paths[`/api/{entry}${route.path.replaceAll(/:(\w+)/g, '{$1}')}`]!
      const responses = Object.keys(described[route.method]!.responses)
      const statuses = responses.filter((status) => !problemStatuses.includes(status))
      expect(responses).toEqual([...statuses, ...problemStatuses])
      expect(answers.map(({ status }) => String(status)).toSorted()).toEqual(statuses)
      for (const { body } of answers) expect(route.answer?.safeParse(body).error).toBeUndefined()
      const text = JSON.stringify(answers.map(({ body }) => body))
      expect(text).not.toMatch(/openid|unionid|session_key|accountId/i)
      for (const appid of Object.values(shop.appids))
        expect(text).not.toContain(shop.sandbox.openid('alice', appid))
    },
  )
})
