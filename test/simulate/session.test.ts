import { beforeEach, describe, expect, test, vi } from 'vitest'
import { fakeWechat, problem, session } from './fake-wechat.ts'
import { launchApp } from './mount.ts'
import { source } from './source.ts'
import { eventually } from '../support/eventually.ts'

interface Services {
  sessionToken(): Promise<string>
  dropToken(token: string): void
}

interface Api {
  call<T>(call: { method: string; path: string; body?: object }): Promise<T>
  callPublic<T>(call: { method: string; path: string }): Promise<T>
}

const wechat = fakeWechat()
const { sessionToken, dropToken } = await source<Services>('services/session')
const { call, callPublic } = await source<Api>('services/api')

const key = 'session http://127.0.0.1:3000'
const codes = () => wechat.sent.filter(({ path }) => path === '/sessions').map(({ data }) => data)

/** Runs to its end, pauses between attempts included. */
async function settled<T>(promise: Promise<T>): Promise<PromiseSettledResult<T>> {
  const settling = Promise.allSettled([promise])
  await vi.advanceTimersByTimeAsync(10_000)
  const [result] = await settling
  return result
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
  return () => vi.useRealTimers()
})

describe('the session', () => {
  test('begins with a login code, and is kept for the next time', async () => {
    expect(await sessionToken()).toBe('token-1')
    expect(await sessionToken()).toBe('token-1')
    expect(codes()).toEqual([{ code: 'code-1' }])
    expect(wechat.storage.get(key)).toEqual({ token: 'token-1', expiresAt: expect.any(String) })
  })

  test('callers at the same moment share one login', async () => {
    expect(await Promise.all([sessionToken(), sessionToken(), sessionToken()])).toEqual(
      Array(3).fill('token-1'),
    )
    expect(wechat.loginCount).toBe(1)
  })

  test('is renewed a minute before it ends, not later', async () => {
    wechat.server['POST /sessions'] = { status: 200, body: session('short', 61_000) }
    await sessionToken()
    expect(await sessionToken()).toBe('short')
    vi.setSystemTime(Date.now() + 1_001)
    wechat.server['POST /sessions'] = { status: 200, body: session('next') }
    expect(await sessionToken()).toBe('next')
  })

  test('belongs to one server: a token never travels from a develop version to a released one', async () => {
    await sessionToken()
    expect([...wechat.storage.keys()]).toEqual([key])
  })

  test('survives a storage that refuses', async () => {
    vi.spyOn(console, 'warn').mockReturnValue(undefined)
    const refuse = () => {
      throw new Error('setStorage:fail exceed max size')
    }
    const { wx } = globalThis as unknown as { wx: object }
    wechat.storage.set(key, session('kept'))
    Object.assign(wx, { setStorageSync: refuse, removeStorageSync: refuse })
    expect(() => dropToken('kept')).not.toThrow()
    Object.assign(wx, { getStorageSync: refuse })
    expect(await sessionToken()).toBe('token-1')
  })
})

describe('signing in', () => {
  test('a lost answer is tried again with a new code: the old one may be spent', async () => {
    let attempt = 0
    wechat.server['POST /sessions'] = () => (++attempt < 3 ? 'lost' : { status: 200, body: session('late') })
    expect(await settled(sessionToken())).toMatchObject({ value: 'late' })
    expect(codes()).toEqual([{ code: 'code-1' }, { code: 'code-2' }, { code: 'code-3' }])
  })

  test('a code that the server calls spent is replaced by a new one', async () => {
    let attempt = 0
    wechat.server['POST /sessions'] = () =>
      ++attempt === 1 ? problem(409, 'code-spent') : { status: 200, body: session('second') }
    expect(await settled(sessionToken())).toMatchObject({ value: 'second' })
  })

  test('a WeChat that gives no code is asked three times, then it is called a login failure', async () => {
    wechat.logins = [{ errMsg: 'login:fail' }, { code: '' }, { errMsg: 'login:fail' }]
    expect(await settled(sessionToken())).toMatchObject({ reason: { kind: 'login' } })
    expect(wechat.loginCount).toBe(3)
    expect(codes()).toEqual([])
  })

  test('a refusal is final, and the next caller starts anew', async () => {
    wechat.server['POST /sessions'] = problem(403, 'virtual-account')
    expect(await settled(sessionToken())).toMatchObject({
      reason: { kind: 'refused', status: 403, code: 'virtual-account', requestId: 'req-1' },
    })
    expect(wechat.loginCount).toBe(1)
    wechat.server['POST /sessions'] = { status: 200, body: session('token-2') }
    expect(await sessionToken()).toBe('token-2')
  })

  test('starts with the app, before anybody asks', async () => {
    await launchApp()
    await eventually(() => expect(wechat.storage.has(key)).toBe(true))
  })

  test('a failed start of the app is only noted', async () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue(undefined)
    wechat.server['POST /sessions'] = problem(500)
    await launchApp()
    await eventually(() => expect(warn).toHaveBeenCalledWith('not signed in yet', expect.any(Error)))
    wechat.envVersion = 'release'
    await launchApp()
    const unconfigured = expect.objectContaining({ kind: 'not-configured' })
    await eventually(() => expect(warn).toHaveBeenCalledWith('not signed in yet', unconfigured))
  })
})

describe('a call', () => {
  const me = { method: 'GET', path: '/me' }

  test('carries the bearer token, a public one none', async () => {
    wechat.server['GET /me'] = { status: 200, body: { displayName: '用户' } }
    expect(await call(me)).toEqual({ displayName: '用户' })
    await callPublic(me)
    expect(
      wechat.sent.filter(({ path }) => path === '/me').map(({ header }) => header.authorization),
    ).toEqual(['Bearer token-1', undefined])
  })

  test('with a session that the server forgot signs in anew, once, and is repeated', async () => {
    wechat.storage.set(key, session('forgotten'))
    wechat.server['GET /me'] = ({ header }) =>
      header.authorization === 'Bearer token-1' ? { status: 200, body: 'mine' } : problem(401)
    expect(await call(me)).toBe('mine')
    expect(wechat.loginCount).toBe(1)
  })

  test('refused twice with 401 is given up', async () => {
    wechat.server['GET /me'] = problem(401)
    expect(await settled(call(me))).toMatchObject({ reason: { kind: 'refused', status: 401 } })
    expect(wechat.loginCount).toBe(2)
  })

  test('two calls refused at the same moment sign in once', async () => {
    wechat.storage.set(key, session('forgotten'))
    wechat.server['GET /me'] = ({ header }) =>
      header.authorization === 'Bearer token-1' ? { status: 200, body: 'mine' } : problem(401)
    await Promise.all([call(me), call(me)])
    expect(wechat.loginCount).toBe(1)
  })

  test('does not throw away a token that another caller has just renewed', async () => {
    await sessionToken()
    dropToken('an older token')
    expect(await sessionToken()).toBe('token-1')
    expect(wechat.loginCount).toBe(1)
  })

  test('whose answer is lost is repeated after 0.4 s and 1.2 s, then called offline', async () => {
    const at: number[] = []
    const start = Date.now()
    wechat.server['GET /me'] = () => {
      at.push(Date.now() - start)
      return 'lost'
    }
    expect(await settled(callPublic(me))).toMatchObject({ reason: { kind: 'offline' } })
    expect(at).toEqual([0, 400, 1_600])
  })

  test('that the server refuses is not repeated', async () => {
    wechat.server['GET /me'] = problem(504)
    expect(await settled(callPublic(me))).toMatchObject({ reason: { kind: 'refused', status: 504 } })
    expect(wechat.sent).toHaveLength(1)
  })

  test('answered by a gateway in HTML is a refusal without a code', async () => {
    wechat.server['GET /me'] = { status: 502, body: '<html>Bad Gateway</html>' }
    const result = await settled(callPublic(me))
    expect(result).toMatchObject({ reason: { kind: 'refused', status: 502, code: undefined } })
  })
})
