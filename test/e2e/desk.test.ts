import type { Browser, BrowserContext, Locator, Page } from '@playwright/test'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openInAlipay } from '../support/alipay-buyer.ts'
import { violationsOf } from '../support/axe.ts'
import { launchBrowser } from '../support/browser.ts'
import { signIn } from '../support/customer.ts'
import { signText } from '../support/sandbox-client.ts'
import { openShop } from '../support/shop.ts'
import type { Shop } from '../support/shop.ts'
import { until } from '../support/until.ts'
import { expectPage } from '../support/walk.ts'

const MCHID = '1900000001'

let shop: Shop
let browser: Browser
let context: BrowserContext | undefined
const thrown: string[] = []

beforeAll(async () => {
  ;[shop, browser] = await Promise.all([openShop({ phone: true }), launchBrowser()])
})
afterAll(async () => {
  await browser?.close()
  await shop?.close()
})
afterEach(async () => {
  await context?.close()
  await shop.sandbox.control('/rules', undefined, 'DELETE')
  expect(thrown.splice(0)).toEqual([])
})

/** Opens the desk in a window that is large enough for phones of natural size. Only `phones` are switched on. */
async function openDesk(
  look: {
    width?: number
    height?: number
    colorScheme?: 'light' | 'dark'
    language?: 'zh-CN' | 'en'
    phones?: boolean
  } = {},
): Promise<Page> {
  const { width = 2000, height = 1100, colorScheme = 'light', language = 'zh-CN', phones = false } = look
  context = await browser.newContext({ viewport: { width, height }, colorScheme, locale: 'zh-CN' })
  const page = await context.newPage()
  page.on('pageerror', (error) => thrown.push(String(error)))
  if (!phones)
    await page.route('**/phone/?*', (route) => route.fulfill({ contentType: 'text/html', body: '' }))
  await page.goto(`${shop.sandbox.url}/?lang=${language}`)
  await expectPage(page.getByRole('heading', { level: 1 })).toHaveText(/^(桥付沙箱|Qiaofu sandbox)$/)
  return page
}

const inbox = (page: Page) => page.getByTestId('inbox').locator('.row')
const ledger = (page: Page) => page.getByTestId('ledger').getByRole('button')
const openPanel = (page: Page, name: string) =>
  page.getByRole('navigation', { name: '工具' }).getByRole('button', { name }).click()

/** One order of alice's, paid without a window. Answers its number at WeChat. */
async function payAside(): Promise<string> {
  const alice = await signIn(shop, 'alice')
  const payment = await alice.pay((await alice.order('gift-spring')).id)
  await alice.cashier(await alice.launch(payment.id), 'paid')
  return payment.id
}

describe('the desk', () => {
  test('teaches what to do first', async () => {
    await shop.sandbox.control('/reset', {})
    const page = await openDesk()
    await expectPage(page.getByText('还没有订单。')).toBeVisible()
    await expectPage(page.getByText('还没有人和微信说过话。')).toBeVisible()
  })

  test('compares its ledger with the server’s books, and says in plain words what differs', async () => {
    const authorization = `Bearer ${shop.operatorToken}`
    await payAside()
    await until(async () => {
      const books = await fetch(`${shop.url}/api/books`, { headers: { authorization } })
      return (await books.text()).includes('"state":"paid"')
    })
    const page = await openDesk()
    await openPanel(page, '对账')
    const compare = page.getByRole('button', { name: '对一遍' })
    await page.getByLabel('服务器地址').fill(shop.url)
    await page.getByLabel('操作员令牌').fill('a wrong one')
    await compare.click()
    await expectPage(page.getByRole('alert')).toHaveText('没填令牌，或服务器不认它：请重填后再对一遍。')
    await page.getByLabel('操作员令牌').fill(shop.operatorToken)
    await compare.click()
    await expectPage(page.getByText('一分不差')).toBeVisible()
    await expectPage(page.getByText('对了服务器账上的 1 笔')).toBeVisible()
    // WeChat has never heard of what the books call paid.
    await shop.sandbox.control('/reset', {})
    await compare.click()
    await expectPage(page.getByText('有 1 处不同')).toBeVisible()
    const row = page.locator('.differences li')
    await expectPage(row).toContainText('账上记着收了，其实没有')
    await expectPage(row).toContainText('实际：没有；账上：paid')
  })

  test('shows a payment as it is made in its own phone: the calls, the notification and the money', async () => {
    const page = await openDesk({ phones: true })
    const phone = page.frameLocator('iframe[title="小林的手机"]')
    const web = phone.frameLocator('iframe[title="web-view"]')
    await phone.getByRole('button', { name: '去下单' }).click()
    await web.getByRole('button', { name: '立即购买' }).first().click()
    await web.getByRole('button', { name: '提交订单' }).click()
    await expectPage(inbox(page).filter({ hasText: 'JSAPI 下单' })).toHaveCount(1)
    await expectPage(ledger(page)).toContainText('未支付')
    await phone.getByRole('button', { name: '立即支付' }).click()
    await expectPage(ledger(page)).toContainText('已支付')
    await expectPage(inbox(page).filter({ hasText: '支付成功通知' })).toContainText('已收下')

    await ledger(page).click()
    await expectPage(page.getByTestId('trade')).toContainText('小林')
    await inbox(page).filter({ hasText: '支付成功通知' }).click()
    await expectPage(page.getByRole('region', { name: '解密后的内容' })).toContainText(
      '"trade_state": "SUCCESS"',
    )
  })

  test('shows what is paid at Alipay in the same ledger, as it happens', async () => {
    const page = await openDesk()
    const buyer = await openInAlipay(shop)
    const payment = await buyer.pay((await buyer.order()).id)
    const row = ledger(page).filter({ hasText: payment.id.slice(-14) })
    await buyer.cashier((await buyer.launch(payment.id)).url)
    await expectPage(row).toContainText('已支付')
    await expectPage(row).toContainText('小林 · 支付宝')
    await expectPage(page.locator('.sums')).toContainText('支付宝')
    await row.click()
    await expectPage(page.getByTestId('trade')).toContainText('支付宝交易号')
    // Nothing there acts for a person or gives money back.
    await expectPage(page.getByTestId('trade').getByRole('group')).toHaveCount(0)
  })

  test('explains why the signature of a call failed, byte for byte', async () => {
    const page = await openDesk()
    const { serialNo, privateKeyPem } = shop.sandbox.merchant(MCHID)
    const path = `/v3/pay/transactions/out-trade-no/desk1?mchid=${MCHID}`
    const timestamp = Math.floor(Date.now() / 1000)
    // Without the last line feed.
    const signature = signText(privateKeyPem, `GET\n${path}\n${timestamp}\nabc\n`)
    const items = `mchid="${MCHID}",nonce_str="abc",signature="${signature}",timestamp="${timestamp}",serial_no="${serialNo}"`
    await shop.sandbox.call(MCHID, 'GET', path, undefined, {
      authorization: `WECHATPAY2-SHA256-RSA2048 ${items}`,
    })
    await inbox(page).filter({ hasText: '401 SIGN_ERROR' }).click()
    const report = page.getByTestId('signature')
    await expectPage(report).toContainText('最后一行也要以换行结束')
    await expectPage(report).toContainText(`从第 5 行第 1 个字节起不同`)
    await expectPage(report.getByRole('list', { name: '微信验的串' }).locator('mark')).toHaveText('↵')
  })

  test('sends a notification again', async () => {
    const number = await payAside()
    const page = await openDesk()
    await page.getByRole('searchbox').fill(number)
    await inbox(page).filter({ hasText: '支付成功通知' }).click()
    const detail = page.getByTestId('notification')
    await expectPage(detail).toContainText('已收下')
    await detail.getByRole('button', { name: '再发一次' }).click()
    await expectPage(detail).toContainText('第 2 次')
  })

  test('switches a fault on, and says of a notification that the fault lost it', async () => {
    const page = await openDesk()
    await openPanel(page, '故障')
    const lose = page.getByRole('switch', { name: /丢掉所有支付通知/ })
    await lose.click()
    await expectPage(lose).toBeChecked()
    const number = await payAside()
    await page.getByRole('searchbox').fill(number)
    await expectPage(inbox(page).filter({ hasText: '支付成功通知' })).toContainText('被故障规则丢弃')
    await expectPage(page.getByText('已生效 1 次')).toBeVisible()
    await lose.click()
    await expectPage(lose).not.toBeChecked()
    await expectPage.poll(async () => (await shop.sandbox.control('/rules')).body.rules).toEqual([])
  })

  test('acts for a person and refunds on the platform, without a phone', async () => {
    const bob = await signIn(shop, 'bob')
    const payment = await bob.pay((await bob.order('gift-spring')).id)
    const page = await openDesk()
    await ledger(page).filter({ hasText: '未支付' }).first().click()
    const trade = page.getByTestId('trade')
    await expectPage(trade).toContainText(payment.id)
    await expectPage(trade.getByLabel('谁来付')).toHaveValue('bob')
    await trade.getByRole('button', { name: '付', exact: true }).click()
    await expectPage(trade).toContainText('已支付')
    await trade.getByLabel('退多少元').fill('1.5')
    await trade.getByRole('button', { name: '退款' }).click()
    await trade.getByRole('button', { name: '再点一次' }).click()
    await expectPage(trade).toContainText('−¥1.50')
  })

  test('moves the clock by its slider, and stops it', async () => {
    const before = (await shop.sandbox.control('/clock')).body.offsetMs
    const page = await openDesk()
    await openPanel(page, '时钟')
    await page.getByRole('slider').press('End')
    await page.getByRole('button', { name: '快进 1 天' }).click()
    await expectPage(page.getByText('比机器的时间快 1 天')).toBeVisible()
    const { offsetMs } = (await shop.sandbox.control('/clock')).body
    expect(Math.abs(offsetMs - before - 86_400_000)).toBeLessThan(60_000)
    await page.getByRole('button', { name: '停住' }).click()
    await expectPage(page.getByRole('button', { name: '继续走' })).toBeVisible()
    expect((await shop.sandbox.control('/clock')).body.frozen).toBe(true)
    await page.getByRole('button', { name: '回到现在' }).click()
    await expectPage(page.getByText('与机器的时间相同。')).toBeVisible()
  })

  test('keeps a state, begins again only when asked twice, and brings the state back', async () => {
    await payAside()
    const page = await openDesk()
    await openPanel(page, '存档')
    await page.getByRole('button', { name: '存一份' }).click()
    await page.getByRole('button', { name: '全部清空' }).click()
    await expectPage(ledger(page).first()).toBeVisible()
    await page.getByRole('button', { name: '确定清空' }).click()
    await expectPage(page.getByText('还没有订单。')).toBeVisible()
    await page.getByRole('button', { name: '回到这里' }).click()
    await page.getByRole('button', { name: '再点一次' }).click()
    await expectPage(ledger(page).first()).toContainText('已支付')
  })

  test('fills a purse, and moves a merchant to its public key', async () => {
    const page = await openDesk()
    await openPanel(page, '人')
    await page.getByLabel('小周的零钱（元）').fill('12.3')
    await page.locator('.person', { hasText: 'bob' }).getByRole('button', { name: '改成这么多' }).click()
    await expectPage(page.getByText('¥12.30')).toBeVisible()
    await openPanel(page, '商户与密钥')
    await page.getByRole('slider', { name: '用公钥签名的比例' }).press('End')
    await page.getByRole('button', { name: '迁移到这个比例' }).click()
    await expectPage(page.getByText('现在：迁移中，100% 的通知用公钥签名')).toBeVisible()
    await shop.sandbox.control('/keys/rotate', { mchid: MCHID, to: 'public-key', percent: 50 })
  })

  test('adds a phone, changes whose it is, and takes it away', async () => {
    const page = await openDesk()
    const frames = page.locator('iframe')
    await expectPage(frames).toHaveCount(2)
    await page.getByRole('button', { name: '添一部' }).click()
    await expectPage(frames).toHaveCount(3)
    await page.getByLabel('谁的手机').last().selectOption('bob')
    await expectPage(frames.last()).toHaveAttribute('src', /phones=c%3Abob/)
    await page.getByRole('button', { name: '拿走小林的手机' }).click()
    await expectPage(frames).toHaveCount(2)
  })

  test('is worked by keyboard: a panel takes the focus, and Escape gives it back', async () => {
    const page = await openDesk()
    const tool = page.getByRole('button', { name: '商户与密钥' })
    await tool.press('Enter')
    await expectPage(page.getByRole('heading', { name: '商户与密钥' })).toBeFocused()
    await page.keyboard.press('Escape')
    await expectPage(tool).toBeFocused()
  })

  test('says when the sandbox is out of reach', async () => {
    const page = await openDesk()
    await context!.setOffline(true)
    await openPanel(page, '故障')
    await page.getByRole('switch').first().click()
    // Beside it stands what the desk says of its own line, as soon as that breaks.
    await expectPage(page.getByRole('alert').filter({ hasText: '沙箱没有应答' })).toBeVisible()
  })
})

describe.each([
  { name: 'light', width: 1440, height: 900, colorScheme: 'light' },
  { name: 'dark', width: 1440, height: 900, colorScheme: 'dark' },
  { name: 'in English on a phone', width: 390, height: 844, colorScheme: 'dark', language: 'en' },
] as const)('accessible $name', (look) => {
  test('with its rows, each detail and each panel, and no wider than the window', async () => {
    await payAside()
    await shop.sandbox.call(MCHID, 'GET', '/v3/certificates', undefined, { nonce: 'x', serialNo: 'F00' })
    const page = await openDesk(look)
    const check = async (what: string) => {
      expect([what, await violationsOf(page)]).toEqual([what, []])
      const excess = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      expect([what, excess > 0]).toEqual([what, false])
    }
    await expectPage(ledger(page).first()).toBeVisible()
    await check('the ledger')
    await chooseAndCheck(page, ledger(page).first(), 'trade', check)
    await page.locator('.back').first().click()
    const notification = inbox(page).filter({ hasText: /支付成功通知|Payment notification/ })
    await chooseAndCheck(page, notification.first(), 'notification', check)
    await chooseAndCheck(page, inbox(page).filter({ hasText: 'SIGN_ERROR' }).first(), 'call', check)
    const tools = page.getByRole('navigation', { name: /工具|Tools/ }).getByRole('button')
    expect(await tools.count()).toBe(6)
    for (const tool of await tools.all()) {
      await tool.click()
      await check((await tool.textContent()) ?? '')
      await page.keyboard.press('Escape')
    }
  })
})

async function chooseAndCheck(
  page: Page,
  row: Locator,
  detail: string,
  check: (what: string) => Promise<void>,
): Promise<void> {
  await row.click()
  await expectPage(page.getByTestId(detail)).toBeVisible()
  await check(detail)
}
