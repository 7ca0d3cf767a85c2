import type { Browser, BrowserContext, Locator, Page } from '@playwright/test'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { launchBrowser } from '../support/browser.ts'
import { signIn } from '../support/customer.ts'
import { openShop, type Shop } from '../support/shop.ts'
import { until } from '../support/until.ts'
import { expectPage } from '../support/walk.ts'

const MCHID = '1900000001'
const DAY_MS = 86_400_000
const tokenFile = join(mkdtempSync(join(tmpdir(), 'desk-token-')), 'operator-token')

let shop: Shop
let browser: Browser
let context: BrowserContext
let page: Page
const thrown: string[] = []

/** One window for all tests of the file; in it no phone is switched on, but where a test opens it anew. */
beforeAll(async () => {
  ;[shop, browser] = await Promise.all([
    openShop({ phone: true, operatorTokenFile: tokenFile }),
    launchBrowser(),
  ])
  writeFileSync(tokenFile, `${shop.operatorToken}\n`)
  context = await browser.newContext({
    viewport: { width: 1280, height: 720 },
    locale: 'zh-CN',
    timezoneId: 'America/New_York',
    permissions: ['clipboard-read', 'clipboard-write'],
  })
  page = await context.newPage()
  page.on('pageerror', (error) => thrown.push(String(error)))
  await withoutPhones()
  await page.goto(shop.sandbox.url)
})
afterEach(async () => {
  await shop.sandbox.control('/rules', undefined, 'DELETE')
  expect(thrown.splice(0)).toEqual([])
})
afterAll(async () => {
  await browser?.close()
  await shop?.close()
})

const withoutPhones = () =>
  page.route('**/phone/?*', (route) => route.fulfill({ contentType: 'text/html', body: '' }))
const rows = () => page.getByTestId('inbox').locator('.row')
const row = (words: string | RegExp) => rows().filter({ hasText: words }).first()
const ledgerRow = (number: string) =>
  page
    .getByTestId('ledger')
    .getByRole('button')
    .filter({ hasText: number.slice(-14) })
const tools = () => page.getByRole('navigation', { name: '工具' })
const clipboard = () => page.evaluate(() => navigator.clipboard.readText())
const heading = (detail: Locator) => detail.getByRole('heading', { level: 2 })

/** A payment of alice's, paid without a window; answers its out_trade_no. */
async function payAside(): Promise<string> {
  const alice = await signIn(shop, 'alice')
  const payment = await alice.pay((await alice.order('gift-spring')).id)
  await alice.cashier(await alice.launch(payment.id), 'paid')
  return payment.id
}

/** A call whose signature has no last line feed, as many clients' first one. */
const askBadly = async (outTradeNo: string) => {
  const { signText } = await import('../support/sandbox-client.ts')
  const { serialNo, privateKeyPem } = shop.sandbox.merchant(MCHID)
  const path = `/v3/pay/transactions/out-trade-no/${outTradeNo}?mchid=${MCHID}`
  const timestamp = Math.floor(Date.now() / 1000)
  const signature = signText(privateKeyPem, `GET\n${path}\n${timestamp}\nabc\n`)
  const items = `mchid="${MCHID}",nonce_str="abc",signature="${signature}",timestamp="${timestamp}",serial_no="${serialNo}"`
  await shop.sandbox.call(MCHID, 'GET', path, undefined, {
    authorization: `WECHATPAY2-SHA256-RSA2048 ${items}`,
  })
}

/** What of the page a region covers. */
const boxOf = async (region: Locator) => (await region.boundingBox())!
const overlaps = (a: { x: number; y: number; width: number; height: number }, b: typeof a): boolean =>
  a.x < b.x + b.width - 1 && b.x < a.x + a.width - 1 && a.y < b.y + b.height - 1 && b.y < a.y + a.height - 1

describe('in a window of 1280 by 720', () => {
  test('both phones stand in sight, whole', async () => {
    await expectPage(page.locator('iframe')).toHaveCount(2)
    const inboxBox = await boxOf(page.locator('.column_inbox'))
    for (const phone of await page.locator('iframe').all()) {
      await expectPage
        .poll(async () => {
          const { x, y, width, height } = await boxOf(phone)
          return [x >= 0, x + width <= inboxBox.x, y + height <= 720]
        })
        .toEqual([true, true, true])
    }
  })

  test('person, entry and device are drawn as controls: a border, and an arrow', async () => {
    for (const name of ['谁的手机', '从哪里进', '机型']) {
      const style = await page
        .getByLabel(name)
        .first()
        .evaluate((control) => {
          const { borderTopWidth, borderTopStyle, backgroundImage } = getComputedStyle(control)
          return { borderTopWidth, borderTopStyle, hasArrow: backgroundImage !== 'none' }
        })
      expect([name, style]).toEqual([
        name,
        { borderTopWidth: '1px', borderTopStyle: 'solid', hasArrow: true },
      ])
    }
  })

  test('no panel covers what it acts on', async () => {
    for (const name of ['时钟', '故障', '人', '商户与密钥', '对账', '存档']) {
      await tools().getByRole('button', { name }).click()
      const panel = await boxOf(page.getByRole('dialog'))
      for (const column of await page.locator('.column').all())
        expect([name, overlaps(panel, await boxOf(column))]).toEqual([name, false])
      for (const phone of await page.locator('iframe').all())
        expect([name, overlaps(panel, await boxOf(phone))]).toEqual([name, false])
      await page.keyboard.press('Escape')
    }
  })
})

describe('an item of the conversation', () => {
  test('takes the focus on Enter, and Escape gives it back to its row', async () => {
    const number = await payAside()
    const chosen = row('支付成功通知')
    await expectPage(chosen).toContainText(number.slice(-14))
    await chosen.focus()
    await page.keyboard.press('Enter')
    await expectPage(heading(page.getByTestId('notification'))).toBeFocused()
    await page.keyboard.press('Escape')
    await expectPage(chosen).toBeFocused()
    // It is open already: Enter leads into it all the same.
    await page.keyboard.press('Enter')
    await expectPage(heading(page.getByTestId('notification'))).toBeFocused()
    await ledgerRow(number)
      .or(page.getByRole('button', { name: '← 账本' }))
      .first()
      .press('Enter')
    await ledgerRow(number).press('Enter')
    await expectPage(heading(page.getByTestId('trade'))).toBeFocused()
    await page.keyboard.press('Escape')
    await expectPage(ledgerRow(number)).toBeFocused()
  })

  test('of a failure that came five times is one row, with what is wrong as its second line', async () => {
    for (let count = 0; count < 5; count += 1) await askBadly('desk-group')
    const group = row('401 SIGN_ERROR')
    await expectPage(group).toContainText('5 次')
    // Refused before it was read, it is still found by the number that it claims.
    await expectPage(group).toContainText('desk-group')
    await expectPage(group).toContainText('最后一行也要以换行结束')
    await expectPage(rows().filter({ hasText: '401 SIGN_ERROR' })).toHaveCount(1)
    await page.getByRole('button', { name: '展开这 5 次' }).click()
    await expectPage(rows().filter({ hasText: '401 SIGN_ERROR' })).toHaveCount(5)
    await page.getByRole('button', { name: '收起这 5 次' }).click()
  })

  test('is found by its kind', async () => {
    await expectPage(rows().first()).toBeVisible()
    await page.getByLabel('种类').selectOption({ label: '通知' })
    await expectPage(rows().filter({ hasText: '查单' })).toHaveCount(0)
    await expectPage(rows().first()).toContainText('通知')
    await page.getByLabel('种类').selectOption({ label: '全部种类' })
  })

  test('gives bodies, headers and numbers to the clipboard, and itself as curl', async () => {
    const number = await payAside()
    await page.getByRole('searchbox').fill(number)
    await row('JSAPI 下单').click()
    const call = page.getByTestId('call')
    await call.getByRole('button', { name: '复制 请求的正文' }).click()
    expect(JSON.parse(await clipboard())).toMatchObject({ out_trade_no: number })
    await call.getByRole('button', { name: '复制 商户订单号' }).click()
    expect(await clipboard()).toBe(number)
    await call.getByRole('button', { name: '复制 请求的头部' }).click()
    expect(await clipboard()).toMatch(/^authorization: WECHATPAY2-SHA256-RSA2048 /im)
    await call.getByRole('button', { name: '复制为 curl' }).click()
    expect(await clipboard()).toMatch(/^curl -X POST '.*\/v3\/pay\/transactions\/jsapi'[^]*--data-raw '\{/)
  })

  test('leads to the others of its trade: order, prepay, notification, query', async () => {
    const number = await payAside()
    await page.getByRole('searchbox').fill(number)
    await row('支付成功通知').click()
    const others = page.getByRole('list', { name: '这一笔的往来' })
    await expectPage(others.getByRole('button')).toContainText([
      '账本里的这一笔',
      'JSAPI 下单',
      '支付成功通知',
    ])
    await others.getByRole('button', { name: 'JSAPI 下单' }).click()
    await expectPage(heading(page.getByTestId('call'))).toHaveText('JSAPI 下单')
    await others.getByRole('button', { name: '账本里的这一笔' }).click()
    await expectPage(page.getByTestId('trade')).toContainText(number)
  })

  test('stays open however many newer ones come', async () => {
    const number = await payAside()
    await page.getByRole('searchbox').fill(number)
    await row('JSAPI 下单').click()
    await page.getByRole('searchbox').fill('')
    for (let sent = 0; sent < 560; sent += 40) {
      const one = () => fetch(`${shop.sandbox.url}/v3/certificates`).then((answer) => answer.arrayBuffer())
      await Promise.all(Array.from({ length: 40 }, one))
    }
    // The newest has been drawn: all of them are grouped into one row.
    await expectPage(row('取平台证书')).toContainText(/\d{3} 次/)
    await expectPage(page.getByTestId('call')).toContainText(number)
    await expectPage(page.getByText('这一条太早')).toHaveCount(0)
  })
})

describe('the tools', () => {
  test('compare with the books of the server that was started with the sandbox, without a token typed', async () => {
    const authorization = `Bearer ${shop.operatorToken}`
    await until(async () => {
      const books = await fetch(`${shop.url}/api/books`, { headers: { authorization } })
      return !(await books.text()).includes('"state":"pending"')
    })
    const asked: Record<string, string>[] = []
    page.on('request', (request) => {
      if (request.url().includes('/verdict')) asked.push(request.headers())
    })
    await tools().getByRole('button', { name: '对账' }).click()
    await expectPage(page.getByLabel('操作员令牌')).toHaveCount(0)
    await page.getByRole('button', { name: '对一遍' }).click()
    await expectPage(page.getByText('一分不差')).toBeVisible()
    expect(asked.map((headers) => headers['authorization'])).toEqual([undefined])
    await page.keyboard.press('Escape')
  })

  test('keep a snapshot under a name, which outlives the page', async () => {
    await tools().getByRole('button', { name: '存档' }).click()
    await page.getByLabel('存档的名字').fill('付款之前')
    await page.getByRole('button', { name: '存一份' }).click()
    await expectPage(page.locator('.snapshots li').first()).toContainText('付款之前')
    await page.reload()
    await tools().getByRole('button', { name: '存档' }).click()
    await expectPage(page.locator('.snapshots li').first()).toContainText('付款之前')
    await page.keyboard.press('Escape')
  })

  test('say in the header how far the clock is ahead', async () => {
    await expectPage(tools().getByRole('button', { name: '时钟' })).not.toContainText('快')
    await shop.advance(DAY_MS)
    await expectPage(tools().getByRole('button', { name: '时钟' })).toContainText('快 1 天')
    await shop.advance(-DAY_MS)
  })
})

describe('the phones', () => {
  test('go by the time of Beijing, whatever the zone of the machine', async () => {
    const phone = await context.newPage()
    await phone.goto(`${shop.sandbox.url}/phone/?entry=official`)
    await expectPage(phone.frameLocator('iframe[title="web-view"]').getByRole('main')).toBeVisible()
    const frames = [phone.mainFrame(), phone.frames().find((frame) => frame.url().includes('.localhost'))!]
    for (const frame of frames) {
      const told = await frame.evaluate(() => {
        const midnight = new Date('2026-11-30T16:00:00Z')
        return [
          midnight.getHours(),
          midnight.getDate(),
          midnight.getTimezoneOffset(),
          midnight.toLocaleTimeString('en-GB'),
          new Intl.DateTimeFormat('en-GB').resolvedOptions().timeZone,
          new Date(2026, 11, 1, 0, 0).toISOString(),
        ]
      })
      expect(told).toEqual([0, 1, -480, '00:00:00', 'Asia/Shanghai', '2026-11-30T16:00:00.000Z'])
    }
    await phone.close()
  })

  test('speak English at the cashier too', async () => {
    const phone = await context.newPage()
    await phone.goto(`${shop.sandbox.url}/phone/?lang=en`)
    const glass = phone.getByTestId('phone')
    const web = glass.frameLocator('iframe[title="web-view"]')
    await glass.getByRole('button', { name: 'Order now' }).click()
    await web.getByRole('button', { name: 'Buy now' }).first().click()
    await web.getByRole('button', { name: 'Place order' }).click()
    const cashier = glass.getByRole('dialog', { name: 'WeChat Pay' })
    await expectPage(cashier).toContainText('Balance')
    // The names of shop and goods are the merchant's own words.
    const words = await cashier.locator('button, summary, dt, header').allInnerTexts()
    expect(words.filter((text) => /\p{Script=Han}/u.test(text))).toEqual([])
    await cashier.getByText('For developers').click()
    await cashier.getByRole('button', { name: 'Wrong password' }).click()
    await expectPage(glass.getByRole('alertdialog')).toContainText('Wrong password. Try again.')
    await glass.getByRole('button', { name: 'OK' }).click()
    await cashier.getByRole('button', { name: 'Pay now' }).click()
    await expectPage(web.getByTestId('result-title')).toHaveText('Paid')
    await phone.close()
  })
})

/** From the page alone: no address typed, no document read, nothing asked of the sandbox but through its buttons. */
test('a newcomer pays, finds the notification, makes the next one fail and says why, within five minutes', async () => {
  const startedAt = performance.now()
  await page.unroute('**/phone/?*')
  await page.reload()
  const phone = page.frameLocator('iframe[title="小林的手机"]')
  const web = phone.frameLocator('iframe[title="web-view"]')
  const tapWeb = async (name: string) => {
    const button = web.getByRole('button', { name, disabled: false }).first()
    await button.waitFor()
    await button.dispatchEvent('click')
  }
  const buy = async () => {
    await tapWeb('立即购买')
    await tapWeb('提交订单')
    await phone.getByRole('button', { name: '立即支付' }).click()
    await expectPage(web.getByTestId('result-title')).toHaveText('支付成功')
  }
  await phone.getByRole('button', { name: '去下单' }).click()
  await buy()
  const newest = page.getByTestId('ledger').getByRole('button').first()
  await expectPage(newest).toContainText('已支付')
  await newest.click()
  const others = page.getByRole('list', { name: '这一笔的往来' })
  await others.getByRole('button', { name: '支付成功通知' }).click()
  const notification = page.getByTestId('notification')
  await expectPage(notification).toContainText('已收下')
  await expectPage(notification.getByRole('region', { name: '解密后的内容' })).toContainText('"SUCCESS"')
  // The detail of a notification itself says where failures are made.
  await notification.getByRole('button', { name: '让下一条失败' }).click()
  await page.getByRole('switch', { name: /丢掉所有支付通知/ }).click()
  await page.keyboard.press('Escape')
  await web.getByRole('link', { name: '去逛逛' }).dispatchEvent('click')
  await buy()
  await page.getByRole('button', { name: '看全部' }).click()
  await page.getByLabel('种类').selectOption({ label: '通知' })
  const failed = rows().first()
  await expectPage(failed).toContainText('被故障规则丢弃')
  await failed.click()
  await expectPage(notification.getByRole('note')).toHaveText('这一页的故障规则丢弃了它，服务器没有收到。')
  expect(performance.now() - startedAt).toBeLessThan(5 * 60_000)
})
