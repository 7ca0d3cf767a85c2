import type { Browser, BrowserContext, Page } from '@playwright/test'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { WebViewTicket } from '../../contract/session.ts'
import { openInAlipay } from '../support/alipay-buyer.ts'
import { launchBrowser } from '../support/browser.ts'
import { signIn } from '../support/customer.ts'
import type { Customer } from '../support/customer.ts'
import { ringFaults } from '../support/focus-ring.ts'
import { faultsOf, looks, setRootFont } from '../support/page-faults.ts'
import type { Look } from '../support/page-faults.ts'
import { openShop } from '../support/shop.ts'
import type { Shop } from '../support/shop.ts'
import { until } from '../support/until.ts'

const wechat =
  'Mozilla/5.0 (Linux; Android 15; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/134.0 Mobile Safari/537.36 MicroMessenger/8.0.60 NetType/WIFI Language/zh_CN miniProgram/wx0'
const halfAnHourMs = 31 * 60_000

let shop: Shop
let browser: Browser
let alice: Customer
/** One order of each state, by state. */
const orders = { pending: '', paid: '', closed: '' }

beforeAll(async () => {
  ;[shop, browser] = await Promise.all([openShop(), launchBrowser()])
  alice = await signIn(shop, 'alice')
  orders.closed = (await alice.order('tin-tea')).id
  await shop.advance(halfAnHourMs)
  await until(async () => (await alice.result(orders.closed)).result === 'closed')
  orders.paid = (await alice.order('gift-spring', 2)).id
  const payment = await alice.pay(orders.paid)
  await alice.cashier(await alice.launch(payment.id), 'paid')
  await until(async () => (await alice.result(orders.paid)).result === 'paid')
  orders.pending = (await alice.order('pot-zisha')).id
})

afterAll(async () => {
  await browser?.close()
  await shop?.close()
})

/** A phone's web-view in this look; signed in the way the mini-program does it. */
async function openWebView(look: Look): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext({
    viewport: { width: 390, height: 844 },
    userAgent: wechat,
    colorScheme: look.colorScheme,
    reducedMotion: 'reduce',
    locale: 'zh-CN',
  })
  await setRootFont(context, look)
  const page = await context.newPage()
  const { body } = await alice.post<WebViewTicket>('/web-view-tickets')
  await page.goto(`${shop.url}/enter#e=02&t=${body.ticket}&to=%2Fme`)
  await page.getByText('从微信小程序进入').waitFor()
  return { context, page }
}

describe.each(looks)('in $name', (look) => {
  let context: BrowserContext
  let page: Page
  beforeAll(async () => {
    ;({ context, page } = await openWebView(look))
  })
  afterAll(() => context.close())

  const pages: [title: string, path: () => string, sign: string][] = [
    ['the catalogue', () => '/', '桂花糕'],
    ['a product', () => '/products/pot-zisha', '立即购买'],
    ['a product that is gone', () => '/products/gone', '没有找到这件商品'],
    ['confirm', () => '/confirm?lines=tea-longjing:1,cup-celadon:2', '移除'],
    ['confirm with nothing in it', () => '/confirm', '还没有选商品'],
    ['the order list', () => '/orders', '去支付'],
    ['the order list, one state', () => '/orders?state=closed', '锡制茶罐'],
    ['an unpaid order', () => `/orders/${orders.pending}`, '去支付'],
    ['a paid order', () => `/orders/${orders.paid}`, '支付单号'],
    ['a closed order', () => `/orders/${orders.closed}`, '关闭时间'],
    ['somebody else’s order', () => '/orders/0000000000000', '没有找到'],
    ['the result 未支付', () => `/orders/${orders.pending}/result`, '重新支付'],
    ['the result 支付成功', () => `/orders/${orders.paid}/result`, '支付成功'],
    ['the result 订单已关闭', () => `/orders/${orders.closed}/result`, '订单已关闭'],
    ['the payments', () => '/payments', '支付单号'],
    ['me', () => '/me', '显示绑定码'],
    ['an address that leads nowhere', () => '/no/such/page', '页面不存在'],
  ]

  test.each(pages)('%s has no fault', async (_title, path, sign) => {
    await page.goto(shop.url + path())
    await page.getByText(sign).first().waitFor()
    expect(await page.locator('body').getAttribute('data-weui-mode')).toBe(
      look.rootFont === '100%' ? null : 'care',
    )
    expect(await faultsOf(page)).toEqual([])
  })

  test('a dialog, an error strip, a bind code and a missing network have no fault', async () => {
    await page.goto(`${shop.url}/me`)
    await page.getByRole('button', { name: '显示绑定码' }).click()
    await page.getByTestId('bind-code').waitFor()
    await page.getByRole('button', { name: '提交', exact: true }).click()
    await page.getByText('绑定码是 10 位字母和数字').waitFor()
    expect(await faultsOf(page)).toEqual([])

    await page.goto(`${shop.url}/confirm?lines=tea-longjing:1`)
    await page.route('**/api/02/orders', (route) => route.abort())
    await page.getByRole('button', { name: '提交订单' }).click()
    await page.getByRole('alertdialog').waitFor()
    expect(await faultsOf(page)).toEqual([])
    await page.goto(`${shop.url}/orders`)
    await page.getByRole('button', { name: '重试' }).waitFor()
    expect(await faultsOf(page)).toEqual([])
    await page.unroute('**/api/02/orders')
  })

  test('entering that failed has no fault', async () => {
    const problem = { type: '/problems/test', title: '', status: 503, detail: '', requestId: 'req-1' }
    await page.route('**/api/02/**', (route) => route.fulfill({ status: 503, json: problem }))
    await page.goto(`${shop.url}/enter#e=02&t=spent&to=%2F`)
    await page.getByRole('button', { name: '重新进入' }).waitFor()
    await page.getByText('请求编号 req-1').waitFor()
    expect(await faultsOf(page)).toEqual([])
    await page.unroute('**/api/02/**')
  })
})

test('the result while it is being confirmed has no fault', async () => {
  const { context, page } = await openWebView(looks[0]!)
  const order = await alice.order('cake-osmanthus')
  await alice.launch((await alice.pay(order.id)).id)
  // As long as WeChat proves nothing, it stays so.
  await shop.sandbox.control('/rules', { match: { api: 'query' }, effect: { error: 'SYSTEM_ERROR' } })
  await page.goto(`${shop.url}/orders/${order.id}/result`)
  await page.getByText('支付结果确认中').waitFor()
  expect(await faultsOf(page)).toEqual([])
  await context.close()
})

describe.each([
  { name: 'light', colorScheme: 'light', forcedColors: 'none' },
  { name: 'dark', colorScheme: 'dark', forcedColors: 'none' },
  { name: 'high contrast', colorScheme: 'light', forcedColors: 'active' },
] as const)('pages of WeChat and Alipay, and the server’s own, in $name', ({ colorScheme, forcedColors }) => {
  let context: BrowserContext
  let page: Page
  let alipayUrl = ''
  beforeAll(async () => {
    // As wide as a window of 1280 pixels that is zoomed to 400 %.
    context = await browser.newContext({
      viewport: { width: 320, height: 640 },
      colorScheme,
      forcedColors,
      reducedMotion: 'reduce',
      locale: 'zh-CN',
    })
    page = await context.newPage()
    const buyer = await openInAlipay(shop)
    alipayUrl = (await buyer.launch((await buyer.pay((await buyer.order()).id)).id)).url
  })
  afterAll(() => context.close())

  const authorize = (scope: string) =>
    `${shop.sandbox.url}/connect/oauth2/authorize?appid=${shop.appids['official-account']}&redirect_uri=${encodeURIComponent(`${shop.url}/`)}&response_type=code&scope=${scope}&state=S1`

  /** The page in front: what axe finds, whether each control shows a ring, and has a border without colors. */
  async function expectNoFault(controls: number) {
    expect(await faultsOf(page)).toEqual([])
    const { reached, faults } = await ringFaults(page)
    expect([reached, faults]).toEqual([controls, []])
    if (forcedColors === 'none') return
    const borders = await page
      .locator('button:visible, a.button:visible')
      .evaluateAll((all) => all.map((one) => getComputedStyle(one).borderTopWidth))
    expect(borders.filter((width) => width !== '1px')).toEqual([])
  }

  test('who is asked to sign in, and to allow it, finds pages without a fault', async () => {
    await page.goto(authorize('snsapi_userinfo'))
    await page.getByText('您是哪一位').waitFor()
    await expectNoFault(await page.locator('button').count())
    await page.locator('button').first().click()
    await page.getByRole('button', { name: '允许' }).waitFor()
    await expectNoFault(1)
    await page.goto(authorize('snsapi_nothing'))
    await page.getByText('错误码').waitFor()
    await expectNoFault(0)
  })

  test('H5 pay and a link that is gone say so without a fault', async () => {
    await page.goto(`${shop.sandbox.url}/cgi-bin/mmpayweb-bin/checkmweb?prepay_id=gone&package=1`)
    await page.getByText('支付请求已失效').waitFor()
    await expectNoFault(0)
    await page.goto(`${shop.sandbox.url}/wxaurl/gone`)
    await page.getByText('链接不存在').first().waitFor()
    await expectNoFault(0)
  })

  test('Alipay’s cashier has no fault, also with its other endings shown', async () => {
    await context.clearCookies()
    await page.goto(alipayUrl)
    await page.getByText('您是哪一位').waitFor()
    await expectNoFault(await page.locator('button').count())
    await page.locator('button').first().click()
    await page.getByRole('button', { name: '确认付款' }).waitFor()
    await expectNoFault(3)
    await page.getByText('试试别的情形').click()
    await page.getByRole('button', { name: '密码错误' }).waitFor()
    expect(await faultsOf(page)).toEqual([])
  })

  test('the page of a problem has no fault', async () => {
    await page.goto(`${shop.url}/api/01/no-such-address`)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await expectNoFault(await page.locator('a').count())
  })
})
