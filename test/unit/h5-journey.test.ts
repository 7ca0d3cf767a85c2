// @vitest-environment jsdom
import { flushPromises, mount } from '@vue/test-utils'
import type { VueWrapper } from '@vue/test-utils'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Mock } from 'vitest'
import type { Router } from 'vue-router'
import { forgetEntry, rememberEntry } from '../../h5/entry/known-entry.ts'
import { orderId, TeaShop } from '../support/tea-shop.ts'
import { eventually } from '../support/eventually.ts'

const wechat = 'Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0.49 NetType/WIFI Language/zh_CN'

let shop: TeaShop
let router: Router
let app: VueWrapper
type Invoke = (name: string, request: object, answer: (reply: object) => void) => void
let invoke: Mock<Invoke>

/** The bridge answers the native side's navigateTo, and leaves cashiers open until a test closes them. */
function bridge(nativeAnswer: string | null = 'invokeMiniProgramAPI:ok') {
  invoke = vi.fn<Invoke>((name, _request, answer) => {
    if (name === 'invokeMiniProgramAPI' && nativeAnswer) answer({ err_msg: nativeAnswer })
  })
  vi.stubGlobal('WeixinJSBridge', { invoke, on() {}, call() {} })
}

const cashierRequests = () => invoke.mock.calls.filter(([name]) => name === 'getBrandWCPayRequest')
const nativeRequests = () => invoke.mock.calls.filter(([name]) => name === 'invokeMiniProgramAPI')
/** The three seconds for which a native call may stay silent, passed by hand: what runs after them. */
const silence = (timers: { mock: { calls: unknown[][] } }) =>
  timers.mock.calls.find(([, delayMs]) => delayMs === 3_000)?.[0] as (() => void) | undefined
const button = (text: string) => app.findAll('button').find((one) => one.text().includes(text))
const title = () => app.find('[data-testid=result-title]').text()

/** Two taps before the page can react to the first. */
function tapTwice(text: string): void {
  const element = button(text)?.element
  element?.click()
  element?.click()
}

async function back(): Promise<string> {
  const arrived = new Promise<void>((resolve) => {
    const forget = router.afterEach(() => {
      forget()
      resolve()
    })
  })
  window.history.back()
  await arrived
  await flushPromises()
  return location.pathname
}

async function goToConfirm(): Promise<void> {
  await router.push('/')
  await flushPromises()
  await button('立即购买')?.trigger('click')
  await eventually(() => expect(app.find('h1').text()).toBe('确认订单'))
  await eventually(() => expect(button('提交订单')?.attributes('aria-disabled')).toBeUndefined())
}

async function submit(): Promise<void> {
  await button('提交订单')?.trigger('click')
  await eventually(() => expect(app.find('[data-testid=result-title]').exists()).toBe(true))
}

beforeAll(async () => {
  vi.spyOn(navigator, 'userAgent', 'get').mockReturnValue(wechat)
  vi.stubGlobal('scrollTo', () => {})
  router = (await import('../../h5/router.ts')).router
  // The pages are loaded now, so that no test waits for a compiler.
  await Promise.all(router.getRoutes().map(({ components }) => {
    const page: unknown = components?.['default']
    return typeof page === 'function' ? (page as () => unknown)() : null
  })) // prettier-ignore
})
afterAll(() => void vi.restoreAllMocks())

beforeEach(async () => {
  shop = new TeaShop()
  vi.stubGlobal('fetch', shop.answer)
  vi.stubGlobal('__wxjs_environment', 'miniprogram')
  bridge()
  sessionStorage.clear()
  rememberEntry({ code: '02', kind: 'mini-program' })
  const App = (await import('../../h5/App.vue')).default
  app = mount(App, { global: { plugins: [router] }, attachTo: document.body })
})
afterEach(() => {
  app.unmount()
  forgetEntry()
  vi.unstubAllGlobals()
  vi.stubGlobal('scrollTo', () => {})
})

describe('from the catalogue to the native pay page', () => {
  test('takes only the payment’s id there, and waits on the result page underneath', async () => {
    await goToConfirm()
    await submit()
    expect(location.pathname).toBe(`/orders/${orderId}/result`)
    expect(title()).toBe('支付结果确认中')
    await eventually(() => expect(nativeRequests()).toHaveLength(1))
    expect(nativeRequests()[0]?.[1]).toMatchObject({
      name: 'navigateTo',
      arg: { url: '/pages/pay/pay?payment=PAYMENT' },
    })
  })

  test('leads back to the order and the list, and never to confirm', async () => {
    await goToConfirm()
    await submit()
    expect(await back()).toBe(`/orders/${orderId}`)
    expect(app.find('h1').text()).toBe('订单详情')
    expect(await back()).toBe('/orders')
    expect(app.find('h1').text()).toBe('我的订单')
    expect(await back()).toBe('/')
  })

  test('makes one order of a double tap', async () => {
    await goToConfirm()
    tapTwice('提交订单')
    await eventually(() => expect(app.find('[data-testid=result-title]').exists()).toBe(true))
    expect(shop.count('POST', /^orders$/)).toBe(1)
    expect(shop.count('POST', /\/payments$/)).toBe(1)
  })

  test('sends the same key again when the first answer was lost, and another for other lines', async () => {
    await goToConfirm()
    shop.refusals.set('POST orders', { status: 503 })
    await button('提交订单')?.trigger('click')
    await eventually(() => expect(app.find('[role=alertdialog]').exists()).toBe(true))
    await button('知道了')?.trigger('click')
    await button('提交订单')?.trigger('click')
    await eventually(() => expect(app.find('[role=alertdialog]').exists()).toBe(true))
    await button('知道了')?.trigger('click')
    await app.find('[aria-label="明前龙井 增加一件"]').trigger('click')
    await eventually(() => expect(shop.count('POST', /^quotes$/)).toBe(2))
    await flushPromises()
    shop.refusals.clear()
    await submit()
    const keys = shop.requests
      .filter(({ path, method }) => path === 'orders' && method === 'POST')
      .map(({ key }) => key)
    expect(keys[0]).toMatch(/^[0-9a-f]{32}$/)
    expect(keys[1]).toBe(keys[0])
    expect(keys[2]).not.toBe(keys[0])
  })

  test('says nothing about money to the server', async () => {
    await goToConfirm()
    await submit()
    const bodies = shop.requests.map(({ body }) => body).filter((body) => body !== null)
    expect(bodies).toEqual([
      { lines: [{ productId: 'tea', quantity: 1 }] },
      { lines: [{ productId: 'tea', quantity: 1 }] },
      {},
      ...bodies.slice(3).map(() => ({})),
    ])
  })

  test('asks again before paying when the order came to another total than was shown', async () => {
    await goToConfirm()
    shop.totalFen = 3000
    await button('提交订单')?.trigger('click')
    await eventually(() => expect(app.find('[role=alertdialog]').text()).toContain('¥30.00'))
    expect(shop.count('POST', /\/payments$/)).toBe(0)
    await button('继续支付')?.trigger('click')
    await eventually(() => expect(shop.count('POST', /\/payments$/)).toBe(1))
  })

  test('leaves a placed order on its page when the payment could not be prepared', async () => {
    await goToConfirm()
    shop.refusals.set('POST orders/:id/payments', { status: 504 })
    await button('提交订单')?.trigger('click')
    await eventually(() => expect(location.pathname).toBe(`/orders/${orderId}`))
    expect(app.find('.weui-toptips').text()).toBe('请稍后再试。')
    expect(await back()).toBe('/orders')
  })

  test.each(['POST orders', 'POST orders/:id/payments'])(
    'lets no cashier jump up over a customer who went elsewhere during %s',
    async (request) => {
      await goToConfirm()
      let letGo = () => {}
      shop.held.set(request, new Promise((resolve) => (letGo = resolve)))
      void button('提交订单')?.trigger('click')
      await eventually(() => expect(shop.count('POST', /^orders/)).toBe(request === 'POST orders' ? 1 : 2))
      await router.push('/me')
      letGo()
      await flushPromises()
      await flushPromises()
      expect(location.pathname).toBe('/me')
      expect(nativeRequests()).toHaveLength(0)
    },
  )

  test('says what to do when the page stack is full', async () => {
    bridge('invokeMiniProgramAPI:fail page limit exceeded')
    await goToConfirm()
    await submit()
    await eventually(() => expect(app.find('.hint').text()).toContain('返回几页'))
    expect(button('重新支付')).toBeDefined()
  })
})

describe('a native side that does not answer', () => {
  beforeEach(() => bridge(null))

  test('is told to the customer after three seconds, with a way to pay again', async () => {
    const timers = vi.spyOn(window, 'setTimeout')
    await goToConfirm()
    await submit()
    await eventually(() => expect(nativeRequests()).toHaveLength(1))
    expect(app.find('.hint').exists()).toBe(false)
    silence(timers)?.()
    await eventually(() => expect(app.find('.hint').text()).toContain('没能连上微信'))
    expect(button('重新支付')).toBeDefined()
    timers.mockRestore()
  })

  test('has the customer all the same when its page covers this one', async () => {
    const timers = vi.spyOn(window, 'setTimeout')
    const hidden = vi.spyOn(document, 'hidden', 'get').mockReturnValue(true)
    await goToConfirm()
    await submit()
    await eventually(() => expect(nativeRequests()).toHaveLength(1))
    silence(timers)?.()
    await flushPromises()
    expect(app.find('.hint').exists()).toBe(false)
    timers.mockRestore()
    hidden.mockRestore()
  })
})

describe('the result page', () => {
  test('shows what the server has proven, and pays again in the same place', async () => {
    await goToConfirm()
    shop.result = 'unpaid'
    await submit()
    await eventually(() => expect(title()).toBe('未支付'))
    tapTwice('重新支付')
    await eventually(() => expect(nativeRequests()).toHaveLength(2))
    expect(shop.count('POST', /\/payments$/)).toBe(2)
    shop.result = 'paid'
    document.dispatchEvent(new Event('visibilitychange'))
    await eventually(() => expect(title()).toBe('支付成功'))
    expect(await back()).toBe(`/orders/${orderId}`)
  })

  test('asks anew before it repeats an old 未支付 to somebody who comes back', async () => {
    await goToConfirm()
    shop.result = 'unpaid'
    await submit()
    await eventually(() => expect(title()).toBe('未支付'))
    document.dispatchEvent(new Event('visibilitychange'))
    await app.vm.$nextTick()
    expect(title()).toBe('支付结果确认中')
    await eventually(() => expect(title()).toBe('未支付'))
  })

  test('does not move under a finger: focus alone changes nothing shown', async () => {
    await goToConfirm()
    shop.result = 'unpaid'
    await submit()
    await eventually(() => expect(title()).toBe('未支付'))
    window.dispatchEvent(new Event('focus'))
    await app.vm.$nextTick()
    expect(title()).toBe('未支付')
  })

  test('goes back to the order that lies behind it', async () => {
    await goToConfirm()
    shop.result = 'paid'
    await submit()
    await button('查看订单')?.trigger('click')
    await eventually(() => expect(location.pathname).toBe(`/orders/${orderId}`))
    expect(await back()).toBe('/orders')
  })
})

describe('paying in the official account', () => {
  beforeEach(() => {
    vi.stubGlobal('__wxjs_environment', undefined)
    shop.way = 'jsapi'
    rememberEntry({ code: '01', kind: 'official-account' })
  })

  test('says after three seconds that no cashier has answered, and takes it back when one does', async () => {
    const timers = vi.spyOn(window, 'setTimeout')
    await goToConfirm()
    await submit()
    await eventually(() => expect(cashierRequests()).toHaveLength(1))
    silence(timers)?.()
    await eventually(() => expect(app.find('.hint').text()).toContain('没能连上微信'))
    expect(button('重新支付')).toBeDefined()
    cashierRequests()[0]?.[2]({ err_msg: 'get_brand_wcpay_request:ok' })
    await eventually(() => expect(app.find('.hint').exists()).toBe(false))
    expect(shop.requests.map(({ body }) => body)).toContainEqual({ hint: 'ok' })
    timers.mockRestore()
  })

  test('says after three seconds that there is no bridge', async () => {
    vi.stubGlobal('WeixinJSBridge', undefined)
    const timers = vi.spyOn(window, 'setTimeout')
    await goToConfirm()
    await submit()
    await eventually(() => expect(silence(timers)).toBeDefined())
    silence(timers)?.()
    await eventually(() => expect(app.find('.hint').text()).toContain('没能连上微信'))
    timers.mockRestore()
  })

  test.each([
    ['get_brand_wcpay_request:ok', 'ok'],
    ['get_brand_wcpay_request:cancel', 'cancel'],
    ['get_brand_wcpay_request:fail', 'fail'],
    ['system:access_denied', 'fail'],
  ])('hands the cashier’s word %s on as the hint %s', async (message, hint) => {
    await goToConfirm()
    await submit()
    await eventually(() => expect(cashierRequests()).toHaveLength(1))
    cashierRequests()[0]?.[2]({ err_msg: message })
    await eventually(() => expect(shop.requests).toContainEqual(expect.objectContaining({ path: 'payments/PAYMENT/check', body: { hint } }))) // prettier-ignore
  })

  test('takes no ok for a payment: the server’s word is shown', async () => {
    await goToConfirm()
    await submit()
    await eventually(() => expect(cashierRequests()).toHaveLength(1))
    cashierRequests()[0]?.[2]({ err_msg: 'get_brand_wcpay_request:ok' })
    await flushPromises()
    expect(title()).toBe('支付结果确认中')
  })

  test('finds the payment although the cashier never answers', async () => {
    await goToConfirm()
    await submit()
    await eventually(() => expect(cashierRequests()).toHaveLength(1))
    shop.result = 'paid'
    await eventually(() => expect(title()).toBe('支付成功'))
  })

  test('keeps 支付成功 when the answer to the hint comes after the result has been seen', async () => {
    let release = () => {}
    await goToConfirm()
    await submit()
    await eventually(() => expect(cashierRequests()).toHaveLength(1))
    shop.held.set('POST payments/PAYMENT/check', new Promise((resolve) => (release = resolve)))
    cashierRequests()[0]?.[2]({ err_msg: 'get_brand_wcpay_request:ok' })
    shop.result = 'paid'
    await eventually(() => expect(title()).toBe('支付成功'))
    release()
    await flushPromises()
    expect(title()).toBe('支付成功')
  })

  test('looks at once when the cashier ends, also where it has seen 未支付 below the cashier', async () => {
    await goToConfirm()
    shop.result = 'unpaid'
    await submit()
    await eventually(() => expect(title()).toBe('未支付'))
    shop.result = 'paid'
    cashierRequests()[0]?.[2]({ err_msg: 'get_brand_wcpay_request:ok' })
    await eventually(() => expect(title()).toBe('支付成功'))
  })

  test('waits for a bridge that comes late', async () => {
    vi.stubGlobal('WeixinJSBridge', undefined)
    await goToConfirm()
    await submit()
    bridge()
    document.dispatchEvent(new Event('WeixinJSBridgeReady'))
    await eventually(() => expect(cashierRequests()).toHaveLength(1))
  })
})
