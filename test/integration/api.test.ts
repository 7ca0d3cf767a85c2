import { request } from 'node:http'
import { urlToHttpOptions } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { fingerprint } from '../support/fingerprint.ts'
import { callApi, newKey, signIn, type ApiAnswer, type Customer } from '../support/customer.ts'
import { expectProblem } from '../support/problem.ts'
import { openShop, type Shop } from '../support/shop.ts'

const line = (productId: unknown = 'tea-puer', quantity: unknown = 1) => ({ productId, quantity })
const somePayment = '020101261121183000ABCDEFGHJKM0001'.slice(0, 32)

let shop: Shop
let alice: Customer
beforeAll(async () => {
  shop = await openShop()
  alice = await signIn(shop, 'alice')
})
afterAll(() => shop.close())

describe('bad input', () => {
  let orderId: string
  let paymentId: string
  let before: Record<string, string>

  beforeAll(async () => {
    orderId = (await alice.order('tea-puer', 1)).id
    paymentId = (await alice.pay(orderId)).id
  })
  beforeEach(async () => {
    before = await fingerprint(shop)
  })

  const expectRefusal = async (answer: ApiAnswer, status: number) => {
    const problem = expectProblem(answer, status)
    expect(await fingerprint(shop)).toEqual(before)
    return problem
  }
  const place = (body: unknown, headers: Record<string, string> = newKey()) =>
    alice.post('/orders', body, headers)

  test.each<[string, unknown]>([
    ['no body at all', {}],
    ['no lines', { lines: [] }],
    ['lines that are no list', { lines: line() }],
    ['an unknown product', { lines: [line('tea-of-nowhere')] }],
    ['a product that is no text', { lines: [line(7)] }],
    ['a product with a quote in it', { lines: [line("tea' or 1=1 --")] }],
    ['no product', { lines: [{ quantity: 1 }] }],
    ['quantity 0', { lines: [line('tea-puer', 0)] }],
    ['quantity -1', { lines: [line('tea-puer', -1)] }],
    ['quantity 1.5', { lines: [line('tea-puer', 1.5)] }],
    ['quantity 100', { lines: [line('tea-puer', 100)] }],
    ['quantity 1000', { lines: [line('tea-puer', 1000)] }],
    ['quantity 2^53', { lines: [line('tea-puer', 2 ** 53)] }],
    ['a quantity in quotes', { lines: [line('tea-puer', '1')] }],
    ['a quantity of null', { lines: [line('tea-puer', null)] }],
    ['no quantity', { lines: [{ productId: 'tea-puer' }] }],
    ['the same product twice', { lines: [line(), line()] }],
    ['21 lines', { lines: Array.from({ length: 21 }, (_, i) => line(`tea-${i}`)) }],
    ['a price of its own', { lines: [{ ...line(), priceFen: 1 }] }],
    ['an amount of its own', { lines: [{ ...line(), amountFen: 1 }] }],
    ['a total of its own', { lines: [line()], totalFen: 1 }],
    ['somebody’s openid', { lines: [line()], openid: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o' }],
    ['somebody’s account', { lines: [line()], accountId: '0123456789ABCDEF' }],
    ['a state of its own', { lines: [line()], state: 'paid' }],
    ['an id of its own', { lines: [line()], id: '0123456789ABC' }],
    ['a list', [line()]],
  ])('an order with %s is refused, changes nothing, and costs nothing to ask about', async (_what, body) => {
    const problem = await expectRefusal(await place(body), 400)
    expect(problem.errors?.length).toBeGreaterThan(0)
    await expectRefusal(await alice.post('/quotes', body), 400)
  })

  test('an order says which line is wrong', async () => {
    const lines = [line(), line('coffee-of-nowhere', 1)]
    const unknown = await expectRefusal(await place({ lines }), 400)
    expect(unknown.code).toBe('product-gone')
    expect(unknown.errors).toEqual([{ path: 'lines.1.productId', message: '商品不存在或已下架' }])
    const count = await expectRefusal(await place({ lines: [line('tea-puer', 100)] }), 400)
    expect(count.errors).toEqual([{ path: 'lines.0.quantity', message: '数量最多为 99' }])
    const foreign = await expectRefusal(await place({ lines: [line()], totalFen: 1 }), 400)
    expect(foreign.errors).toEqual([{ path: '', message: '不接受 totalFen' }])
  })

  test.each([
    ['missing', {}],
    ['empty', { 'idempotency-key': '' }],
    ['15 characters', { 'idempotency-key': 'a'.repeat(15) }],
    ['65 characters', { 'idempotency-key': 'a'.repeat(65) }],
    ['of other characters', { 'idempotency-key': 'a b c d e f g h i j k' }],
  ])('an Idempotency-Key that is %s is refused', async (_what, headers) => {
    const problem = await expectRefusal(await place({ lines: [line()] }, headers as never), 400)
    expect(problem.errors).toMatchObject([{ path: 'Idempotency-Key' }])
  })

  test.each([
    ['a price', { amountFen: 1 }],
    ['an openid', { openid: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o' }],
    ['an appid', { appid: 'wx0000000000000000' }],
    ['a state', { state: 'paid' }],
  ])('a payment, launch or check that brings %s is refused', async (_what, body) => {
    await expectRefusal(await alice.post(`/orders/${orderId}/payments`, body), 400)
    await expectRefusal(await alice.post(`/payments/${paymentId}/launch`, body), 400)
    await expectRefusal(await alice.post(`/payments/${paymentId}/check`, body), 400)
  })

  test('a hint that the cashier never gives is refused', async () => {
    await expectRefusal(await alice.post(`/payments/${paymentId}/check`, { hint: 'paid' }), 400)
  })

  test.each([
    ['GET', '/orders/x'],
    ['GET', `/orders/${'A'.repeat(14)}`],
    ['GET', `/orders/${'I'.repeat(13)}`],
    ['GET', `/orders/${encodeURIComponent("' or 1=1;--")}/result`],
    ['POST', '/orders/__proto__/payments'],
    ['GET', '/payments/x'],
    ['GET', `/payments/${'a'.repeat(32)}`],
    ['POST', '/payments/constructor/launch'],
    ['POST', `/payments/${'A'.repeat(33)}/check`],
    ['GET', '/orders?cursor=x'],
    ['GET', `/orders?cursor=${Buffer.from('now 0123456789ABC').toString('base64url')}`],
    ['GET', `/orders?cursor=${Buffer.from(`${'9'.repeat(16)} 0123456789ABC`).toString('base64url')}`],
    ['GET', `/orders?cursor=${'A'.repeat(101)}`],
    ['GET', '/orders?cursor=a&cursor=b'],
    ['GET', '/orders?state=shipped'],
    ['GET', '/orders?sort=total'],
    ['GET', '/payments?cursor=x'],
  ])('%s %s is malformed', async (method, path) => {
    const ask = method === 'GET' ? alice.get(path) : alice.post(path)
    await expectRefusal(await ask, 400)
  })

  test('an order that is somebody else’s cannot be told from one that does not exist', async () => {
    const bob = await signIn(shop, 'bob')
    before = await fingerprint(shop)
    const misses: [(id: string) => Promise<ApiAnswer>, string, string][] = [
      [(id) => bob.get(`/orders/${id}`), orderId, '0123456789ABC'],
      [(id) => bob.get(`/orders/${id}/result`), orderId, '0123456789ABC'],
      [(id) => bob.post(`/orders/${id}/payments`), orderId, '0123456789ABC'],
      [(id) => bob.get(`/payments/${id}`), paymentId, somePayment],
      [(id) => bob.post(`/payments/${id}/launch`), paymentId, somePayment],
      [(id) => bob.post(`/payments/${id}/check`, { hint: 'ok' }), paymentId, somePayment],
    ]
    for (const [ask, theirs, nobodys] of misses) {
      const { requestId: _one, ...foreign } = await expectRefusal(await ask(theirs), 404)
      const { requestId: _other, ...unknown } = await expectRefusal(await ask(nobodys), 404)
      expect(foreign).toEqual(unknown)
    }
  })

  /** Bytes that fetch would not send. */
  const raw = (path: string, body: string | Buffer, headers: Record<string, string>, method = 'POST') =>
    new Promise<ApiAnswer>((resolve, reject) => {
      const sent = request(shop.url + path, { method, headers }, (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('end', () => {
          const text = Buffer.concat(chunks).toString()
          const head = new Headers(answer.headers as Record<string, string>)
          const isJson = head.get('content-type')?.includes('json')
          resolve({ status: answer.statusCode!, headers: head, body: isJson ? JSON.parse(text) : text })
        })
      })
      sent.on('error', reject)
      sent.end(body)
    })
  const json = { 'content-type': 'application/json' }
  const good = JSON.stringify({ lines: [line()] })

  test.each<[string, string | Buffer, Record<string, string>]>([
    ['broken JSON', '{"lines":[', json],
    ['JSON that is a number', '7', json],
    ['JSON that is null', 'null', json],
    ['a body of 17 kB', JSON.stringify({ lines: [line('x'.repeat(17_000))] }), json],
    ['another content type', good, { 'content-type': 'text/plain' }],
    ['no content type', good, {}],
    ['a form', 'lines=1', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['another encoding', good, { ...json, 'content-encoding': 'gzip' }],
    ['another character set', good, { 'content-type': 'application/json; charset=latin1' }],
    ['a __proto__', '{"lines":[{"productId":"tea-puer","quantity":1,"__proto__":{"isAdmin":true}}]}', json],
    ['a constructor', '{"lines":[],"constructor":{"prototype":{"isAdmin":true}}}', json],
    ['a __proto__ on top', `{"__proto__":{"lines":[{"productId":"tea-puer","quantity":1}]}}`, json],
    ['5,000 nested lists', `{"lines":${'['.repeat(5_000)}${']'.repeat(5_000)}}`, json],
    ['a number beyond all', '{"lines":[{"productId":"tea-puer","quantity":1e400}]}', json],
  ])('a body with %s is refused', async (_what, body, headers) => {
    await expectRefusal(await raw('/api/02/quotes', body, headers), 400)
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined()
  })

  test('a route that wants no body takes none in disguise', async () => {
    const path = `/api/02/orders/${orderId}/payments`
    const { status } = await alice.post(`/orders/${orderId}/payments`)
    expect(status).toBe(200)
    before = await fingerprint(shop)
    const disguised = await alice.post(
      `/orders/${orderId}/payments`,
      { amountFen: 1 },
      { 'content-type': 'text/plain' },
    )
    expect((await expectRefusal(disguised, 400)).detail).toBe('请求内容须为 JSON（application/json）。')
    await expectRefusal(await raw(path, '', {}), 401)
  })

  test.each([
    ['GET', '/api/99/products', 404],
    ['GET', '/api/2/products', 404],
    ['GET', '/api/__proto__/products', 404],
    ['GET', '/api/02', 404],
    ['GET', '/api/02/nothing', 404],
    ['DELETE', '/api/02/orders', 404],
    ['PUT', '/api/02/products', 404],
    ['GET', '/api/02/sessions', 404],
    ['POST', '/api/02/products', 404],
    ['GET', '/api/02/orders/%E0%A4%A', 404],
    ['GET', '/api', 404],
    ['GET', '/webhooks/wechatpay/1900000001', 404],
    ['POST', '/webhooks/alipay', 404],
    ['POST', '/', 404],
    ['DELETE', '/orders', 404],
    ['GET', '/assets/gone-12345678.js', 404],
  ])('%s %s is no route, and says so as a problem', async (method, path, status) => {
    await expectRefusal(await raw(path, '', {}, method), status)
  })

  test('another site’s page may not post, nor may an opaque one', async () => {
    for (const origin of ['https://evil.example', 'null', `${shop.url}.evil.example`]) {
      const answer = await place({ lines: [line()] }, { ...newKey(), origin })
      await expectRefusal(answer, 403)
    }
    const own = await alice.post('/quotes', { lines: [line()] }, { origin: shop.url })
    expect(own.status).toBe(200)
  })
})

describe('every answer', () => {
  test.each([
    '/../package.json',
    '/assets/../../package.json',
    '/%2e%2e/%2e%2e/package.json',
    '/assets/..%2f..%2fpackage.json',
    '/..%5c..%5cpackage.json',
    '/assets/%2e%2e%2f%2e%2e%2f%2e%2e%2fetc/passwd',
  ])('%s leads to no file outside the built pages', async (path) => {
    const told = await new Promise<string>((resolve, reject) => {
      const sent = request({ ...urlToHttpOptions(new URL(shop.url)), path }, (answer) => {
        let text = ''
        answer.on('data', (chunk: Buffer) => (text += chunk)).on('end', () => resolve(text))
      })
      sent.on('error', reject).end()
    })
    expect(told).not.toMatch(/"qiaofu"|root:/)
  })

  test.each(['/api/02/products', '/api/02/nothing', '/', '/assets/gone.js', '/openapi.json'])(
    '%s cannot be framed, sniffed or run scripts of others, and does not say what serves it',
    async (path) => {
      const { headers } = await callApi(shop, 'GET', path)
      expect(headers.get('x-frame-options')).toBe('DENY')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      const policy = headers.get('content-security-policy')!.split(';')
      for (const part of [
        "default-src 'self'",
        "script-src 'self' https://res.wx.qq.com",
        'frame-src weixin:',
        "frame-ancestors 'none'",
      ])
        expect(policy).toContain(part)
      expect(headers.get('x-powered-by')).toBeNull()
      expect(headers.get('access-control-allow-origin')).toBeNull()
    },
  )
})

describe('a browser of this machine', () => {
  const open = (host: string, path: string) =>
    new Promise<{ status: number | undefined; location: string | undefined }>((resolve, reject) =>
      request(shop.url + path, { headers: { host } }, (response) => {
        response.resume()
        resolve({ status: response.statusCode, location: response.headers.location })
      })
        .once('error', reject)
        .end(),
    )

  test('that names another host signs in through the configured address all the same', async () => {
    const { status, location } = await open('shop.evil.example', '/api/01/oauth/start')
    expect(status).toBe(302)
    expect(new URL(location!).searchParams.get('redirect_uri')).toBe(`${shop.url}/api/01/oauth/callback`)
    expect(location).not.toContain('evil')
  })

  test('that comes by the name localhost is sent to the address whose posts are taken, page and all', async () => {
    const { port, host } = new URL(shop.url)
    expect(await open(`localhost:${port}`, '/orders?entry=01')).toEqual({
      status: 302,
      location: `${shop.url}/orders?entry=01`,
    })
    for (const other of [
      host,
      `localhost:${Number(port) + 1}`,
      'shop.example',
      `localhost:${port}.evil.example`,
    ])
      expect((await open(other, '/orders')).location).toBeUndefined()
  })
})
