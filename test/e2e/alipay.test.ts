import type { Browser, BrowserContextOptions, Page } from '@playwright/test'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchBrowser } from '../support/browser.ts'
import { openShop, type Shop } from '../support/shop.ts'
import { expectPage } from '../support/walk.ts'

/** Browsers as they are: the Alipay client on a phone, and a PC. The cashier is the sandbox's page. */
const CLIENT: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  isMobile: true,
  hasTouch: true,
  userAgent:
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 NebulaSDK/1.8.100112 Nebula AliApp(AP/10.7.20.8000) AlipayClient/10.7.20.8000 Language/zh-Hans',
}
const PC: BrowserContextOptions = { viewport: { width: 1280, height: 800 } }

let shop: Shop
let browser: Browser

beforeAll(async () => {
  ;[shop, browser] = await Promise.all([openShop(), launchBrowser()])
})
afterAll(async () => {
  await browser?.close()
  await shop?.close()
})

/** Opens the shop, orders the first thing on the shelf, and hands over at 提交订单. */
async function atConfirm(device: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext({ locale: 'zh-CN', reducedMotion: 'reduce', ...device })
  const page = await context.newPage()
  await page.goto(shop.url)
  await tap(page, '立即购买')
  await expectPage(page.getByRole('button', { name: '提交订单' })).toBeVisible()
  return page
}

/** In a list a button's name goes on with what it is about. */
const tap = (page: Page, name: string) =>
  page
    .getByRole('button', { name: new RegExp(`^${name}( |$)`, 'u') })
    .or(page.getByRole('link', { name, exact: true }))
    .first()
    .click({ timeout: 20_000 })

/** Nobody is known in a plain browser, so the cashier asks who pays; a phone with Alipay knows. */
async function atCashier(page: Page): Promise<void> {
  await page.waitForURL(/\/alipay\/cashier\//)
  await tap(page, '小林')
  await expectPage(page.getByRole('button', { name: '确认付款' })).toBeVisible()
}

const tradesOf = async (orderId: string) => {
  const { alipayTrades } = (await shop.sandbox.control('/ledger')).body
  return alipayTrades.filter((trade: { outTradeNo: string }) => trade.outTradeNo.includes(orderId))
}
const orderIdOf = (page: Page) => /\/orders\/([0-9A-Z]{13})/.exec(page.url())![1]!

/** The result stands there, and Alipay has taken one trade of that kind. */
async function expectPaid(page: Page, productCode: string): Promise<void> {
  await expectPage(page.getByTestId('result-title')).toHaveText('支付成功')
  const trades = await tradesOf(orderIdOf(page))
  expect(trades).toMatchObject([{ productCode, tradeStatus: 'TRADE_SUCCESS', buyer: 'alice' }])
}

describe('in the Alipay client', () => {
  test('an order is paid by wap pay, and the way back ends on its result', async () => {
    const page = await atConfirm(CLIENT)
    await tap(page, '提交订单')
    await atCashier(page)
    await tap(page, '确认付款')
    await page.waitForURL(/\/orders\/[0-9A-Z]{13}\/(return|result)/)
    await expectPaid(page, 'QUICK_WAP_WAY')
    await page.context().close()
  })

  test('a customer who cancels at the cashier is told 未支付 without a tap, and pays later by the same number', async () => {
    const page = await atConfirm(CLIENT)
    await tap(page, '提交订单')
    await atCashier(page)
    await tap(page, '取消')
    await expectPage(page.getByTestId('result-title')).toHaveText('未支付')
    const orderId = orderIdOf(page)
    await tap(page, '重新支付')
    await page.waitForURL(/\/alipay\/cashier\//)
    await tap(page, '确认付款')
    await expectPaid(page, 'QUICK_WAP_WAY')
    expect(await tradesOf(orderId)).toHaveLength(1)
    await page.context().close()
  })

  test('a wrong password and an empty purse are told at the cashier, and it can be tried again', async () => {
    const page = await atConfirm(CLIENT)
    await tap(page, '提交订单')
    await atCashier(page)
    await page.getByText('试试别的情形').click()
    await tap(page, '密码错误')
    await expectPage(page.getByRole('alert')).toHaveText('支付密码不正确，请重新输入')
    await tap(page, '余额不足')
    await expectPage(page.getByRole('alert')).toHaveText('余额不足，请更换付款方式')
    await tap(page, '确认付款')
    await expectPaid(page, 'QUICK_WAP_WAY')
    await page.context().close()
  })

  test('a payment whose answer is lost is found when the customer comes back and says so', async () => {
    await shop.sandbox.control('/rules', {
      match: { api: 'alipay.notify', times: 1 },
      effect: { lose: true },
    })
    const page = await atConfirm(CLIENT)
    await tap(page, '提交订单')
    await atCashier(page)
    await page.getByText('试试别的情形').click()
    await tap(page, '已付款，但商家没有收到结果')
    await expectPage(page.getByText('付款结果没有回到商家')).toBeVisible()
    const [trade] = (await shop.sandbox.control('/ledger')).body.alipayTrades.slice(-1)
    const orderId = trade.outTradeNo.slice(17, 30)
    await page.goto(`${shop.url}/orders/${orderId}/return`)
    await tap(page, '已完成支付')
    await expectPaid(page, 'QUICK_WAP_WAY')
    await page.context().close()
  })
})

describe('on a PC', () => {
  test('who chooses Alipay instead of the code pays by page pay', async () => {
    const page = await atConfirm(PC)
    await tap(page, '提交订单')
    await tap(page, '稍后支付')
    await tap(page, '换一种支付方式')
    await tap(page, '支付宝')
    await atCashier(page)
    await tap(page, '确认付款')
    await page.waitForURL(/\/orders\/[0-9A-Z]{13}\/(return|result)/)
    await expectPaid(page, 'FAST_INSTANT_TRADE_PAY')
    await page.context().close()
  })
})
