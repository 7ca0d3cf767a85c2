import { afterEach, beforeEach, expect, vi } from 'vitest'
import { fakeWechat, type CashierCall, type FakeWechat } from './fake-wechat.ts'
import { openPage, type Mounted } from './mount.ts'

/** The pay page as a test sees it. */
export type Pay = Mounted<{
  state: string
  amount: string
  description: string
  timeLeft: string
  screen: { sign: string }
}>

export const paymentId = '02100261121101500ABCDEFGHJKMNP01'

/** What the server signs for wx.requestPayment. */
export const launch = {
  timeStamp: '1795230000',
  nonceStr: 'nonce',
  package: 'prepay_id=wx1',
  signType: 'RSA',
  paySign: 'sign',
}

/** The payment as GET and check answer it. */
export function payment(change: object = {}): { status: number; body: object } {
  const body = {
    id: paymentId,
    orderId: '7KQ2M9ABCDEFG',
    state: 'pending',
    entryCode: '02',
    entryKind: 'mini-program',
    amountFen: 2805,
    description: '明前龙井 等 2 件',
    way: 'mini-program',
    createdAt: '2026-11-21T10:15:00+08:00',
    expiresAt: '2026-11-21T10:45:00+08:00',
    serverTime: '2026-11-21T10:15:00+08:00',
    paidAt: null,
    ...change,
  }
  return { status: 200, body }
}

/** Path of the payment below /api/02. */
export const pathOf = (suffix = '') => `/payments/${paymentId}${suffix}`

/** A WeChat where H5 has just opened the pay page above its web-view, for a payment that can be paid; time is the test's. */
export function payWechat(): FakeWechat {
  const wechat = fakeWechat()
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
    vi.spyOn(console, 'warn').mockReturnValue(undefined)
    wechat.routes = ['pages/home/home', 'pages/web-view/web-view', 'pages/pay/pay']
    wechat.server[`GET ${pathOf()}`] = payment()
    wechat.server[`POST ${pathOf('/launch')}`] = { status: 200, body: launch }
    wechat.server[`POST ${pathOf('/check')}`] = payment()
  })
  afterEach(() => {
    vi.useRealTimers()
    vi.restoreAllMocks()
  })
  return wechat
}

/** Lets time pass, in steps, until the expectation holds. */
export async function until(expectation: () => void): Promise<void> {
  for (let step = 0; step < 2_000; step++) {
    try {
      return expectation()
    } catch {
      await vi.advanceTimersByTimeAsync(10)
    }
  }
  expectation()
}

export function openPay(query: Record<string, string> = { payment: paymentId }): Promise<Pay> {
  return openPage('pages/pay/pay', query)
}

/** Opens the page and lets time pass until it is in the state. */
export async function openPayUntil(state: string, query?: Record<string, string>): Promise<Pay> {
  const page = await openPay(query)
  await until(() => expect(page.data.state).toBe(state))
  return page
}

/** What the server was told about the cashier, in order. */
export const hintsIn = (wechat: FakeWechat) =>
  wechat.sent.filter(({ path }) => path === pathOf('/check')).map(({ data }) => data)

/** How often launch parameters were fetched. */
export const launchesIn = (wechat: FakeWechat) =>
  wechat.sent.filter(({ path }) => path === pathOf('/launch')).length

/** The cashier that was opened last. */
export const lastCashierIn = (wechat: FakeWechat) => wechat.cashiers.at(-1) as CashierCall
