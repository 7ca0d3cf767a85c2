import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Me, Session, WebViewTicket } from '../../contract/session.ts'
import { limits } from '../../server/config/limits.ts'
import { userAgentOfClient } from '../../sandbox/phone/user-agents.ts'
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
      isShared: false,
      isJoinedBrowser: false,
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

  test('is ended by signing out', async () => {
    const alice = await signIn(shop, 'alice')
    expect((await alice.post('/session/end')).body).toEqual({ ended: true })
    expectProblem(await alice.get('/me'), 401)
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

  test('is dropped unspent by a browser that is not WeChat’s: no link signs its visitor in', async () => {
    const ticket = await issue()
    const open = (userAgent: string) =>
      callApi<Me>(shop, 'POST', '/api/02/web-sessions', {
        body: { ticket },
        headers: { 'user-agent': userAgent },
      })
    await expectNoTrace(shop, async () => {
      for (const userAgent of [
        'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Safari/604.1',
        'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/137.0.0.0 Safari/537.36',
        'Mozilla/5.0 (Linux; Android 15) MicroMessenger/7.0.1 wxwork/4.1.0',
      ])
        expect(expectProblem(await open(userAgent), 403).code).toBe('outside-mini-program')
    })
    const iphone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) MicroMessenger/8.0.60'
    expect((await open(iphone)).status).toBe(200)
  })

  test('signs in the web-view of a mini-program that runs in WeCom', async () => {
    const { status } = await callApi<Me>(shop, 'POST', '/api/02/web-sessions', {
      body: { ticket: await issue() },
      headers: { 'user-agent': userAgentOfClient('WeChat mini-program in WeCom, Android') },
    })
    expect(status).toBe(200)
  })

  test('of another person ends the session that the web-view had, spent or not', async () => {
    const bob = await signIn(shop, 'bob')
    const enter = (ticket: string, cookie?: string) =>
      callApi<Me>(shop, 'POST', '/api/02/web-sessions', {
        body: { ticket },
        headers: cookie ? { cookie } : {},
      })
    const me = (cookie: string) => callApi<Me>(shop, 'GET', '/api/02/me', { headers: { cookie } })
    const alices = cookieOf((await enter(await issue())).headers, 'qf_02')
    const { ticket } = (await bob.post<WebViewTicket>('/web-view-tickets')).body
    const bobs = cookieOf((await enter(ticket, alices)).headers, 'qf_02')
    expect((await me(bobs)).body.displayName).toBe((await bob.get<Me>('/me')).body.displayName)
    expectProblem(await me(alices), 401)
    const again = cookieOf((await enter(await issue())).headers, 'qf_02')
    const refused = await enter(ticket, again)
    expect(expectProblem(refused, 401).code).toBe('ticket-spent')
    expect(refused.headers.getSetCookie()[0]).toMatch(/^qf_02=;/)
    expectProblem(await me(again), 401)
  })

  test('of the same person keeps the session that the web-view had', async () => {
    const enter = async (cookie?: string) =>
      callApi<Me>(shop, 'POST', '/api/02/web-sessions', {
        body: { ticket: await issue() },
        headers: cookie ? { cookie } : {},
      })
    const cookie = cookieOf((await enter()).headers, 'qf_02')
    expect((await enter(cookie)).headers.getSetCookie()).toEqual([])
  })

  test('is only for the native side: a web-view cannot make itself another', async () => {
    const cookie = cookieOf((await redeem(await issue())).headers, 'qf_02')
    const ask = (headers: Record<string, string>) =>
      callApi(shop, 'POST', '/api/02/web-view-tickets', { body: {}, headers })
    expectProblem(await ask({ cookie }), 401)
    expectProblem(await ask({ authorization: `Bearer ${cookie.slice(6)}` }), 401)
  })
})
