// @vitest-environment jsdom
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { eventually } from '../support/eventually.ts'

const android = 'Mozilla/5.0 (Linux; Android 15) MicroMessenger/8.0.60 NetType/WIFI Language/zh_CN'
const here = { pathname: '/orders', search: '?state=paid', replace: vi.fn<(url: string) => void>() }
const reopened = vi.fn<(request: { url: string; fail: () => void }) => void>()

vi.mock('weixin-js-sdk', () => ({ default: { miniProgram: { redirectTo: reopened } } }))

/** A page as it is after a load: nothing in its modules, the tab's and the phone's memory as they were left. */
async function page() {
  vi.resetModules()
  const { signIn } = await import('../../h5/entry/sign-in.ts')
  const { signedIn } = await import('../../h5/entry/sign-in-guards.ts')
  return { signIn, signedIn }
}

/** The sign-in of a freshly loaded page: the reason why it stayed, or 'left'. */
async function tryOnce(): Promise<string> {
  const { signIn } = await page()
  const stayed = signIn().then(
    () => 'signed in',
    (error: { failure?: { kind: string } }) => error.failure?.kind ?? String(error),
  )
  const left = eventually(() => {
    if (here.replace.mock.calls.length + reopened.mock.calls.length === 0) throw new Error('still here')
    return 'left'
  })
  const ending = await Promise.race([stayed, left])
  here.replace.mockClear()
  reopened.mockClear()
  return ending
}

function remember(code: string, kind: string) {
  sessionStorage.setItem('qiaofu.entry', JSON.stringify({ code, kind }))
}

beforeEach(() => {
  sessionStorage.clear()
  localStorage.clear()
  here.replace.mockReset()
  reopened.mockReset()
  vi.stubGlobal('location', here)
  vi.stubGlobal('WeixinJSBridge', {})
  vi.stubGlobal('__wxjs_environment', undefined)
  vi.stubGlobal(
    'fetch',
    async () =>
    Response.json({ entries: [{ code: '01', kind: 'official-account' }, { code: '02', kind: 'mini-program' }] }), // prettier-ignore
  )
  vi.spyOn(navigator, 'userAgent', 'get').mockReturnValue(android)
})

describe('signing in from a mini-program', () => {
  beforeEach(() => {
    remember('02', 'mini-program')
    vi.stubGlobal('__wxjs_environment', 'miniprogram')
  })

  test('has the native side open this very page again with a fresh ticket', async () => {
    const { signIn } = await page()
    void signIn()
    await eventually(() => expect(reopened).toHaveBeenCalledOnce())
    expect(reopened.mock.calls[0]?.[0].url).toBe('/pages/web-view/web-view?to=%2Forders%3Fstate%3Dpaid')
    expect(here.replace).not.toHaveBeenCalled()
  })

  test('is tried twice a minute, although each web-view forgets its tab', async () => {
    expect(await tryOnce()).toBe('left')
    sessionStorage.clear()
    remember('02', 'mini-program')
    expect(await tryOnce()).toBe('left')
    expect(await tryOnce()).toBe('sign-in-stuck')
  })

  test('says so when the native side stays silent for three seconds', async () => {
    const timers = vi.spyOn(window, 'setTimeout')
    const { signIn } = await page()
    const stayed = signIn().catch((error: { failure?: { kind: string } }) => error.failure?.kind)
    await eventually(() => expect(reopened).toHaveBeenCalledOnce())
    const silence = timers.mock.calls.find(([, delayMs]) => delayMs === 3_000)?.[0] as () => void
    silence()
    expect(await stayed).toBe('sign-in-stuck')
    timers.mockRestore()
  })

  test('counts anew after a request was answered', async () => {
    await tryOnce()
    await tryOnce()
    const { signedIn } = await page()
    signedIn()
    expect(await tryOnce()).toBe('left')
  })

  test('is one attempt for several refused requests', async () => {
    const { signIn } = await page()
    void signIn()
    void signIn()
    void signIn()
    await eventually(() => expect(reopened).toHaveBeenCalled())
    expect(reopened).toHaveBeenCalledOnce()
    expect(await tryOnce()).toBe('left')
  })

  test('says so when the native side refuses', async () => {
    reopened.mockImplementation(({ fail }) => fail())
    const { signIn } = await page()
    await expect(signIn()).rejects.toMatchObject({ failure: { kind: 'sign-in-stuck' } })
  })

  test('goes the official account’s way when the tab has left the mini-program', async () => {
    vi.stubGlobal('__wxjs_environment', undefined)
    const { signIn } = await page()
    void signIn()
    await eventually(() => expect(here.replace).toHaveBeenCalled())
    expect(here.replace.mock.calls[0]?.[0]).toContain('/api/01/oauth/start')
  })
})

describe('signing in from an official account', () => {
  test('goes through the server’s OAuth and comes back to this page', async () => {
    const { signIn } = await page()
    void signIn()
    await eventually(() => expect(here.replace).toHaveBeenCalledOnce())
    expect(here.replace).toHaveBeenCalledWith('/api/01/oauth/start?to=%2Forders%3Fstate%3Dpaid')
  })

  test('stops after two attempts a minute', async () => {
    expect([await tryOnce(), await tryOnce(), await tryOnce()]).toEqual(['left', 'left', 'sign-in-stuck'])
  })
})

describe('a tab of the official account that has a cookie', () => {
  const me = { displayName: 'x' }
  /** A freshly loaded page asks who is signed in; the answer, or 'left'. */
  const askMe = async (): Promise<unknown> => {
    vi.resetModules()
    const { getMe } = await import('../../h5/api/identity.ts')
    const left = eventually(() => {
      if (here.replace.mock.calls.length === 0) throw new Error('still here')
      return 'left'
    })
    const ending = await Promise.race([getMe(), left.catch(() => new Promise(() => {}))])
    here.replace.mockClear()
    return ending
  }
  beforeEach(() => {
    remember('01', 'official-account')
    vi.stubGlobal('fetch', async (url: string) =>
      Response.json(url.endsWith('/entries') ? { entries: [{ code: '01', kind: 'official-account' }] } : me),
    )
  })

  test('has WeChat say once who holds the phone now, before the cookie is believed', async () => {
    expect(await askMe()).toBe('left')
    expect(await askMe()).toEqual(me)
    sessionStorage.clear()
    remember('01', 'official-account')
    expect(await askMe()).toBe('left')
  })

  test('does not go round where the tab remembers nothing', async () => {
    const forgetful = vi.spyOn(Storage.prototype, 'getItem').mockReturnValue(null)
    expect(await askMe()).toEqual(me)
    forgetful.mockRestore()
  })

  test('does not leave a page in the middle of what it does', async () => {
    vi.resetModules()
    const { makeBindCode } = await import('../../h5/api/identity.ts')
    expect(await makeBindCode()).toEqual(me)
    expect(here.replace).not.toHaveBeenCalled()
  })
})

describe('after signing out', () => {
  beforeEach(() => remember('01', 'official-account'))

  test('nothing signs in again by itself, in a new tab either, until the customer taps', async () => {
    const { keepSignedOut, allowSignIn } = await import('../../h5/entry/sign-in-guards.ts')
    keepSignedOut('01')
    expect(await tryOnce()).toBe('signed-out')
    sessionStorage.clear()
    remember('01', 'official-account')
    expect(await tryOnce()).toBe('signed-out')
    allowSignIn()
    expect(await tryOnce()).toBe('left')
  })
})

test('leaves a browser outside WeChat where it is', async () => {
  vi.spyOn(navigator, 'userAgent', 'get').mockReturnValue('Mozilla/5.0 Safari/604.1')
  expect(await tryOnce()).toBe('outside-wechat')
})

describe('in a browser where nobody signs in', () => {
  /** A server that knows a browser once it has an account, unless its cookie gets lost. */
  function serve({ keepsCookie }: { keepsCookie: boolean }) {
    const asked: string[] = []
    let isKnown = false
    vi.stubGlobal('fetch', async (url: string, { method = 'GET' }: { method?: string } = {}) => {
      asked.push(`${method} ${url}`)
      if (url.endsWith('/browser-sessions')) isKnown = keepsCookie
      else if (!isKnown) return Response.json({ status: 401, detail: 'who?' }, { status: 401 })
      return Response.json({ displayName: 'x' })
    })
    return asked
  }
  const getMe = async () => (await import('../../h5/api/identity.ts')).getMe()

  beforeEach(() => {
    vi.resetModules()
    remember('04', 'pc-browser')
  })

  test('makes an account by the first request that needs one, and sends that again', async () => {
    const asked = serve({ keepsCookie: true })
    await expect(getMe()).resolves.toEqual({ displayName: 'x' })
    await getMe()
    expect(asked).toEqual([
      'GET /api/04/me',
      'POST /api/04/browser-sessions',
      'GET /api/04/me',
      'GET /api/04/me',
    ])
    expect(here.replace).not.toHaveBeenCalled()
  })

  test('makes one account for requests that come together', async () => {
    const asked = serve({ keepsCookie: true })
    await Promise.all([getMe(), getMe(), getMe()])
    expect(asked.filter((request) => request.startsWith('POST'))).toHaveLength(1)
  })

  test('says so when the browser keeps no cookie, and does not go round in circles', async () => {
    const asked = serve({ keepsCookie: false })
    await expect(getMe()).rejects.toMatchObject({ failure: { kind: 'no-cookies' } })
    expect(asked).toHaveLength(3)
  })
})
