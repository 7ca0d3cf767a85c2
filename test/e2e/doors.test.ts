import type { Browser, BrowserContext, BrowserContextOptions, Page } from '@playwright/test'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { launchBrowser } from '../support/browser.ts'
import { faultsOf, looks, setRootFont } from '../support/page-faults.ts'
import { readQr } from '../support/read-qr.ts'
import { openShop } from '../support/shop.ts'
import type { Shop } from '../support/shop.ts'
import { expectPage } from '../support/walk.ts'

const safari =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1'
const chrome =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36'
const wechatOnWindows = `${chrome} NetType/WIFI MicroMessenger/7.0.20.1781(0x6700143B) WindowsWechat(0x63090a13) Language/zh_CN`

const onPhone = { viewport: { width: 390, height: 844 }, userAgent: safari }
const onPc = { viewport: { width: 1280, height: 800 }, userAgent: chrome }

let shop: Shop
let browser: Browser
const contexts: BrowserContext[] = []
beforeAll(async () => {
  ;[shop, browser] = await Promise.all([openShop(), launchBrowser()])
})
afterEach(async () => {
  await Promise.all(contexts.splice(0).map((context) => context.close()))
})
afterAll(async () => {
  await browser?.close()
  await shop?.close()
})

/** A browser of its own: cookies and all. */
async function openBrowser(device: BrowserContextOptions): Promise<BrowserContext> {
  const context = await browser.newContext({ ...device, locale: 'zh-CN', reducedMotion: 'reduce' })
  contexts.push(context)
  return context
}

/** Where the browser was sent to, and from where, instead of WeChat's page that opens the app. */
async function watchDepartures(context: BrowserContext) {
  const departures: { url: string; referer: string | undefined }[] = []
  await context.route(/\/checkmweb\?/, async (route) => {
    departures.push({ url: route.request().url(), referer: route.request().headers()['referer'] })
    await route.fulfill({ contentType: 'text/html', body: '<h1>WeChat opens</h1>' })
  })
  return departures
}

/** A button by its words; in a list its name goes on with what it is about. */
const button = (page: Page, words: string) =>
  page.getByRole('button', { name: new RegExp(`^${words}( |$)`, 'u') })
const title = (page: Page) => page.getByTestId('result-title')
const code = (page: Page) => page.getByTestId('qr-code')

/** From a product to the tap that pays: the two taps of every device. */
async function buy(page: Page): Promise<void> {
  await page.goto(`${shop.url}/products/tea-longjing`)
  await page.getByText('立即购买').click()
  await button(page, '提交订单').click()
}

const readCode = (page: Page) => readQr(code(page))

const pay = (what: { codeUrl: string } | { h5Url: string }, user: string) =>
  shop.sandbox.control('/pay', { ...what, user })

describe('in a PC’s browser', () => {
  test('two taps show a code; a friend’s phone reads it and pays; the code goes away by itself', async () => {
    const page = await (await openBrowser(onPc)).newPage()
    await buy(page)
    await expectPage(code(page)).toBeVisible()
    const codeUrl = await readCode(page)
    expect(codeUrl).toMatch(/^weixin:\/\/wxpay\/bizpayurl/)
    expect((await pay({ codeUrl: codeUrl! }, 'bob')).body.result).toBe('ok')
    await expectPage(title(page)).toHaveText('支付成功')
    await expectPage(code(page)).toBeHidden()
  })

  test('a code that was put away comes back, and may be asked about without a word of failure', async () => {
    const page = await (await openBrowser(onPc)).newPage()
    await buy(page)
    await button(page, '已完成支付').click()
    await expectPage(page.getByText('还没有收到付款')).toBeVisible()
    const first = await readCode(page)
    const told = page.waitForRequest((request) => request.postData() === '{"hint":"cancel"}')
    await button(page, '稍后支付').click()
    await told
    await expectPage(title(page)).toHaveText('未支付')
    await button(page, '重新支付').click()
    await expectPage(code(page)).toBeVisible()
    expect(await readCode(page)).toBe(first)
  })
})

test('in WeChat on a PC the official account signs in and the PC’s entry collects', async () => {
  const context = await openBrowser({ ...onPc, userAgent: wechatOnWindows })
  await context.setExtraHTTPHeaders({ 'x-sandbox-user': 'alice' })
  const page = await context.newPage()
  await buy(page)
  await expectPage(code(page)).toBeVisible()
  const names = (await context.cookies()).map(({ name }) => name)
  expect(names).toContain('qf_01')
  expect(names).not.toContain('qf_04')
  await pay({ codeUrl: (await readCode(page))! }, 'alice')
  await expectPage(title(page)).toHaveText('支付成功')
})

describe('in a phone’s browser', () => {
  test('two taps go to WeChat, with our Referer; back again nothing is called failed, and one tap tells', async () => {
    const context = await openBrowser(onPhone)
    const departures = await watchDepartures(context)
    const page = await context.newPage()
    await buy(page)
    await expectPage(page.getByText('WeChat opens')).toBeVisible()
    const [{ url, referer }] = departures as [{ url: string; referer: string }]
    expect(new URL(referer).origin).toBe(shop.url)
    const back = new URL(url).searchParams.get('redirect_url')!
    await page.goto(back)
    await expectPage(title(page)).toHaveText('支付完成了吗？')
    expect(await page.getByText('未支付').count()).toBe(0)
    await shop.sandbox.control('/rules', { match: { api: 'notify' }, effect: { lose: true } })
    await pay({ h5Url: url }, 'alice')
    await button(page, '已完成支付').click()
    await expectPage(title(page)).toHaveText('支付成功')
    await shop.sandbox.control('/rules', undefined, 'DELETE')
  })

  test('whose scripts do not come is not left before a grey page', async () => {
    const page = await (await openBrowser(onPhone)).newPage()
    await page.route('**/assets/*.js', (route) => route.abort())
    await page.goto(shop.url)
    const again = page.getByRole('link', { name: '重新打开' })
    await expectPage(page.locator('.late')).toBeAttached()
    expect(await again.count()).toBe(0)
    await page.evaluate(() => {
      for (const animation of document.getAnimations())
        if (animation instanceof CSSAnimation && animation.animationName === 'come-late') animation.finish()
    })
    await page.unroute('**/assets/*.js')
    await again.click()
    await expectPage(button(page, '立即购买').first()).toBeVisible()
  })

  test('goes on paying from the way back; another browser sees the outcome and no more', async () => {
    const context = await openBrowser(onPhone)
    const departures = await watchDepartures(context)
    const page = await context.newPage()
    await buy(page)
    await expectPage(page.getByText('WeChat opens')).toBeVisible()
    const back = new URL(departures[0]!.url).searchParams.get('redirect_url')!
    const stranger = await (await openBrowser(onPhone)).newPage()
    await stranger.goto(back)
    await expectPage(title(stranger)).toHaveText('支付完成了吗？')
    expect(await button(stranger, '继续支付').count()).toBe(0)
    await page.goto(back)
    await expectPage(button(page, '换一种支付方式')).toBeVisible()
    await expectPage(page.getByRole('link', { name: '查看订单' })).toHaveAttribute(
      'href',
      /^\/orders\/[0-9A-Z]{13}$/i,
    )
    await button(page, '继续支付').click()
    await expectPage(page.getByText('WeChat opens')).toBeVisible()
    await pay({ h5Url: departures[1]!.url }, 'alice')
    await expectPage(title(stranger)).toHaveText('支付成功')
    await page.goto(back)
    await expectPage(page).toHaveURL(/\/result$/)
    await expectPage(title(page)).toHaveText('支付成功')
  })

  test('may take another way than the one that was guessed', async () => {
    const context = await openBrowser(onPhone)
    await watchDepartures(context)
    const page = await context.newPage()
    await buy(page)
    await expectPage(page.getByText('WeChat opens')).toBeVisible()
    await page.goto(`${shop.url}/orders`)
    await page.locator('a[href^="/orders/"]').first().click()
    await button(page, '换一种支付方式').click()
    await button(page, '用手机微信扫码支付').click()
    await expectPage(code(page)).toBeVisible()
    await pay({ codeUrl: (await readCode(page))! }, 'bob')
    await expectPage(title(page)).toHaveText('支付成功')
  })
})

describe.each(looks)('in $name the pages of these doors have no fault', (look) => {
  const dressed = async (device: BrowserContextOptions) => {
    const context = await openBrowser({ ...device, colorScheme: look.colorScheme })
    await setRootFont(context, look)
    return context
  }

  test('on a PC', async () => {
    const page = await (await dressed(onPc)).newPage()
    await buy(page)
    await expectPage(code(page)).toBeVisible()
    await button(page, '已完成支付').click()
    await expectPage(page.getByText('还没有收到付款')).toBeVisible()
    expect(await faultsOf(page)).toEqual([])
  })

  test('on a phone', async () => {
    const context = await dressed(onPhone)
    const departures = await watchDepartures(context)
    const page = await context.newPage()
    await buy(page)
    await expectPage(page.getByText('WeChat opens')).toBeVisible()
    const back = new URL(departures[0]!.url).searchParams.get('redirect_url')!
    await page.goto(back)
    await expectPage(button(page, '继续支付')).toBeVisible()
    expect(await faultsOf(page)).toEqual([])
    await page.goto(back.replace(/\/return.*/, ''))
    await button(page, '换一种支付方式').click()
    await expectPage(button(page, '用手机微信扫码支付')).toBeVisible()
    expect(await faultsOf(page)).toEqual([])
    await button(page, '用手机微信扫码支付').click()
    await expectPage(code(page)).toBeVisible()
    expect(await faultsOf(page)).toEqual([])
  })
})

describe('on any size of screen', () => {
  const sized = async (width: number, height: number, more: BrowserContextOptions = {}) => {
    const context = await openBrowser({ ...onPc, viewport: { width, height }, ...more })
    return context.newPage()
  }

  test.each([
    ['200 %', 640, 400],
    ['400 %', 320, 200],
  ] as const)(
    'at %s zoom the code is seen whole, and the dialog’s last button can be reached',
    async (_zoom, width, height) => {
      const page = await sized(width, height)
      await buy(page)
      await expectPage(code(page)).toBeInViewport({ ratio: 1 })
      expect(await readCode(page)).toMatch(/^weixin:/)
      await button(page, '稍后支付').click()
      await expectPage(title(page)).toHaveText('未支付')
      expect(await faultsOf(page)).toEqual([])
    },
  )

  test('by keyboard alone a product is chosen, ordered and paid for, each stop with a visible ring', async () => {
    const page = await sized(1280, 800)
    const tabTo = async (name: string) => {
      for (let stop = 0; stop < 40; stop++) {
        await page.keyboard.press('Tab')
        const { text, outline } = await page.evaluate(() => {
          const focused = document.activeElement!
          return { text: focused.textContent?.trim(), outline: getComputedStyle(focused).outlineStyle }
        })
        expect({ text, outline }).not.toMatchObject({ outline: 'none' })
        if (text?.startsWith(name)) return page.keyboard.press('Enter')
      }
      throw new Error(`no Tab leads to ${name}`)
    }
    await page.goto(shop.url)
    await button(page, '立即购买').first().waitFor()
    await tabTo('明前龙井')
    await page.waitForURL(/\/products\/tea-longjing$/)
    await expectPage(button(page, '立即购买')).toHaveCount(1)
    await tabTo('+')
    await expectPage(page.locator('.stepper output')).toHaveText('2')
    await tabTo('立即购买')
    await page.waitForURL(/\/confirm/)
    await expectPage(button(page, '提交订单')).toBeEnabled()
    await tabTo('提交订单')
    await expectPage(code(page)).toBeVisible()
    await pay({ codeUrl: (await readCode(page))! }, 'bob')
    await expectPage(title(page)).toHaveText('支付成功')
  })

  test('at 200 % zoom a product is chosen, ordered and paid for', async () => {
    const page = await sized(640, 400)
    const expectNoSideways = async () =>
      expect(
        await page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
      ).toBeLessThanOrEqual(0)
    await page.goto(shop.url)
    await page.locator('.goods__look').first().click()
    await page.waitForURL(/\/products\//)
    await page.locator('article.product').waitFor()
    await expectNoSideways()
    await button(page, '立即购买').click()
    await expectPage(button(page, '提交订单')).toBeEnabled()
    await expectNoSideways()
    await button(page, '提交订单').click()
    await expectPage(code(page)).toBeInViewport({ ratio: 1 })
    await expectNoSideways()
    await pay({ codeUrl: (await readCode(page))! }, 'bob')
    await expectPage(title(page)).toHaveText('支付成功')
  })

  test('a product’s words, price and stepper are seen beside its picture at 1280 x 800', async () => {
    const page = await sized(1280, 800)
    await page.goto(`${shop.url}/products/tea-longjing`)
    await expectPage(page.getByRole('heading', { level: 1 })).toBeInViewport({ ratio: 1 })
    await expectPage(page.getByRole('group', { name: '数量' })).toBeInViewport({ ratio: 1 })
    const { height } = (await page.locator('.product .picture').boundingBox())!
    expect(height).toBeLessThan(400)
  })

  test('at 320 px the first buy button is above the tabs; at 1920 px the tabs are near each other', async () => {
    const page = await sized(320, 568)
    await page.goto(shop.url)
    const buyBox = (await button(page, '立即购买').first().boundingBox())!
    const tabs = (await page.getByRole('navigation', { name: '主菜单' }).boundingBox())!
    expect(buyBox.y + buyBox.height).toBeLessThanOrEqual(tabs.y)
    await page.setViewportSize({ width: 1920, height: 1080 })
    const items = await page
      .locator('.tabs__item')
      .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().x))
    expect(items[2]! - items[0]!).toBeLessThanOrEqual(320)
  })

  test('a tap on + that gets no price keeps the page, and takes the tap back', async () => {
    const page = await sized(390, 844)
    await page.goto(`${shop.url}/confirm?lines=tea-longjing:1`)
    await expectPage(button(page, '提交订单')).toBeEnabled()
    await page.route('**/quote*', (route) => route.abort())
    await page.getByRole('button', { name: /增加一件/ }).click()
    await expectPage(page.getByText('请检查网络后重试。')).toBeVisible()
    await expectPage(page.locator('.stepper output')).toHaveText('1')
    await expectPage(button(page, '提交订单')).toBeVisible()
  })

  test('in high contrast cards, buttons and dialogs have borders', async () => {
    const page = await sized(1280, 800, { forcedColors: 'active' })
    await page.goto(`${shop.url}/products/tea-longjing`)
    await expectPage(button(page, '立即购买')).toBeEnabled()
    const border = (selector: string) =>
      page
        .locator(selector)
        .first()
        .evaluate((one) => getComputedStyle(one).borderTopWidth)
    expect(await Promise.all(['.card', '.weui-btn', '.stepper'].map(border))).toEqual(['1px', '1px', '1px'])
    await buy(page)
    await expectPage(code(page)).toBeVisible()
    expect(await border('.weui-dialog')).toBe('1px')
  })

  test('each page of a browser leads to shop, list and account', async () => {
    const page = await sized(390, 844, { userAgent: safari })
    for (const path of [
      '/products/tea-longjing',
      '/confirm?lines=tea-longjing:1',
      '/payments',
      '/no/such/page',
      '/orders',
    ]) {
      await page.goto(shop.url + path)
      for (const name of ['选购', '我的订单', '我的'])
        await expectPage(page.getByRole('link', { name, exact: true })).toHaveCount(1)
    }
  })
})

test('a basket with an address is one order: it survives a reload, and each fault is said at its field', async () => {
  await shop.restart((config) => ({ ...config, shippingFields: ['address', 'note'] }))
  const context = await openBrowser(onPc)
  const page = await context.newPage()
  await page.goto(shop.url)
  const add = page.getByRole('button', { name: /加入购物篮$/ })
  await add.first().click()
  await add.first().click()
  await page
    .getByRole('button', { name: /增加一件$/ })
    .first()
    .click()
  await expect.poll(() => page.locator('.bar_basket').textContent()).toContain('共 3 件')
  await page.reload()
  await page.getByRole('link', { name: '去下单' }).click()
  await page.getByRole('radio', { name: '支付宝' }).waitFor()
  await button(page, '提交订单').click()
  await expect.poll(() => page.getByLabel('收货人').getAttribute('aria-invalid')).toBe('true')
  expect(await page.locator('#shipping-fault-phone').textContent()).toContain('请填写能联系到的手机号')
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('shipping-name')
  await page.getByLabel('收货人').fill('陈小明')
  await page.getByLabel('手机号').fill('13800138000')
  await page.getByLabel('所在地区').fill('广东省 广州市 海珠区')
  await page.getByLabel('详细地址').fill('新港中路 397 号')
  await page.getByRole('radio', { name: '用手机微信扫码支付' }).check()
  await button(page, '提交订单').click()
  await code(page).waitFor()
  await page.goto(`${shop.url}/orders`)
  await page.getByText('这些订单只能在这个浏览器里看到').click()
  await button(page, '显示绑定码').waitFor()
  await page.locator('.order-card__look').first().click()
  await expect.poll(() => page.getByTestId('shipping').textContent()).toContain('陈小明 13800138000')
  await page.goto(shop.url)
  await add.first().waitFor()
  expect(await page.locator('.bar_basket').count()).toBe(0)
})
