import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Me, Session, WebViewTicket } from '../../contract/session.ts'
import { limits } from '../../server/config/limits.ts'
import { callApi, cookieOf, loginCode, signIn, statusesOf, type Customer } from '../support/customer.ts'
import { expectNoTrace, rowsOf } from '../support/fingerprint.ts'
import { expectProblem } from '../support/problem.ts'
import { atOnce } from '../support/rounds.ts'
import { openShop, type Shop } from '../support/shop.ts'

const minuteMs = 60_000
let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.close())

describe('signing in the mini-program', () => {
  const post = (code: unknown, entry = '02') =>
    callApi<Session>(shop, 'POST', `/api/${entry}/sessions`, { body: { code } })

  test('gives a token for one code, and says nothing that WeChat knows somebody by', async () => {
    const answer = await post(await loginCode(shop, 'alice'))
    expect(answer.status).toBe(201)
    expect(answer.headers.get('cache-control')).toBe('no-store, private')
    expect(Object.keys(answer.body).toSorted()).toEqual(['expiresAt', 'me', 'token'])
    expect(answer.body.me).toEqual({
      displayName: expect.stringMatching(/^用户 [0-9A-Z]{6}$/),
      entry: { code: '02', kind: 'mini-program' },
      joined: false,
    })
    const tokens = (await rowsOf(shop, 'sessions')).map((row) => JSON.stringify(row))
    expect(tokens.join()).not.toContain(answer.body.token)
  })

  test('refuses a code that was used, is another app’s, unknown or older than five minutes', async () => {
    const used = await loginCode(shop, 'alice')
    expect((await post(used)).status).toBe(201)
    const late = await loginCode(shop, 'alice')
    const foreign = await loginCode(shop, 'alice', 'official-account')
    await expectNoTrace(shop, async () => {
      expect(expectProblem(await post(used), 401).code).toBe('code-spent')
      expect(expectProblem(await post(foreign), 401).code).toBe('code-spent')
      expect(expectProblem(await post('0'.repeat(32)), 401).code).toBe('code-spent')
    })
    await shop.advance(5 * minuteMs)
    await expectNoTrace(shop, async () =>
      expect(expectProblem(await post(late), 401).code).toBe('code-spent'),
    )
  })

  test.each([
    [
      'judges the person a risk',
      '/users/bob',
      { isHighRisk: true },
      { isHighRisk: false },
      403,
      '联系微信客服',
    ],
    [
      'has been asked too often',
      '/apps/MINI',
      { codesAMinute: 0 },
      { codesAMinute: 100 },
      429,
      '一分钟后再试',
    ],
    [
      'is busy',
      '/rules',
      { match: { api: 'jscode2session', times: 1 }, effect: { error: '-1' } },
      null,
      504,
      '请',
    ],
  ])('says so when WeChat %s', async (_what, path, changes, before, status, words) => {
    const route = path.replace('MINI', shop.appids['mini-program'])
    const code = await loginCode(shop, 'bob')
    await shop.sandbox.control(route, changes)
    await expectNoTrace(shop, async () => {
      const { detail, title } = expectProblem(await post(code), status)
      expect(detail ?? title).toContain(words)
    })
    if (before) await shop.sandbox.control(route, before)
    expect((await post(await loginCode(shop, 'bob'))).status).toBe(201)
  })

  test.each([
    ['with a quote', `"abc`],
    ['with another parameter in it', 'abc&appid=wx0'],
    ['that is empty', ''],
    ['of 129 characters', 'a'.repeat(129)],
    ['that is no text', 7],
    ['that is missing', undefined],
  ])('asks WeChat nothing about a code %s', async (_what, code) => {
    const { calls } = (await shop.sandbox.control('/calls')).body
    await expectNoTrace(shop, async () => expectProblem(await post(code), 400))
    expect((await shop.sandbox.control('/calls')).body.calls).toHaveLength(calls.length)
  })

  test('is not for the official account', async () => {
    expectProblem(await post(await loginCode(shop, 'alice'), '01'), 404)
  })

  test('ends after seven days, and not a minute before', async () => {
    const alice = await signIn(shop, 'alice')
    await shop.advance(limits.sessionLifetimeMs - minuteMs)
    expect((await alice.get('/me')).status).toBe(200)
    await shop.advance(minuteMs)
    expectProblem(await alice.get('/me'), 401)
  })
})

describe('the ticket for the web-view', () => {
  let alice: Customer
  const redeem = (ticket: unknown, entry = '02') =>
    callApi<Me>(shop, 'POST', `/api/${entry}/web-sessions`, { body: { ticket } })
  const issue = async () => (await alice.post<WebViewTicket>('/web-view-tickets')).body.ticket
  beforeAll(async () => {
    alice = await signIn(shop, 'alice')
  })

  test('opens a session of the same person, in a cookie that scripts and other doors do not see', async () => {
    const order = await alice.order()
    const answer = await redeem(await issue())
    expect(answer.status).toBe(200)
    const set = answer.headers.getSetCookie()
    expect(set).toHaveLength(1)
    expect(set[0]).toMatch(
      /^qf_02=[A-Za-z0-9_-]{43}; Max-Age=604800; Path=\/api\/02; Expires=.*; HttpOnly; SameSite=Lax$/,
    )
    expect(JSON.stringify(answer.body)).not.toContain(set[0]!.slice(6, 49))
    const cookie = cookieOf(answer.headers, 'qf_02')
    const read = await callApi(shop, 'GET', `/api/02/orders/${order.id}`, { headers: { cookie } })
    expect(read.status).toBe(200)
  })

  test('is of one use, however many try at once', async () => {
    const ticket = await issue()
    expect(statusesOf(await atOnce(() => redeem(ticket), 20))).toEqual([200, ...Array(19).fill(401)])
    await expectNoTrace(shop, async () =>
      expect(expectProblem(await redeem(ticket), 401).code).toBe('ticket-spent'),
    )
  })

  test('lives a minute', async () => {
    const [early, late] = [await issue(), await issue()]
    await shop.advance(minuteMs / 2)
    expect((await redeem(early)).status).toBe(200)
    await shop.advance(minuteMs / 2)
    await expectNoTrace(shop, async () =>
      expect(expectProblem(await redeem(late), 401).code).toBe('ticket-spent'),
    )
  })

  test('is worth nothing at another door, and is not spent by the try', async () => {
    const ticket = await issue()
    expectProblem(await redeem(ticket, '01'), 401)
    expect((await redeem(ticket)).status).toBe(200)
  })

  test.each([['garbage'], ['A'.repeat(22)], ['__proto__'], ['é'.repeat(20)]])('is not %s', async (ticket) => {
    await expectNoTrace(shop, async () => expectProblem(await redeem(ticket), 401))
  })

  test.each([[''], ['A'.repeat(65)], [7], [null], [{ $ne: '' }]])('is not %j either', async (ticket) => {
    await expectNoTrace(shop, async () => expectProblem(await redeem(ticket), 400))
  })

  test('is only for the native side: a web-view cannot make itself another', async () => {
    const cookie = cookieOf((await redeem(await issue())).headers, 'qf_02')
    const ask = (headers: Record<string, string>) =>
      callApi(shop, 'POST', '/api/02/web-view-tickets', { body: {}, headers })
    expectProblem(await ask({ cookie }), 401)
    expectProblem(await ask({ authorization: `Bearer ${cookie.slice(6)}` }), 401)
  })
})
