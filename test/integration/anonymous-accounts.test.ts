import { describe, expect, test } from 'vitest'
import type { Problem } from '../../contract/problem.ts'
import type { Me } from '../../contract/session.ts'
import { limits } from '../../server/config/limits.ts'
import { transact } from '../../server/store/database.ts'
import { forgetUnlaunchedOrders } from '../../server/store/prune-orders.ts'
import { forgetIdleBrowsers } from '../../server/store/prune.ts'
import { callApi, cookieOf, joinAccounts, newKey, signIn } from '../support/customer.ts'
import { moneyStage } from '../support/money-stage.ts'
import { until } from '../support/until.ts'
import { moveTo, visit } from '../support/visitor.ts'

const stage = moneyStage({ behindProxy: true })

describe('an anonymous account', () => {
  test('is one browser’s: another one sees nothing of it and can do nothing with it', async () => {
    const [own, other] = [await visit(stage.shop, '04'), await visit(stage.shop, '04')]
    const order = await own.order()
    const payment = await own.pay(order.id)
    for (const path of [`/orders/${order.id}`, `/orders/${order.id}/result`, `/payments/${payment.id}`])
      expect((await other.get(path)).status).toBe(404)
    for (const path of [`/orders/${order.id}/payments`, `/payments/${payment.id}/launch`])
      expect((await other.post(path)).status).toBe(404)
    expect((await other.get<{ orders: unknown[] }>('/orders')).body.orders).toEqual([])
  })

  test('is kept by a browser that comes again, and its cookie is of no use to scripts or other doors', async () => {
    const visitor = await visit(stage.shop, '03')
    const me = (await visitor.get<Me>('/me')).body
    const again = await visitor.post<Me>('/browser-sessions')
    expect(again.headers.getSetCookie()).toEqual([])
    expect(again.body).toEqual(me)
    expect(me).toMatchObject({ entry: { code: '03', kind: 'mobile-browser' }, joined: false })
    const fresh = await callApi(stage.shop, 'POST', '/api/03/browser-sessions', { body: {} })
    expect(fresh.headers.getSetCookie()[0]).toMatch(
      /^qf_03=[\w-]{43}; Max-Age=\d+; Path=\/api\/03; .*HttpOnly; SameSite=Lax/,
    )
    expect((await callApi(stage.shop, 'GET', '/api/04/me', { headers: visitor.credentials })).status).toBe(
      401,
    )
  })

  test('is joined by a bind code, and then its orders are seen at the other door', async () => {
    const desk = await visit(stage.shop, '04')
    const order = await desk.order()
    const alice = await signIn(stage.shop, 'alice')
    expect((await joinAccounts(alice, desk)).joined).toBe(true)
    expect((await alice.detail(order.id)).id).toBe(order.id)
    expect((await desk.detail(order.id)).id).toBe(order.id)
  })

  test('on a shared computer ends with the browser, or after two hours, whoever has kept its cookie', async () => {
    const open = (body: object, headers = {}) =>
      callApi<Me>(stage.shop, 'POST', '/api/04/browser-sessions', { body, headers })
    const made = await open({ isShared: true })
    expect(made.body.isShared).toBe(true)
    expect(made.headers.getSetCookie()[0]).toMatch(
      /^qf_04=[\w-]{43}; Path=\/api\/04; HttpOnly; SameSite=Lax$/,
    )
    // Said later, of a session that was meant to last.
    const desk = await visit(stage.shop, '04')
    const order = await desk.order()
    const said = await open({ isShared: true }, desk.credentials)
    const cookie = cookieOf(said.headers, 'qf_04')
    expect(said.headers.getSetCookie()[0]).not.toMatch(/Max-Age|Expires/)
    const read = () =>
      callApi(stage.shop, 'GET', `/api/04/orders/${order.id}`, { headers: { ...desk.credentials, cookie } })
    expect((await read()).status).toBe(200)
    expect((await desk.get('/me')).status).toBe(401)
    await stage.shop.advance(limits.sharedSessionLifetimeMs)
    expect((await read()).status).toBe(401)
  })

  test('signs out like any other', async () => {
    const desk = await visit(stage.shop, '04')
    expect((await desk.post('/session/end')).status).toBe(200)
    expect((await desk.get('/me')).status).toBe(401)
  })

  test.each(['01', '02'])('is not made at door %s, where WeChat says who somebody is', async (entry) => {
    expect((await callApi(stage.shop, 'POST', `/api/${entry}/browser-sessions`, { body: {} })).status).toBe(
      404,
    )
  })

  test('cannot be made without end from one network, by however many requests at once', async () => {
    const from = { 'x-forwarded-for': '198.51.100.200' }
    const make = () =>
      callApi<Problem>(stage.shop, 'POST', '/api/03/browser-sessions', { body: {}, headers: from })
    const count = async () => (await stage.books.rows('select from accounts')).length
    const before = await count()
    const answers = await Promise.all(Array.from({ length: limits.browserSessionsPerMinute + 20 }, make))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(limits.browserSessionsPerMinute)
    expect((await count()) - before).toBe(limits.browserSessionsPerMinute)
    // Whoever has an account already goes on shopping.
    const elsewhere = await visit(stage.shop, '03', '192.0.2.201')
    const here = moveTo(stage.shop, elsewhere, '198.51.100.200')
    expect(
      (await here.post('/orders', { lines: [{ productId: 'tea-puer', quantity: 1 }] }, newKey())).status,
    ).toBe(201)
  })
})

test('an anonymous account that has bought nothing for a week is forgotten; one with an order is not', async () => {
  const [idle, buyer, joined] = [
    await visit(stage.shop, '04'),
    await visit(stage.shop, '04'),
    await visit(stage.shop, '04'),
  ]
  await buyer.order()
  await joinAccounts(await signIn(stage.shop, 'bob'), joined)
  const accountsBefore = (await stage.books.rows('select from accounts')).length
  const { db } = stage.shop.server.services
  const forget = (before: number) => transact(db, (writer) => forgetIdleBrowsers(writer, new Date(before)))
  await forget(Date.now() - 3_600_000)
  expect((await idle.get('/me')).status).toBe(200)
  await forget(Date.now() + 7 * 24 * 3_600_000)
  expect(await Promise.all([idle, buyer, joined].map(async (who) => (await who.get('/me')).status))).toEqual([
    401, 200, 200,
  ])
  expect((await stage.books.rows('select from accounts')).length).toBeLessThan(accountsBefore)
})

test('an order that closed without a cashier ever opened is deleted after a month, with its history; others stay', async () => {
  const { shop, books } = stage
  const browser = await visit(shop, '04')
  const ids = {
    untouched: (await browser.order()).id,
    started: (await browser.order()).id,
    launched: (await browser.order()).id,
  }
  await browser.pay(ids.started)
  await browser.launch((await browser.pay(ids.launched)).id)
  await shop.advance(40 * 60_000)
  const states = () =>
    Promise.all(
      Object.values(ids).map(
        async (id) =>
          (await books.rows<{ state: string }>('select state from orders where order_id = $1', [id]))[0]
            ?.state,
      ),
    )
  await until(async () => (await states()).every((state) => state === 'closed'))
  const { db, clock } = shop.server.services
  const forget = (ageMs: number) =>
    transact(db, (writer) => forgetUnlaunchedOrders(writer, new Date(clock.now().getTime() - ageMs)))
  await forget(3_600_000)
  expect(await states()).toEqual(['closed', 'closed', 'closed'])
  await forget(0)
  expect(await states()).toEqual([undefined, undefined, 'closed'])
  const history = await books.rows('select distinct order_id from history where order_id = any($1)', [
    Object.values(ids),
  ])
  expect(history).toEqual([{ order_id: ids.launched }])
})
