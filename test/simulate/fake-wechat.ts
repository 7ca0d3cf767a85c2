import { beforeEach } from 'vitest'

/** WeChat's client as far as the pages use it: each call is answered by the test, nothing is answered by itself. */
export interface FakeWechat {
  /** Answers by "METHOD /path" below /api/02; a missing one is a failed test. */
  server: Record<string, Reply | ((request: SentRequest) => Reply)>
  sent: SentRequest[]
  /** What wx.login answers, one for each call; by default a new code each time. */
  logins: ({ code: string } | { errMsg: string })[]
  loginCount: number
  storage: Map<string, unknown>
  /** Routes below and including the page under test. */
  routes: string[]
  /** "navigateTo /pages/…", in order. */
  went: string[]
  /** When set, every navigation fails with this errMsg. */
  navigationError: string | null
  cashiers: CashierCall[]
  titles: string[]
  pullDownsStopped: number
  envVersion: 'develop' | 'trial' | 'release'
  language: string
  fontSizeSetting: number
  platform: string
  /** Version of the base library. */
  SDKVersion: string
  /** Functions that this base library has not. */
  missing: string[]
  /** Texts that wx.setClipboardData was given, in order. */
  copied: string[]
  /** When set, wx.setClipboardData fails with this errMsg. */
  clipboardError: string | null
  /** What wx.chooseAddress answers: an address, or why there is none. */
  address: Record<string, string> | { errMsg: string }
  /** Titles of wx.showToast. */
  toasts: string[]
  /** Contents of wx.showModal. */
  modals: { title: string; content: string }[]
}

/** An HTTP answer, no answer at all, or one that comes when the test says so. */
export type Reply = { status: number; body: unknown } | 'lost' | Promise<{ status: number; body: unknown }>

export interface SentRequest {
  method: string
  url: string
  path: string
  header: Record<string, string>
  data: unknown
}

export interface CashierCall {
  timeStamp: string
  nonceStr: string
  package: string
  signType: string
  paySign: string
  success?(answer: { errMsg: string }): void
  fail?(answer: { errMsg: string }): void
  complete?(answer: { errMsg: string }): void
}

interface RequestOption {
  method: string
  url: string
  header: Record<string, string>
  data?: unknown
  success(answer: { statusCode: number; data: unknown }): void
  fail(answer: { errMsg: string }): void
}

interface LoginOption {
  success(answer: { code: string; errMsg: string }): void
  fail(answer: { errMsg: string }): void
}

interface AddressOption {
  success(chosen: object): void
  fail(answer: { errMsg: string }): void
}

interface ClipboardOption {
  data: string
  success(): void
  fail(answer: { errMsg: string }): void
}

interface NavigationOption {
  url?: string
  delta?: number
  success(): void
  fail(answer: { errMsg: string }): void
}

/** Plugs a fresh WeChat in before each test of the file. */
export function fakeWechat(): FakeWechat {
  const wechat = {} as FakeWechat
  beforeEach(() => {
    Object.assign(wechat, freshWechat())
    Object.assign(globalThis, {
      wx: new Proxy(wxOf(wechat), {
        get: (wx, name: string) => (wechat.missing.includes(name) ? undefined : Reflect.get(wx, name)),
        has: (wx, name: string) => !wechat.missing.includes(name) && name in wx,
      }),
      getCurrentPages: () => wechat.routes.map((route) => ({ route })),
    })
  })
  return wechat
}

function freshWechat(): FakeWechat {
  return {
    server: { 'POST /sessions': { status: 200, body: session('token-1') } },
    sent: [],
    logins: [],
    loginCount: 0,
    storage: new Map(),
    routes: ['pages/home/home'],
    went: [],
    navigationError: null,
    cashiers: [],
    titles: [],
    pullDownsStopped: 0,
    envVersion: 'develop',
    language: 'zh_CN',
    fontSizeSetting: 16,
    platform: 'ios',
    SDKVersion: '3.8.12',
    missing: [],
    copied: [],
    clipboardError: null,
    address: { errMsg: 'chooseAddress:fail cancel' },
    toasts: [],
    modals: [],
  }
}

/** A session as POST /sessions answers it. */
export function session(token: string, livesMs = 3_600_000): object {
  const me = { displayName: '用户 7KQ2M9', entry: { code: '02', kind: 'mini-program' }, joined: false }
  return { token, expiresAt: new Date(Date.now() + livesMs).toISOString(), me }
}

/** A problem as every route answers it. */
export function problem(status: number, code?: string): { status: number; body: object } {
  return { status, body: { type: '/problems/test', title: '', status, detail: '', code, requestId: 'req-1' } }
}

function wxOf(wechat: FakeWechat): object {
  const move = (name: string) => (option: NavigationOption) => {
    wechat.went.push(`${name} ${option.url || option.delta}`)
    if (wechat.navigationError) option.fail({ errMsg: `${name}:${wechat.navigationError}` })
    else option.success()
  }
  return {
    getAccountInfoSync: () => ({ miniProgram: { appId: 'touristappid', envVersion: wechat.envVersion } }),
    getAppBaseInfo: () => ({
      language: wechat.language,
      fontSizeSetting: wechat.fontSizeSetting,
      SDKVersion: wechat.SDKVersion,
    }),
    getDeviceInfo: () => ({ platform: wechat.platform }),
    getSystemInfoSync: () => ({
      language: wechat.language,
      fontSizeSetting: wechat.fontSizeSetting,
      SDKVersion: wechat.SDKVersion,
      platform: wechat.platform,
    }),
    showModal: (option: { title: string; content: string; success?(answer: { confirm: boolean }): void }) => {
      wechat.modals.push({ title: option.title, content: option.content })
      option.success?.({ confirm: true })
    },
    chooseAddress: (option: AddressOption) => {
      if ('errMsg' in wechat.address) option.fail(wechat.address as { errMsg: string })
      else option.success(wechat.address)
    },
    showToast: ({ title }: { title: string }) => wechat.toasts.push(title),
    setClipboardData: (option: ClipboardOption) => {
      if (wechat.clipboardError) return option.fail({ errMsg: wechat.clipboardError })
      wechat.copied.push(option.data)
      option.success()
    },
    updateWeChatApp: () => wechat.went.push('updateWeChatApp'),
    getStorageSync: (key: string) => wechat.storage.get(key) ?? '',
    setStorageSync: (key: string, value: unknown) => wechat.storage.set(key, structuredClone(value)),
    removeStorageSync: (key: string) => wechat.storage.delete(key),
    request: (option: RequestOption) => void exchange(wechat, option),
    login: (option: LoginOption) => {
      const given = wechat.logins[wechat.loginCount++] ?? { code: `code-${wechat.loginCount}` }
      queueMicrotask(() => {
        if ('code' in given) option.success({ ...given, errMsg: 'login:ok' })
        else option.fail(given)
      })
    },
    requestPayment: (option: CashierCall) => wechat.cashiers.push(option),
    setNavigationBarTitle: ({ title }: { title: string }) => wechat.titles.push(title),
    stopPullDownRefresh: () => wechat.pullDownsStopped++,
    navigateTo: move('navigateTo'),
    redirectTo: move('redirectTo'),
    reLaunch: move('reLaunch'),
    navigateBack: move('navigateBack'),
  }
}

async function exchange(wechat: FakeWechat, option: RequestOption): Promise<void> {
  const path = new URL(option.url).pathname.replace('/api/02', '')
  const request = { method: option.method, url: option.url, path, header: option.header, data: option.data }
  wechat.sent.push(request)
  const scripted = wechat.server[`${option.method} ${path}`] ?? {
    status: 500,
    body: 'the test has no answer',
  }
  const reply = await (typeof scripted === 'function' ? scripted(request) : scripted)
  if (reply === 'lost') option.fail({ errMsg: 'request:fail timeout' })
  else option.success({ statusCode: reply.status, data: structuredClone(reply.body) })
}
