import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { BindCode, Session, WebViewTicket } from '../../contract/session.ts'
import type { ShippingRequest } from '../../contract/shipping.ts'
import { sql } from 'kysely'
import { callApi, cookieOf, loginCode, newKey, signIn } from '../support/customer.ts'
import type { Customer } from '../support/customer.ts'
import { mchid, openShop, type Shop } from '../support/shop.ts'
import { until } from '../support/until.ts'

let shop: Shop
/** Everything that must not be in a line, by what it is. */
const secrets = new Map<string, string>()
const keep = (what: string, value: string) => {
  if (value.length < 6) throw new Error(`no ${what} to look for`)
  secrets.set(`${what} ${secrets.size}`, value)
  return value
}

beforeAll(async () => {
  shop = await openShop()
  const merchant = shop.sandbox.merchant(mchid)
  keep('APIv3 key', merchant.apiV3Key)
  keep('private key', merchant.privateKeyPem.split('\n')[3]!)
  for (const { appsecret } of merchant.appids) keep('appsecret', appsecret)
  for (const user of ['alice', 'bob'])
    for (const appid of Object.values(shop.appids)) keep('openid', shop.sandbox.openid(user, appid))
  keep('database password', decodeURIComponent(new URL(shop.databaseUrl).password))
})
afterAll(() => shop.close())

const weather = (api: string, effect: Record<string, unknown>) =>
  shop.sandbox.control('/rules', { match: { api, times: 1 }, effect })

/** Signs in by every way there is, rightly and wrongly. */
async function comeIn() {
  const code = keep('login code', await loginCode(shop, 'alice'))
  const signedIn = await callApi<Session>(shop, 'POST', '/api/02/sessions', { body: { code } })
  const token = keep('token', signedIn.body.token)
  await callApi(shop, 'POST', '/api/02/sessions', { body: { code } })
  await callApi(shop, 'POST', '/api/02/sessions', { body: { code: `${code}"` } })
  await weather('jscode2session', { dropBefore: true })
  await callApi(shop, 'POST', '/api/02/sessions', {
    body: { code: keep('login code', await loginCode(shop, 'alice')) },
  })
  const headers = { authorization: `Bearer ${token}` }
  const issued = await callApi<WebViewTicket>(shop, 'POST', '/api/02/web-view-tickets', { body: {}, headers })
  const ticket = keep('ticket', issued.body.ticket)
  for (let use = 0; use < 2; use += 1) {
    const entered = await callApi(shop, 'POST', '/api/02/web-sessions', { body: { ticket } })
    if (use === 0) keep('cookie', cookieOf(entered.headers, 'qf_02').slice(6))
  }
  const started = await callApi(shop, 'GET', '/api/01/oauth/start?to=/orders')
  const page = new URL(started.headers.get('location')!)
  const state = keep('state', page.searchParams.get('state')!)
  const pre = keep('pre-session', cookieOf(started.headers, 'qf_pre_01').slice(10))
  const oauthCode = keep('OAuth code', await loginCode(shop, 'alice', 'official-account'))
  const callback = `/api/01/oauth/callback?code=${oauthCode}&state=${state}`
  for (const cookie of [`qf_pre_01=${pre.replace(/^./, '_')}`, `qf_pre_01=${pre}`])
    await callApi(shop, 'GET', callback, { headers: { cookie } })
}

/** An address that is stored, one that the shop does not ask for, and one that PostgreSQL refuses and tells the row of. */
async function orderWithShipping(alice: Customer, shipping: ShippingRequest) {
  const place = () =>
    alice.post('/orders', { lines: [{ productId: 'tea-puer', quantity: 1 }], shipping }, newKey())
  const statuses = [(await place()).status]
  await shop.restart((config) => ({ ...config, shippingFields: ['address', 'note'] }))
  statuses.push((await place()).status)
  const change = (sentence: string) => sql.raw(sentence).execute(shop.server.services.db)
  await change(`alter table order_shipping add constraint broken check (name = '') not valid`)
  statuses.push((await place()).status)
  await change('alter table order_shipping drop constraint broken')
  await shop.restart((config) => ({ ...config, shippingFields: [] }))
  expect(statuses).toEqual([400, 201, 500])
}

/** Orders and pays while everything goes wrong once. */
async function payInBadWeather() {
  const alice = await signIn(shop, 'alice')
  keep('token', alice.credentials.authorization!.slice(7))
  const bind = await alice.post<BindCode>('/bind-codes')
  const code = keep('bind code', bind.body.code)
  await alice.post('/bindings', { code })
  await (await signIn(shop, 'alice', 'official-account')).post('/bindings', { code })
  const address = {
    name: keep('name', '艾丽丝·沈清和·收'),
    phone: keep('phone', '13800138000'),
    region: '广东省 广州市 海珠区',
    detail: keep('street', '新港中路 397 号'),
  }
  const shipping = { address, note: keep('note', '放在门口的鞋柜里') }
  await alice.post('/address-picks', { pick: keep('pick', 'ab'.repeat(16)), address })
  await orderWithShipping(alice, shipping)
  const order = await alice.order()
  await weather('prepay', { dropAfter: true })
  await alice.post(`/orders/${order.id}/payments`)
  await weather('prepay', { error: 'NO_AUTH' })
  await alice.post(`/orders/${order.id}/payments`)
  const payment = await alice.pay(order.id)
  const launch = await alice.launch(payment.id)
  keep('prepay_id', launch.package.slice('prepay_id='.length))
  keep('paySign', launch.paySign)
  await alice.post(`/payments/${payment.id}/launch`, { openid: alice.openid })
  await weather('query', { corruptSignature: true })
  await alice.check(payment.id, 'cancel')
  await weather('notify', { alter: { 'payer.openid': shop.sandbox.openid('bob', alice.appid) } })
  await alice.cashier(launch, 'paid')
  await shop.advance(60_000)
  await until(async () => (await alice.result(order.id)).result === 'paid')
}

/** Something that nobody foresaw, of which PostgreSQL tells the whole row. */
async function breakTheStore() {
  const { db } = shop.server.services
  await sql`alter table identities add constraint broken check (openid = '') not valid`.execute(db)
  const broken = await callApi(shop, 'POST', '/api/02/sessions', {
    body: { code: await loginCode(shop, 'bob') },
  })
  await sql`alter table identities drop constraint broken`.execute(db)
  expect(broken.status).toBe(500)
  expect(JSON.stringify(broken.body)).not.toMatch(/identities|constraint|server\//)
}

describe('after a journey on which everything went wrong once, the log', () => {
  beforeAll(async () => {
    await comeIn()
    await payInBadWeather()
    await breakTheStore()
  })
  const lines = () => shop.logLines.map((line) => JSON.parse(line) as Record<string, unknown>)

  test('holds nothing that opens a door, pays, or names a person', () => {
    const text = shop.logLines.join('\n')
    expect(secrets.size).toBeGreaterThan(20)
    for (const [what, value] of secrets) {
      expect.soft(text.includes(value), what).toBe(false)
      expect.soft(text.includes(encodeURIComponent(value)), `${what}, encoded`).toBe(false)
    }
  })

  test('is one JSON object a line, with an instant and a sentence', () => {
    for (const line of lines())
      expect(line).toMatchObject({ time: expect.stringMatching(/^\d{4}-.*Z$/), msg: expect.any(String) })
  })

  test('has one line a request: method, path without its query, status and the number that the client was told', async () => {
    const missed = await callApi<{ requestId: string }>(shop, 'GET', '/api/02/nothing?code=abc')
    // The server's own rounds may write lines meanwhile.
    const line = await until(async () => lines().find(({ requestId }) => requestId === missed.body.requestId))
    expect(line).toMatchObject({ req: { method: 'GET', path: '/api/02/nothing' }, res: { status: 404 } })
  })

  test('warns once that requests come through a proxy that the configuration does not trust', async () => {
    for (let n = 0; n < 2; n += 1)
      await callApi(shop, 'GET', '/api/entries', { headers: { 'x-forwarded-for': '203.0.113.7' } })
    expect(lines().filter(({ msg }) => String(msg).startsWith('X-Forwarded-For is ignored'))).toHaveLength(1)
  })

  test('says what WeChat refused and what stayed unknown, so that somebody can act', () => {
    const said = lines()
    expect(said).toContainEqual(
      expect.objectContaining({ msg: 'WeChat Pay refused a request', channelCode: 'NO_AUTH' }),
    )
    expect(said).toContainEqual(
      expect.objectContaining({ msg: 'outcome of a WeChat Pay request is unknown' }),
    )
    expect(said).toContainEqual(
      expect.objectContaining({
        msg: 'unexpected',
        err: expect.objectContaining({ message: expect.stringContaining('broken') }),
      }),
    )
  })
})
