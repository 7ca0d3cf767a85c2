import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { BindCode, Me, Session, WebViewTicket } from '../../contract/session.ts'
import { limits } from '../../server/config/limits.ts'
import { callApi, cookieOf, loginCode, signIn, type ApiAnswer, type Customer } from '../support/customer.ts'
import { fingerprint, rowsOf } from '../support/fingerprint.ts'
import { expectProblem } from '../support/problem.ts'
import { openShop, type Shop } from '../support/shop.ts'

const minuteMs = 60_000
let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.close())

const times = <T>(count: number, act: () => Promise<T>) => Promise.all(Array.from({ length: count }, act))
const statusesOf = (answers: ApiAnswer[]) => answers.map(({ status }) => status).toSorted()
/** Nothing was written in between. */
const expectNoTrace = async (act: () => Promise<unknown>) => {
  const before = await fingerprint(shop)
  await act()
  expect(await fingerprint(shop)).toEqual(before)
}

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
    await expectNoTrace(async () => {
      expect(expectProblem(await post(used), 401).code).toBe('code-spent')
      expect(expectProblem(await post(foreign), 401).code).toBe('code-spent')
      expect(expectProblem(await post('0'.repeat(32)), 401).code).toBe('code-spent')
    })
    await shop.advance(5 * minuteMs)
    await expectNoTrace(async () => expect(expectProblem(await post(late), 401).code).toBe('code-spent'))
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
    await expectNoTrace(async () => expectProblem(await post(code), 400))
    expect((await shop.sandbox.control('/calls')).body.calls).toHaveLength(calls.length)
  })

  test('is not for the official account', async () => {
    expectProblem(await post(await loginCode(shop, 'alice'), '01'), 404)
  })

  test('ends after seven days, to the second', async () => {
    const alice = await signIn(shop, 'alice')
    await shop.advance(limits.sessionLifetimeMs - 5_000)
    expect((await alice.get('/me')).status).toBe(200)
    await shop.advance(5_001)
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
    expect(statusesOf(await times(20, () => redeem(ticket)))).toEqual([200, ...Array(19).fill(401)])
    await expectNoTrace(async () =>
      expect(expectProblem(await redeem(ticket), 401).code).toBe('ticket-spent'),
    )
  })

  test('lives a minute', async () => {
    const [early, late] = [await issue(), await issue()]
    await shop.advance(minuteMs - 5_000)
    expect((await redeem(early)).status).toBe(200)
    await shop.advance(6_000)
    await expectNoTrace(async () => expect(expectProblem(await redeem(late), 401).code).toBe('ticket-spent'))
  })

  test('is worth nothing at another door, and is not spent by the try', async () => {
    const ticket = await issue()
    expectProblem(await redeem(ticket, '01'), 401)
    expect((await redeem(ticket)).status).toBe(200)
  })

  test.each([['garbage'], ['A'.repeat(22)], ['__proto__'], ['é'.repeat(20)]])('is not %s', async (ticket) => {
    await expectNoTrace(async () => expectProblem(await redeem(ticket), 401))
  })

  test.each([[''], ['A'.repeat(65)], [7], [null], [{ $ne: '' }]])('is not %j either', async (ticket) => {
    await expectNoTrace(async () => expectProblem(await redeem(ticket), 400))
  })

  test('is only for the native side: a web-view cannot make itself another', async () => {
    const cookie = cookieOf((await redeem(await issue())).headers, 'qf_02')
    const ask = (headers: Record<string, string>) =>
      callApi(shop, 'POST', '/api/02/web-view-tickets', { body: {}, headers })
    expectProblem(await ask({ cookie }), 401)
    expectProblem(await ask({ authorization: `Bearer ${cookie.slice(6)}` }), 401)
  })
})

describe('a session', () => {
  test('belongs to its door: the cookie of 01 finds nothing at 02, nor under 02’s name', async () => {
    const started = await callApi(shop, 'GET', '/api/01/oauth/start')
    const cookie = (await walk(started.headers, 'alice')).cookie!
    const me = (entry: string, headers: Record<string, string>) =>
      callApi<Me>(shop, 'GET', `/api/${entry}/me`, { headers })
    expect((await me('01', { cookie })).body.entry).toEqual({ code: '01', kind: 'official-account' })
    expectProblem(await me('02', { cookie }), 401)
    expectProblem(await me('02', { cookie: cookie.replace('qf_01', 'qf_02') }), 401)
    expectProblem(await me('01', { authorization: `Bearer ${cookie.slice(6)}` }), 401)
  })

  test('does not change hands: a bearer that is wrong is not helped by a cookie that is right', async () => {
    const started = await callApi(shop, 'GET', '/api/01/oauth/start')
    const { cookie } = await walk(started.headers, 'alice')
    const headers = { cookie: cookie!, authorization: `Bearer ${'A'.repeat(43)}` }
    expectProblem(await callApi(shop, 'GET', '/api/01/me', { headers }), 401)
  })
})

/** Goes to WeChat's page as this person and comes back with what our callback answers. */
async function walk(
  started: Headers,
  user: string,
  preSession: string | undefined = cookieOf(started, 'qf_pre_01'),
) {
  const back = await pathBack(started, user)
  const answer = await callApi(shop, 'GET', back, { headers: preSession ? { cookie: preSession } : {} })
  const cookie = answer.status === 302 ? cookieOf(answer.headers, 'qf_01') : undefined
  return { answer, cookie, location: answer.headers.get('location'), back }
}

async function pathBack(started: Headers, user: string): Promise<string> {
  const page = new URL(started.get('location')!)
  const asked = await shop.sandbox.get(page.pathname + page.search, { 'x-sandbox-user': user })
  const back = new URL(asked.headers.get('location')!)
  return back.pathname + back.search
}

describe('signing in at the official account', () => {
  const start = (to?: string, headers: Record<string, string> = {}) =>
    callApi(shop, 'GET', `/api/01/oauth/start${to === undefined ? '' : `?to=${encodeURIComponent(to)}`}`, {
      headers,
    })
  const exchanges = async () => {
    const { calls } = (await shop.sandbox.control('/calls')).body as { calls: { url: string }[] }
    return calls.filter(({ url }) => url.startsWith('/sns/oauth2/access_token')).length
  }

  test('sends the browser to WeChat with an address of the configuration, whatever host it names', async () => {
    const { status, headers } = await start('/orders', { 'x-forwarded-host': 'evil.example' })
    expect(status).toBe(302)
    const location = headers.get('location')!
    expect(location).toMatch(/#wechat_redirect$/)
    const page = new URL(location)
    expect([...page.searchParams.keys()]).toEqual([
      'appid',
      'redirect_uri',
      'response_type',
      'scope',
      'state',
    ])
    expect(page.searchParams.get('redirect_uri')).toBe(`${shop.url}/api/01/oauth/callback`)
    expect(page.searchParams.get('state')).toMatch(/^[0-9a-f]{40}$/)
    expect(headers.getSetCookie()[0]).toMatch(
      /^qf_pre_01=[^;]{43}; Max-Age=300; Path=\/api\/01;.*HttpOnly; SameSite=Lax$/,
    )
  })

  test('ends where it began, with a new session', async () => {
    const first = await walk((await start('/orders?state=paid')).headers, 'alice')
    expect(first.location).toBe('/orders?state=paid')
    const second = await walk((await start()).headers, 'alice')
    expect(second.location).toBe('/')
    expect(second.cookie).not.toBe(first.cookie)
  })

  test('is refused with a state that is unknown, of another browser, or too old', async () => {
    const { headers } = await start()
    const preSession = cookieOf(headers, 'qf_pre_01')
    const other = cookieOf((await start()).headers, 'qf_pre_01')
    const back = await pathBack(headers, 'alice')
    const call = (path: string, cookie?: string) =>
      callApi(shop, 'GET', path, { headers: cookie ? { cookie } : {} })
    const asked = await exchanges()
    await expectNoTrace(async () => {
      expectProblem(await call(back.replace(/state=..../, 'state=0000'), preSession), 401)
      expectProblem(await call(back, other), 401)
      expectProblem(await call(back), 401)
      expectProblem(await call(back.replace('/api/01/', '/api/02/'), preSession), 401)
      expectProblem(await call(back.replace('/api/01/', '/api/02/'), preSession.replace('01', '02')), 401)
      expectProblem(await call(back.replace(/state=.*/, 'state=x'), preSession), 400)
      expectProblem(await call(`${back}&state=${'0'.repeat(40)}`, preSession), 400)
    })
    await shop.advance(5 * minuteMs)
    await expectNoTrace(async () => expectProblem(await call(back, preSession), 401))
    expect(await exchanges()).toBe(asked)
  })

  test('that WeChat calls back twice at once exchanges the code once and signs both in', async () => {
    const { headers } = await start('/orders')
    const cookie = cookieOf(headers, 'qf_pre_01')
    const back = await pathBack(headers, 'alice')
    const asked = await exchanges()
    const answers = await times(3, () => callApi(shop, 'GET', back, { headers: { cookie } }))
    expect(await exchanges()).toBe(asked + 1)
    for (const answer of answers) {
      expect(answer.headers.get('location')).toBe('/orders')
      const me = await callApi(shop, 'GET', '/api/01/me', {
        headers: { cookie: cookieOf(answer.headers, 'qf_01') },
      })
      expect(me.status).toBe(200)
    }
    await shop.advance(minuteMs + 1)
    expectProblem(await callApi(shop, 'GET', back, { headers: { cookie } }), 401)
  })

  test('that one browser began twice ends well both times', async () => {
    const first = await start('/orders')
    const cookie = cookieOf(first.headers, 'qf_pre_01')
    const second = await start('/me', { cookie })
    const browser = cookieOf(second.headers, 'qf_pre_01')
    expect((await walk(first.headers, 'alice', browser)).location).toBe('/orders')
    expect((await walk(second.headers, 'alice', browser)).location).toBe('/me')
    const garbage = await start('/', { cookie: 'qf_pre_01=x' })
    expect(cookieOf(garbage.headers, 'qf_pre_01')).not.toBe('qf_pre_01=x')
  })

  test('is not for the mini-program', async () => {
    expectProblem(await callApi(shop, 'GET', '/api/02/oauth/start'), 404)
  })

  test.each([
    ['//evil.example'],
    ['///evil.example'],
    ['/\\evil.example'],
    ['\\\\evil.example'],
    ['/\t/evil.example'],
    ['/\n/evil.example'],
    ['/.//evil.example'],
    ['/a/..//evil.example'],
    ['/%0d%0aSet-Cookie:x=1'],
    ['/\r\nSet-Cookie: x=1'],
    ['https://evil.example'],
    ['https:evil.example'],
    ['javascript:alert(1)'],
    ['@evil.example'],
    ['.evil.example'],
    ['/@evil.example'],
    ['/／evil.example'],
    ['/%5cevil.example'],
    ['/%2f%2fevil.example'],
    ['evil'],
    [''],
    [`/${'a'.repeat(2_000)}`],
  ])('never leads from %j to another site', async (to) => {
    const { location, answer } = await walk((await start(to)).headers, 'alice')
    expect(location).toMatch(/^\/(?![/\\])[\x21-\x7e]*$/)
    expect(new URL(location!, shop.url).origin).toBe(shop.url)
    expect(answer.headers.getSetCookie()).toHaveLength(1)
  })
})

describe('a bind code', () => {
  const show = async (who: Customer) => (await who.post<BindCode>('/bind-codes')).body.code
  const enter = (who: Customer, code: unknown) => who.post<Me>('/bindings', { code })
  const person = async (id: string) => {
    await shop.sandbox.control('/users', { id, name: id, balanceFen: 1_000_000 })
    return id
  }
  /** Somebody who came in by both doors and is two accounts so far. */
  const twoDoors = async (id: string) => {
    await person(id)
    const [native, web] = [await signInAs(id, 'mini-program'), await signInAs(id, 'official-account')]
    return { native, web }
  }
  const signInAs = async (id: string, kind: 'mini-program' | 'official-account') => {
    const { users } = (await shop.sandbox.control('/users')).body
    const openids = users.find((user: { id: string }) => user.id === id).openids
    const known = shop.sandbox.openid
    shop.sandbox.openid = (user, appid) => (user === id ? openids[appid] : known(user, appid))
    return signIn(shop, id, kind)
  }
  beforeAll(() => shop.restart())

  test('joins the two accounts of one person, with the orders of both, for both doors and for later', async () => {
    const { native, web } = await twoDoors('binder-1')
    const [first, second] = [await native.order(), await web.order('tea-puer', 2)]
    expect((await web.get(`/orders/${first.id}`)).status).toBe(404)
    const code = await show(native)
    expect(code).toMatch(/^[0-9]{8}$/)
    const bound = await enter(web, code)
    expect(bound).toMatchObject({ status: 200, body: { joined: true, entry: { code: '01' } } })
    for (const who of [
      native,
      web,
      await signIn(shop, 'binder-1'),
      await signIn(shop, 'binder-1', 'official-account'),
    ]) {
      const { orders } = (await who.get<{ orders: { id: string }[] }>('/orders')).body
      expect(orders.map(({ id }) => id).toSorted()).toEqual([first.id, second.id].toSorted())
      expect((await who.get<Me>('/me')).body.joined).toBe(true)
    }
  })

  test('takes along what is under way: keys, tickets and codes', async () => {
    const { native, web } = await twoDoors('binder-2')
    const headers = { 'idempotency-key': 'a-key-of-binder-2-here' }
    const lines = [{ productId: 'tea-puer', quantity: 1 }]
    const placed = await native.post<{ id: string }>('/orders', { lines }, headers)
    const { ticket } = (await native.post<WebViewTicket>('/web-view-tickets')).body
    const ofNative = await show(native)
    expect((await enter(native, await show(web))).status).toBe(200)
    expect(await native.post('/orders', { lines }, headers)).toMatchObject({ status: 200, body: placed.body })
    const entered = await callApi<Me>(shop, 'POST', '/api/02/web-sessions', { body: { ticket } })
    expect(entered.body.displayName).toBe((await web.get<Me>('/me')).body.displayName)
    expect(expectProblem(await enter(web, ofNative), 400).detail).toContain('自己的绑定码')
  })

  test('is used once, lives five minutes, and is eight digits', async () => {
    const { native, web } = await twoDoors('binder-3')
    const other = await signInAs(await person('binder-4'), 'official-account')
    const [used, late] = [await show(native), await show(native)]
    expect((await enter(web, used)).status).toBe(200)
    await expectNoTrace(async () => {
      expectProblem(await enter(other, used), 400)
      expectProblem(await enter(other, '1234567'), 400)
      expectProblem(await enter(other, 12_345_678), 400)
    })
    await shop.advance(5 * minuteMs)
    await expectNoTrace(async () => expectProblem(await enter(other, late), 400))
  })

  test('of one’s own is refused and stays good for the other door', async () => {
    await shop.restart()
    const { native, web } = await twoDoors('binder-5')
    const code = await show(native)
    await expectNoTrace(async () =>
      expect(expectProblem(await enter(native, code), 400).detail).toContain('请在另一端输入'),
    )
    expect((await enter(web, code)).status).toBe(200)
  })

  test('joins two who type in each other’s at the same moment, and loses nothing', async () => {
    await shop.restart()
    const { native, web } = await twoDoors('binder-6')
    const [first, second] = [await native.order(), await web.order()]
    const [ofNative, ofWeb] = [await show(native), await show(web)]
    const answers = await Promise.all([enter(native, ofWeb), enter(web, ofNative)])
    expect(statusesOf(answers)).toEqual([200, 400])
    for (const who of [native, web])
      expect(
        (await who.get<{ orders: { id: string }[] }>('/orders')).body.orders.map(({ id }) => id).toSorted(),
      ).toEqual([first.id, second.id].toSorted())
  })

  test('joins one account, however many try it at once; five wrong tries a minute are enough', async () => {
    await shop.restart()
    const { native, web } = await twoDoors('binder-7')
    const code = await show(native)
    const answers = await times(4, () => enter(web, code))
    expect(statusesOf(answers).filter((status) => status === 200)).toHaveLength(1)
    await shop.restart()
    const tries = await times(40, () => enter(web, '00000000'))
    expect(statusesOf(tries).filter((status) => status === 400)).toHaveLength(limits.bindTriesPerMinute)
    expectProblem(await enter(web, '00000000'), 429)
  })
})
