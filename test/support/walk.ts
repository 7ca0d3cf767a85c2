import { expect } from '@playwright/test'
import type { Browser, BrowserContext, FrameLocator, Locator, Page } from '@playwright/test'
import type { PhoneHandle } from '../../sandbox/phone/browser/phone/handle.ts'
import type { Shop } from './shop.ts'

/** A machine that two test files share is slow now and then; nothing here waits longer than it must. */
const patienceMs = 20_000
export const expectPage = expect.configure({ timeout: patienceMs })

type Question = 'history' | 'url' | 'stack' | 'sharePath' | 'evictWebView'

/** One phone in the window, in the hands of a person. */
export interface HeldPhone {
  page: Page
  glass: Locator
  /** The H5 in its uppermost web-view. */
  web: FrameLocator
  cashier: Locator
  resultTitle: Locator
  orderNo: Locator
  /** A button of the phone itself: bar, native page, cashier, dialog. */
  tap(name: string): Promise<void>
  /** The first button or link of that name in the H5. */
  tapWeb(name: string): Promise<void>
  back(): Promise<void>
  /** One of the endings that the cashier keeps for developers. */
  endUnhappily(name: string): Promise<void>
  ask<Name extends Question>(name: Name): Promise<ReturnType<PhoneHandle[Name]>>
  /** Opens a page of the mini-program cold, as a card does. */
  openPage(url: string): Promise<void>
  /** wx.navigateTo. */
  navigateTo(url: string): Promise<void>
}

/** A window with phones in it. `close` fails the test when a page threw. */
export interface PhoneWindow {
  page: Page
  a: HeldPhone
  b: HeldPhone
  close(): Promise<void>
}

/** Opens a window at an address of the phone, e.g. `/phone/?profile=ios` or `/phone/?phones=a:alice,b:bob`. */
export async function openWindow(shop: Shop, browser: Browser, address: string): Promise<PhoneWindow> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    reducedMotion: 'reduce',
  })
  await context.addInitScript(installServerAddress, {
    phones: ['a', 'b'],
    users: ['alice', 'bob'],
    appid: shop.appids['mini-program'],
    url: shop.url,
  })
  const page = await context.newPage()
  const thrown: string[] = []
  page.on('pageerror', (error) => thrown.push(String(error.stack)))
  await page.goto(shop.sandbox.url + address)
  await expectPage(page.getByTestId('phone').first()).toBeVisible()
  // Several phones are put up one after another: the last one is there when each can be held.
  await page.waitForFunction((names) => names.every((name) => name in window.qiaofuPhones), namesIn(address))
  return {
    page,
    a: holdPhone(page, 'a', 0),
    b: holdPhone(page, 'b', 1),
    close: () => closeWindow(context, thrown),
  }
}

/** What docs/devtools.md tells a developer to set: where the develop version finds the server. */
function installServerAddress(set: { phones: string[]; users: string[]; appid: string; url: string }): void {
  if (window !== window.top) return
  for (const phone of set.phones) {
    for (const user of set.users)
      localStorage.setItem(`phone/${phone}/${user}/${set.appid}/host`, JSON.stringify(set.url))
  }
}

/** "a" and "b" of `/phone/?phones=a:alice,b:bob`; one phone is always "a". */
const namesIn = (address: string): string[] =>
  (new URL(address, 'http://phone').searchParams.get('phones') ?? 'a').split(',').map((phone) => phone[0]!)

async function closeWindow(context: BrowserContext, thrown: string[]): Promise<void> {
  await context.close()
  if (thrown.length > 0) throw new Error(`A page threw: ${thrown.join('\n')}`)
}

function holdPhone(page: Page, name: string, nth: number): HeldPhone {
  const glass = page.getByTestId('phone').nth(nth)
  const web = glass.frameLocator('iframe[title="web-view"]')
  // What lies uppermost comes last: bar, page, dialog.
  const tap = (label: string) =>
    glass.getByRole('button', { name: label, exact: true }).last().click({ timeout: patienceMs })
  return {
    page,
    glass,
    web,
    cashier: glass.getByRole('dialog', { name: '微信支付' }),
    resultTitle: web.getByTestId('result-title'),
    orderNo: web.getByTestId('order-no'),
    tap,
    // In a list a button's name goes on with what it is about.
    tapWeb: (label) =>
      web
        .getByRole('button', { name: new RegExp(`^${label}( |$)`, 'u') })
        .or(web.getByRole('link', { name: label, exact: true }))
        .first()
        .click({ timeout: patienceMs }),
    back: () => tap('返回'),
    async endUnhappily(label) {
      await glass.getByText('给开发者：不顺利的结局').click({ timeout: patienceMs })
      await tap(label)
    },
    ask: (question) => {
      const asked: { phone: string; question: Question } = { phone: name, question }
      return page.evaluate(
        ({ phone, question: what }) => window.qiaofuPhones[phone]?.[what](),
        asked,
      ) as never
    },
    openPage: (url) =>
      page.evaluate(([phone = '', to = '']) => window.qiaofuPhones[phone]!.openPage(to), [name, url]),
    navigateTo: (url) =>
      page.evaluate(([phone = '', to = '']) => window.qiaofuPhones[phone]!.navigateTo(to), [name, url]),
  }
}

/** Home, 去下单, 立即购买, 提交订单, and the cashier lies over the native pay page. Answers the order's id. */
export async function walkToCashier(phone: HeldPhone): Promise<string> {
  await phone.tap('去下单')
  return orderInShop(phone)
}

/** The same from the catalogue on. */
export async function orderInShop(phone: HeldPhone): Promise<string> {
  await phone.tapWeb('立即购买')
  await phone.tapWeb('提交订单')
  await expectPage(phone.cashier).toBeVisible()
  return (await phone.orderNo.textContent()) ?? ''
}

/** The result page of this order is in front, and says so. It may have known it before, below a native page. */
export async function expectResult(phone: HeldPhone, orderId: string, title: string): Promise<void> {
  await expectPage.poll(() => phone.ask('url')).toContain(`/orders/${orderId}/result`)
  await expectPage(phone.resultTitle).toHaveText(title)
  await expectPage(phone.orderNo).toHaveText(orderId)
}

/** Back from the result is the order, then the list; nothing else is seen on the way, not for a moment. */
export async function expectWayBack(phone: HeldPhone, orderId: string): Promise<void> {
  await startTrail(phone.page)
  await phone.back()
  await expectPage(phone.web.getByRole('heading', { name: '订单详情' })).toBeVisible()
  await expectPage(phone.orderNo).toHaveText(orderId)
  await phone.back()
  await expectPage(phone.web.getByRole('heading', { name: '我的订单' })).toBeVisible()
  await expectPage(phone.web.getByText(orderId)).toBeVisible()
  expect((await trailOf(phone.page)).map((url) => new URL(url).pathname)).toEqual([
    `/orders/${orderId}/result`,
    `/orders/${orderId}`,
    '/orders',
  ])
}

/** From now on every address that phone a shows is written down. */
function startTrail(page: Page): Promise<void> {
  return page.evaluate(() => {
    const trail: string[] = (window.trail = [])
    const look = () => {
      const url = window.qiaofuPhones.a?.url() ?? ''
      if (trail.at(-1) !== url) trail.push(url)
      requestAnimationFrame(look)
    }
    look()
  })
}

/** Addresses that phone a has shown since the way back began, oldest first. */
export const trailOf = (page: Page): Promise<string[]> => page.evaluate(() => window.trail)

declare global {
  interface Window {
    trail: string[]
  }
}

/** A trade as the sandbox's ledger shows it. */
export interface TradeSeen {
  appid: string
  outTradeNo: string
  tradeState: string
  payerOpenid: string
  amountFen: number
}

/** Everything WeChat knows of an order, by its own ledger. */
export async function tradesOf(shop: Shop, orderId: string): Promise<TradeSeen[]> {
  const { body } = await shop.sandbox.control('/ledger')
  return body.trades.filter((trade: TradeSeen) => trade.outTradeNo.includes(orderId))
}
