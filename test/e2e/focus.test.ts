import type { Browser, BrowserContext, Page } from '@playwright/test'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { WebViewTicket } from '../../contract/session.ts'
import { launchBrowser } from '../support/browser.ts'
import { signIn } from '../support/customer.ts'
import type { Customer } from '../support/customer.ts'
import { ringFaults } from '../support/focus-ring.ts'
import { paidOrder } from '../support/operator.ts'
import { orderScene } from '../support/order-scenes.ts'
import { openShop } from '../support/shop.ts'
import type { Shop } from '../support/shop.ts'
import { expectPage } from '../support/walk.ts'

const wechat =
  'Mozilla/5.0 (Linux; Android 15; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/134.0 Mobile Safari/537.36 MicroMessenger/8.0.60 NetType/WIFI Language/zh_CN miniProgram/wx0'

let shop: Shop
let browser: Browser
let alice: Customer
let pendingId = ''
let paidId = ''

beforeAll(async () => {
  ;[shop, browser] = await Promise.all([openShop(), launchBrowser()])
  alice = await signIn(shop, 'alice')
  ;({ orderId: paidId } = await paidOrder(alice))
  // Two pages of the list: ten orders a page.
  for (let count = 0; count < 12; count++) pendingId = (await alice.order('tin-tea')).id
})

afterAll(async () => {
  await browser?.close()
  await shop?.close()
})

async function openWebView(
  forcedColors: 'active' | 'none',
): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext({
    viewport: { width: 390, height: 844 },
    userAgent: wechat,
    forcedColors,
    reducedMotion: 'reduce',
    locale: 'zh-CN',
  })
  const page = await context.newPage()
  const { body } = await alice.post<WebViewTicket>('/web-view-tickets')
  await page.goto(`${shop.url}/enter#e=02&t=${body.ticket}&to=%2Fme`)
  await page.getByText('从微信小程序进入').waitFor()
  return { context, page }
}

const focused = (page: Page) =>
  page.evaluate(() => {
    const { tagName, textContent } = document.activeElement ?? {}
    return tagName === 'BODY' ? 'BODY' : (textContent ?? '').trim()
  })

describe.each(['none', 'active'] as const)('with forced colors %s', (forcedColors) => {
  let context: BrowserContext
  let page: Page
  beforeAll(async () => {
    ;({ context, page } = await openWebView(forcedColors))
  })
  afterAll(() => context.close())

  test.each<[string, () => string, string]>([
    ['the catalogue', () => '/', '桂花糕'],
    ['a product', () => '/products/pot-zisha', '立即购买'],
    ['confirm', () => '/confirm?lines=tea-longjing:1,cup-celadon:2', '移除'],
    ['the order list', () => '/orders', '去支付'],
    ['an unpaid order', () => `/orders/${pendingId}`, '去支付'],
    ['its result', () => `/orders/${pendingId}/result`, '重新支付'],
    ['me', () => '/me', '显示绑定码'],
    ['an address that leads nowhere', () => '/no/such/page', '页面不存在'],
  ])('Tab shows a whole ring on everything it reaches: %s', async (_title, path, sign) => {
    await page.goto(shop.url + path())
    await page.getByText(sign).first().waitFor()
    const { reached, faults } = await ringFaults(page)
    expect(reached).toBeGreaterThan(0)
    expect(faults).toEqual([])
  })

  test('Tab shows a whole ring on the buttons of a dialog', async () => {
    await page.goto(`${shop.url}/me`)
    await page.getByRole('button', { name: '退出登录' }).press('Enter')
    await page.getByRole('alertdialog').waitFor()
    expect(await ringFaults(page, 3)).toEqual({ reached: 3, faults: [] })
    await page.keyboard.press('Escape')
    await page.getByRole('alertdialog').waitFor({ state: 'detached' })
    expect(await focused(page)).toBe('退出登录')
  })
})

describe('the focus', () => {
  let context: BrowserContext
  let page: Page
  beforeAll(async () => {
    ;({ context, page } = await openWebView('none'))
  })
  afterAll(() => context.close())

  test.each<[string, () => string, string]>([
    ['a paid order', () => `/orders/${paidId}`, '申请退款'],
    ['the result of a paid order', () => `/orders/${paidId}/result`, '支付成功'],
    ['the way back from a cashier', () => `/orders/${pendingId}/return`, '支付完成了吗'],
    ['the payments', () => '/payments', '支付单号'],
    ['a list with nothing in it', () => '/orders?state=closed', '没有已关闭的订单'],
    ['a product that is gone', () => '/products/gone', '没有找到这件商品'],
    ['confirm with nothing in it', () => '/confirm', '还没有选商品'],
    ['somebody else’s order', () => '/orders/0000000000000', '请求编号'],
  ])('has a whole ring wherever Tab leads: %s', async (_title, path, sign) => {
    await page.goto(shop.url + path())
    await page.getByText(sign).first().waitFor()
    const { reached, faults } = await ringFaults(page)
    expect(reached).toBeGreaterThan(0)
    expect(faults).toEqual([])
  })

  test('has a whole ring in a request for a refund, and leaves neither it nor a dialog for BODY', async () => {
    await page.goto(`${shop.url}/orders/${paidId}`)
    await page.getByRole('button', { name: '申请退款' }).press('Enter')
    await page.getByLabel('请写一下原因').waitFor()
    expect((await ringFaults(page)).faults).toEqual([])
    await page.getByRole('button', { name: '先不申请' }).press('Enter')
    await page.getByLabel('请写一下原因').waitFor({ state: 'detached' })
    await expectPage.poll(() => focused(page)).not.toBe('BODY')

    const real = await alice.detail(paidId)
    let scene = orderScene('a refund asked for')
    await page.route(`**/api/02/orders/${paidId}`, (route) =>
      route.fulfill({ json: { ...real, ...scene.change(real) } }),
    )
    await page.route('**/withdraw', (route) => route.fulfill({ json: {} }))
    await page.goto(`${shop.url}/orders/${paidId}`)
    await page.getByRole('button', { name: '撤回申请' }).press('Enter')
    expect(await ringFaults(page, 3)).toEqual({ reached: 3, faults: [] })
    scene = orderScene('a request that was withdrawn')
    await page.getByRole('alertdialog').getByRole('button', { name: '撤回申请' }).press('Enter')
    await page.getByText('已撤回').first().waitFor()
    await expectPage.poll(() => focused(page)).not.toBe('BODY')
    await page.unrouteAll()
  })

  test('stays in the page when an order is cancelled and its buttons are gone', async () => {
    const { id } = await alice.order('cake-osmanthus')
    await page.goto(`${shop.url}/orders/${id}`)
    await page.getByRole('button', { name: '取消订单' }).press('Enter')
    await page.getByRole('alertdialog').getByRole('button', { name: '取消订单' }).press('Enter')
    await page.getByText('您已取消这个订单').waitFor()
    await expectPage.poll(() => focused(page)).not.toBe('BODY')
  })

  test('stays on the stepper at 1, and moves to what follows a line that is removed', async () => {
    await page.goto(`${shop.url}/confirm?lines=tea-longjing:2,cup-celadon:2`)
    await page.getByRole('button', { name: '减少一件' }).first().press('Enter')
    await page.locator('.stepper output').first().filter({ hasText: /^1$/ }).waitFor()
    await page.keyboard.press('Enter')
    expect(await focused(page)).toBe('−')
    await page.getByText('移除').first().press('Enter')
    await page.locator('.stepper').nth(1).waitFor({ state: 'detached' })
    await page.waitForFunction(() => document.activeElement !== document.body)
    expect(await page.evaluate(() => document.activeElement?.closest('main') !== null)).toBe(true)
  })

  test('moves to the first order of the last page when 加载更多 goes', async () => {
    await page.goto(`${shop.url}/orders`)
    await page.getByRole('button', { name: '加载更多' }).press('Enter')
    await page.locator('.order-card').nth(11).waitFor()
    await page.waitForFunction(() => document.activeElement !== document.body)
    const place = await page.evaluate(() =>
      [...document.querySelectorAll('.order-card')].findIndex((card) =>
        card.contains(document.activeElement),
      ),
    )
    expect(place).toBe(10)
  })
})
