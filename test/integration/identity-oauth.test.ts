import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Me } from '../../contract/session.ts'
import { limits } from '../../server/config/limits.ts'
import { callApi, cookieOf } from '../support/customer.ts'
import { expectNoTrace } from '../support/fingerprint.ts'
import { expectProblem } from '../support/problem.ts'
import { atOnce } from '../support/rounds.ts'
import { openShop, type Shop } from '../support/shop.ts'

const minuteMs = 60_000
let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.close())

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

test('somebody in snapshot mode looks around as somebody else, and is themselves again afterwards', async () => {
  const signedIn = async () => {
    const started = await callApi(shop, 'GET', '/api/01/oauth/start')
    return { cookie: (await walk(started.headers, 'bob')).cookie! }
  }
  const me = async (headers: Record<string, string>) =>
    (await callApi<Me>(shop, 'GET', '/api/01/me', { headers })).body.displayName
  const before = await me(await signedIn())
  await shop.sandbox.control('/users/bob', { isSnapshot: true })
  const headers = await signedIn()
  expect(await me(headers)).not.toBe(before)
  const code = await callApi(shop, 'POST', '/api/01/bind-codes', { headers })
  expect(expectProblem(code, 403).code).toBe('virtual-account')
  await shop.sandbox.control('/users/bob', { isSnapshot: false })
  expect(await me(await signedIn())).toBe(before)
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
    await expectNoTrace(shop, async () => {
      expectProblem(await call(back.replace(/state=..../, 'state=0000'), preSession), 401)
      expectProblem(await call(back, other), 401)
      expectProblem(await call(back), 401)
      expectProblem(await call(back.replace('/api/01/', '/api/02/'), preSession), 401)
      expectProblem(await call(back.replace('/api/01/', '/api/02/'), preSession.replace('01', '02')), 401)
      expectProblem(await call(back.replace(/state=.*/, 'state=x'), preSession), 400)
      expectProblem(await call(`${back}&state=${'0'.repeat(40)}`, preSession), 400)
    })
    await shop.advance(5 * minuteMs)
    await expectNoTrace(shop, async () => expectProblem(await call(back, preSession), 401))
    expect(await exchanges()).toBe(asked)
  })

  test('that WeChat calls back twice at once exchanges the code once and signs both in', async () => {
    const { headers } = await start('/orders')
    const cookie = cookieOf(headers, 'qf_pre_01')
    const back = await pathBack(headers, 'alice')
    const asked = await exchanges()
    const answers = await atOnce(() => callApi(shop, 'GET', back, { headers: { cookie } }), 3)
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

  test('that fails shows a browser a page with a way on, and a script a problem', async () => {
    const path = `/api/01/oauth/callback?code=<script>&state=${'0'.repeat(40)}`
    const headers = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }
    const visited = await callApi<string>(shop, 'GET', path, { headers })
    expect(visited.status).toBe(400)
    expect(visited.headers.get('content-type')).toContain('text/html')
    expect(visited.body).toMatch(/<p>[^<]+。<\/p>\n<p><a href="\/">/)
    expect(visited.body).not.toContain('<script')
    expectProblem(await callApi(shop, 'GET', path), 400)
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
    ['/api/01/oauth/start'],
    ['/enter'],
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

describe('the browser of a person who is signed in', () => {
  const start = async (headers: Record<string, string> = {}) =>
    (await callApi(shop, 'GET', '/api/01/oauth/start?to=/orders', { headers })).headers
  const me = (cookie: string) => callApi<Me>(shop, 'GET', '/api/01/me', { headers: { cookie } })
  /** Walks once more with the cookies that a browser has. */
  const walkWith = async (cookie: string, user: string) => {
    const headers = await start({ cookie })
    const back = await pathBack(headers, user)
    const sent = `${cookie}; ${cookieOf(headers, 'qf_pre_01')}`
    return callApi(shop, 'GET', back, { headers: { cookie: sent } })
  }

  test('keeps its session when WeChat names the same person again', async () => {
    const cookie = (await walk(await start(), 'alice')).cookie!
    const again = await walkWith(cookie, 'alice')
    expect([again.status, again.headers.get('location')]).toEqual([302, '/orders'])
    expect(again.headers.getSetCookie()).toEqual([])
    expect((await me(cookie)).status).toBe(200)
  })

  test('is the other person’s from then on when WeChat names another, and the old session is over', async () => {
    const cookie = (await walk(await start(), 'alice')).cookie!
    const before = (await me(cookie)).body.displayName
    const changed = await walkWith(cookie, 'bob')
    const fresh = cookieOf(changed.headers, 'qf_01')
    expect((await me(fresh)).body.displayName).not.toBe(before)
    expectProblem(await me(cookie), 401)
  })

  test('goes on with its session while WeChat does not answer', async () => {
    const cookie = (await walk(await start(), 'alice')).cookie!
    const match = { api: 'oauth-token', times: 1 }
    await shop.sandbox.control('/rules', { match, effect: { error: '-1' } })
    const answer = await walkWith(cookie, 'bob')
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/orders'])
    expect((await me(cookie)).status).toBe(200)
  })

  test('that goes back to the callback later is sent on to the page', async () => {
    const headers = await start()
    const pre = cookieOf(headers, 'qf_pre_01')
    const { cookie, back } = await walk(headers, 'alice')
    await shop.advance(2 * minuteMs)
    const again = await callApi(shop, 'GET', back, { headers: { cookie: `${pre}; ${cookie}` } })
    expect([again.status, again.headers.get('location')]).toEqual([302, '/orders'])
    await shop.advance(10 * minuteMs)
    const late = await callApi(shop, 'GET', back, { headers: { cookie: cookie! } })
    expect([late.status, late.headers.get('location')]).toEqual([302, '/'])
  })

  test('signs out: the cookie is cleared, and a kept copy of it is worth nothing', async () => {
    const cookie = (await walk(await start(), 'alice')).cookie!
    const ended = await callApi(shop, 'POST', '/api/01/session/end', { body: {}, headers: { cookie } })
    expect(ended).toMatchObject({ status: 200, body: { ended: true } })
    expect(ended.headers.getSetCookie()[0]).toMatch(/^qf_01=; Path=\/api\/01; Expires=Thu, 01 Jan 1970/)
    expectProblem(await me(cookie), 401)
    expectProblem(await callApi(shop, 'POST', '/api/01/session/end', { body: {}, headers: { cookie } }), 401)
  })

  test('signs out: going back to the callback a moment later signs nobody in', async () => {
    const headers = await start()
    const jar = new Map([['qf_pre_01', cookieOf(headers, 'qf_pre_01')]])
    const { cookie, back } = await walk(headers, 'alice')
    jar.set('qf_01', cookie!)
    const ask = (method: string, path: string, body?: object) =>
      callApi(shop, method, path, { body, headers: { cookie: [...jar.values()].join('; ') } })
    const ended = await ask('POST', '/api/01/session/end', {})
    for (const cleared of ended.headers.getSetCookie()) jar.delete(cleared.split('=')[0]!)
    expectProblem(await ask('GET', back), 401)
  })
})

describe('an exchange that WeChat does not answer', () => {
  const begin = async () => {
    const { headers } = await callApi(shop, 'GET', '/api/01/oauth/start?to=/orders')
    return { headers, cookie: cookieOf(headers, 'qf_pre_01') }
  }
  const silence = (effect: object) =>
    shop.sandbox.control('/rules', { match: { api: 'oauth-token', times: 1 }, effect })

  test('does not spend the state: another callback with a good code signs in', async () => {
    const { headers, cookie } = await begin()
    const back = await pathBack(headers, 'alice')
    await silence({ dropAfter: true })
    expect(expectProblem(await callApi(shop, 'GET', back, { headers: { cookie } }), 504).code).toBe(
      'wechat-silent',
    )
    // The lost answer has spent the code at WeChat, and it is refused without harm.
    expectProblem(await callApi(shop, 'GET', back, { headers: { cookie } }), 401)
    const second = await walk(headers, 'alice', cookie)
    expect(second.location).toBe('/orders')
  })

  test('has a page of its own words with a way to try again', async () => {
    const { headers, cookie } = await begin()
    const back = await pathBack(headers, 'alice')
    await silence({ error: '-1' })
    const page = await callApi<string>(shop, 'GET', back, { headers: { cookie, accept: 'text/html' } })
    expect(page.body).toContain('微信登录暂时没有回应')
    expect(page.body).toMatch(/请求编号 <b>[0-9a-f-]{36}<\/b>/)
    expect(page.body).toContain('<a href="/api/01/oauth/start?to=%2Forders">重试</a>')
    await silence({ error: '-1' })
    const english = { cookie, accept: 'text/html', 'accept-language': 'en-GB,en;q=0.9,zh;q=0.5' }
    const same = await callApi<string>(shop, 'GET', back, { headers: english })
    expect(same.body).toContain('<html lang="en">')
    expect(same.body).toContain('<main>')
    expect(same.body).toContain('WeChat does not answer')
    expect(same.body).toMatch(/Request no\. <b>[0-9a-f-]{36}<\/b>/)
  })

  test('is tried no more than a few times for one state', async () => {
    const { headers, cookie } = await begin()
    const state = new URL(headers.get('location')!).searchParams.get('state')
    const before = await exchangesOf()
    for (let i = 0; i < limits.oauthExchangesOfStateCount + 3; i += 1) {
      const path = `/api/01/oauth/callback?code=${'0'.repeat(31)}${i}&state=${state}`
      expectProblem(await callApi(shop, 'GET', path, { headers: { cookie } }), 401)
    }
    expect((await exchangesOf()) - before).toBe(limits.oauthExchangesOfStateCount)
  })

  const exchangesOf = async () => {
    const { calls } = (await shop.sandbox.control('/calls')).body as { calls: { url: string }[] }
    return calls.filter(({ url }) => url.startsWith('/sns/oauth2/access_token')).length
  }
})

describe('a cookie that another page has planted', () => {
  const callback = (back: string, cookie: string) => callApi(shop, 'GET', back, { headers: { cookie } })

  test('does not become the pre-session: the server’s own value is set over it', async () => {
    const planted = `qf_pre_01=${'A'.repeat(43)}`
    const { headers } = await callApi(shop, 'GET', '/api/01/oauth/start', { headers: { cookie: planted } })
    const own = cookieOf(headers, 'qf_pre_01')
    expect(own).not.toBe(planted)
    expectProblem(await callback(await pathBack(headers, 'bob'), planted), 401)
  })

  test('behind https has not the prefix __Host-, which every cookie of ours has, and counts for nothing', async () => {
    await shop.restart((config) => ({ ...config, publicUrl: 'https://shop.example.com' }))
    const { headers } = await callApi(shop, 'GET', '/api/01/oauth/start')
    expect(headers.getSetCookie()[0]).toMatch(
      /^__Host-qf_pre_01=[^;]{43}; Max-Age=300; Path=\/;.*HttpOnly; Secure; SameSite=Lax$/,
    )
    expect(headers.get('strict-transport-security')).toContain('max-age=')
    const page = new URL(headers.get('location')!)
    expect(page.searchParams.get('redirect_uri')).toBe('https://shop.example.com/api/01/oauth/callback')
    const { body } = await shop.sandbox.control('/codes', {
      user: 'alice',
      appid: shop.appids['official-account'],
    })
    const back = `/api/01/oauth/callback?code=${body.code}&state=${page.searchParams.get('state')}`
    const pre = cookieOf(headers, '__Host-qf_pre_01')
    expectProblem(await callback(back, pre.replace('__Host-', '')), 401)
    const signedIn = await callback(back, pre)
    expect(signedIn.headers.getSetCookie()).toHaveLength(1)
    const cookie = cookieOf(signedIn.headers, '__Host-qf_01')
    const me = (value: string) => callApi(shop, 'GET', '/api/01/me', { headers: { cookie: value } })
    expect((await me(cookie)).status).toBe(200)
    expectProblem(await me(cookie.replace('__Host-', '')), 401)
  })

  test('of a server from before the prefix goes on, and is set again with it', async () => {
    await shop.restart((config) => ({ ...config, publicUrl: shop.url }))
    const started = await callApi(shop, 'GET', '/api/01/oauth/start')
    const old = (await walk(started.headers, 'alice')).cookie!
    await shop.restart((config) => ({ ...config, publicUrl: 'https://shop.example.com' }))
    const answer = await callApi(shop, 'GET', '/api/01/me', { headers: { cookie: old } })
    expect(answer.status).toBe(200)
    const renamed = cookieOf(answer.headers, '__Host-qf_01')
    expect(renamed).toBe(`__Host-${old}`)
  })
})
