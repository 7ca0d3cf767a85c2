import type { Browser, BrowserContext, Page } from '@playwright/test'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { WebViewTicket } from '../../contract/session.ts'
import { launchBrowser } from '../support/browser.ts'
import { signIn } from '../support/customer.ts'
import type { Customer } from '../support/customer.ts'
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
    await page.route('**/api/02/**', (route) => route.abort())
    await page.goto(`${shop.url}/enter#e=02&t=spent&to=%2F`)
    await page.getByRole('button', { name: '重新进入' }).waitFor()
    expect(await faultsOf(page)).toEqual([])
    await page.unroute('**/api/02/**')
  })
})

test('the result while it is being confirmed has no fault', async () => {
  const { context, page } = await openWebView(looks[0]!)
  const order = await alice.order('cake-osmanthus')
  await alice.pay(order.id)
  // As long as WeChat proves nothing, it stays so.
  await shop.sandbox.control('/rules', { match: { api: 'query' }, effect: { error: 'SYSTEM_ERROR' } })
  await page.goto(`${shop.url}/orders/${order.id}/result`)
  await page.getByText('支付结果确认中').waitFor()
  expect(await faultsOf(page)).toEqual([])
  await context.close()
})
