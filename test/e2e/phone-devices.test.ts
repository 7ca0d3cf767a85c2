import type { FrameLocator, Locator, Page } from '@playwright/test'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { profiles } from '../../sandbox/phone/profiles.ts'
import { expectPage } from '../support/walk.ts'
import { type PhoneFixture, startPhoneFixture } from './phone-fixture.ts'

const MERCHANT = '1900000001'

let fixture: PhoneFixture
let page: Page
let count = 0

beforeAll(async () => {
  fixture = await startPhoneFixture()
})
afterEach(() => fixture.tidy())
afterAll(() => fixture.close())

const screen = (nth = 0): Locator => page.getByTestId('phone').nth(nth)
const web = (nth = 0): FrameLocator => screen(nth).frameLocator('iframe[title="web-view"]')
const tap = (name: string, nth = 0): Promise<void> =>
  screen(nth).getByRole('button', { name, exact: true }).last().click()
const cashier = (nth = 0): Locator => screen(nth).getByRole('dialog', { name: '微信支付' })
const where = (name = 'a'): Promise<string | undefined> =>
  page.evaluate((phone) => window.qiaofuPhones[phone]?.url(), name)

async function open(address: string): Promise<void> {
  page = await fixture.open(address)
}

/** The H5 at a path, in the window's address. */
const at = (path: string): string => encodeURIComponent(`${fixture.h5.url}${path}`)

/** Orders without a named payer. */
async function order(way: 'h5' | 'native', payerIp = '') {
  const outTradeNo = `phone-devices-${(count += 1)}`
  const { body } = await fixture.sandbox.call(MERCHANT, 'POST', `/v3/pay/transactions/${way}`, {
    appid: 'wx5a17d0c0ffee0001',
    mchid: MERCHANT,
    description: '明前龙井 250g',
    out_trade_no: outTradeNo,
    notify_url: 'http://127.0.0.1:9/notify',
    amount: { total: 12800, currency: 'CNY' },
    ...(way === 'h5' && { scene_info: { payer_client_ip: payerIp, h5_info: { type: 'Wap' } } }),
  })
  const state = async (): Promise<string> =>
    (
      await fixture.sandbox.call(
        MERCHANT,
        'GET',
        `/v3/pay/transactions/out-trade-no/${outTradeNo}?mchid=${MERCHANT}`,
      )
    ).body.trade_state
  return { url: String(body.h5_url ?? body.code_url), state }
}

describe('a device', () => {
  const bridges = {
    wechat: ['WeixinJSBridge'],
    wecom: ['WeixinJSBridge'],
    alipay: ['AlipayJSBridge'],
    host: [],
    browser: [],
  } as const

  test.each(profiles.map(({ id, client, userAgent }) => ({ id, client, userAgent })))(
    '$id tells server and page the same of itself, and has the bridge of its client alone',
    async ({ id, client, userAgent }) => {
      await open(`/phone/?profile=${id}&entry=official`)
      const body = web().locator('body')
      await expectPage(body.locator('#who')).toHaveText('nobody')
      const sent = fixture.h5.seen.find(({ path }) => path === '/')?.headers['user-agent']
      expect(sent).toBe(userAgent)
      expect(await body.evaluate(() => navigator.userAgent)).toBe(sent)
      await expectPage
        .poll(() =>
          body.evaluate(() => ['WeixinJSBridge', 'AlipayJSBridge'].filter((name) => name in window)),
        )
        .toEqual(bridges[client])
    },
  )

  test('keeps the cookies of its programs apart, behind one address of the network', async () => {
    await open(`/phone/?profile=safari&page=${at('/enter?as=alice')}`)
    await expectPage(web().locator('#who')).toHaveText('alice')
    const address = fixture.h5.seen.at(-1)?.headers['x-forwarded-for']
    await open('/phone/?profile=ios&entry=official')
    await expectPage(web().locator('#who')).toHaveText('nobody')
    expect(fixture.h5.seen.at(-1)?.headers['x-forwarded-for']).toBe(address)
    await open('/phone/?profile=chrome')
    await expectPage(web().locator('#who')).toHaveText('alice')
  })

  test('with a browser shows the address, goes back, and opens what is typed', async () => {
    await open('/phone/?profile=pc')
    const address = screen().getByRole('textbox', { name: '地址' })
    await expectPage(address).toHaveValue(`${fixture.h5.url}/`)
    await web().locator('#push').click()
    await expectPage(address).toHaveValue(`${fixture.h5.url}/step`)
    await tap('返回')
    await expectPage(address).toHaveValue(`${fixture.h5.url}/`)
    await address.fill(new URL(`${fixture.h5.url}/second`).href.slice('http://'.length))
    await address.press('Enter')
    await expectPage.poll(() => where()).toBe(`${fixture.h5.url}/second`)
  })

  test('without a cashier for pages says so to the page', async () => {
    await open(`/phone/?profile=wechat-pc&entry=official&page=${at('/?launch=%7B%7D')}`)
    await expectPage(web().locator('#log')).toHaveText('visits 1;get_brand_wcpay_request:fail;')
  })
})

describe('H5 pay', () => {
  /** Where alice's phone comes from: its proxy says it of every request. */
  let payerIp: string

  beforeAll(async () => {
    await open('/phone/?profile=safari')
    await expectPage(web().locator('#who')).toHaveText('nobody')
    payerIp = String(fixture.h5.seen[0]?.headers['x-forwarded-for'])
    await fixture.tidy()
  })

  async function goToPay(profile = 'safari', more = '') {
    const placed = await order('h5', payerIp)
    const h5Url = `${placed.url}&redirect_url=${at('/return')}`
    await open(`/phone/?profile=${profile}&page=${at(`/?go=${encodeURIComponent(h5Url)}${more}`)}`)
    await web().locator('#go').click()
    return placed
  }

  test.each(['safari', 'chrome'])(
    'in %s wakes WeChat over the page, and comes back to the shop paid',
    async (profile) => {
      const { state } = await goToPay(profile)
      await expectPage(cashier()).toContainText('128.00')
      expect(await state()).toBe('NOTPAY')
      await tap('立即支付')
      await expectPage.poll(() => where()).toBe(`${fixture.h5.url}/return`)
      expect(await state()).toBe('SUCCESS')
    },
  )

  test('comes back from a cancelled cashier, and nothing is paid', async () => {
    const { state } = await goToPay()
    await tap('取消支付')
    await expectPage.poll(() => where()).toBe(`${fixture.h5.url}/return`)
    expect(await state()).toBe('NOTPAY')
  })

  test('comes back after five seconds below a cashier that is still open, and can be paid there', async () => {
    const { url, state } = await order('h5', payerIp)
    await open('/phone/?profile=safari')
    // Nothing but runFor moves this window's time.
    await page.clock.install({ time: 0 })
    await page.clock.pauseAt(60_000)
    await page.goto(
      `${fixture.sandbox.url}/phone/?profile=safari&page=${at(`/?go=${encodeURIComponent(`${url}&redirect_url=${at('/return')}`)}`)}`,
    )
    await web().locator('#go').click()
    await expectPage(cashier()).toBeVisible()
    await page.clock.runFor(4_900)
    expect(await where()).toContain('/cgi-bin/mmpayweb-bin/checkmweb')
    await page.clock.runFor(200)
    await expectPage.poll(() => where()).toBe(`${fixture.h5.url}/return`)
    await tap('立即支付')
    await expectPage.poll(state).toBe('SUCCESS')
  })

  test('is refused without a Referer, in WeChat’s words, and opens no cashier', async () => {
    await goToPay('safari', '&rel=noreferrer')
    await expectPage(web().getByRole('heading')).toHaveText('商家参数格式有误，请联系商家解决')
    await expectPage(cashier()).toHaveCount(0)
  })

  test('on a computer finds no WeChat to wake', async () => {
    await goToPay('pc')
    await expectPage(screen().getByRole('alertdialog')).toContainText('没有能打开 weixin: 链接的应用')
    await expectPage(cashier()).toHaveCount(0)
  })

  test('in WeChat’s own browser is refused', async () => {
    const { url } = await order('h5', payerIp)
    await open(`/phone/?profile=ios&entry=official&page=${at(`/?go=${encodeURIComponent(url)}`)}`)
    await web().locator('#go').click()
    await expectPage(web().getByRole('heading')).toHaveText('请在微信外打开订单，进行支付')
  })
})

describe('扫一扫', () => {
  /** A computer that shows a code, and phones that stand in their conversations. */
  async function show(text: string, as = 'svg'): Promise<void> {
    const code = at(`/?code=${encodeURIComponent(text)}&as=${as}`)
    await open(`/phone/?phones=a:alice:pc,b:alice:ios,c:bob:android&entry=conversations&page=${code}`)
    await expectPage(screen(2)).toBeVisible()
    await expectPage(web().locator('#who')).toHaveText('nobody')
  }
  const scan = (nth: number): Promise<void> => screen(nth).getByRole('button', { name: '扫一扫' }).click()

  test.each(['svg', 'canvas', 'img'])(
    'reads a code that is drawn as %s on a computer, and pays it on the phone',
    async (as) => {
      const { url, state } = await order('native')
      await show(url, as)
      await scan(1)
      await expectPage(cashier(1)).toContainText('明前龙井 250g')
      await tap('立即支付', 1)
      await expectPage(cashier(1)).toHaveCount(0)
      expect(await state()).toBe('SUCCESS')
    },
  )

  test('binds a code to the first who scans it', async () => {
    const { url, state } = await order('native')
    await show(url)
    await scan(1)
    await tap('取消支付', 1)
    await scan(2)
    await expectPage(screen(2).getByRole('alertdialog')).toContainText('商家订单信息有误')
    expect(await state()).toBe('NOTPAY')
  })

  test('opens the page of a web address in WeChat’s browser', async () => {
    await show(`${fixture.h5.url}/second`)
    await scan(1)
    await expectPage.poll(() => where('b')).toBe(`${fixture.h5.url}/second`)
    expect(fixture.h5.seen.at(-1)?.headers['user-agent']).toContain('MicroMessenger')
  })

  test('shows what any other code says, and looks on until there is one', async () => {
    await open('/phone/?phones=a:alice:pc,b:alice:ios&entry=conversations')
    await expectPage(screen(1)).toBeVisible()
    await scan(1)
    await expectPage(screen(1).getByRole('dialog', { name: '扫一扫' })).toBeVisible()
    const address = screen().getByRole('textbox', { name: '地址' })
    await address.fill(`${fixture.h5.url}/?code=hello&as=svg`)
    await address.press('Enter')
    await expectPage(screen(1).getByRole('alertdialog')).toContainText('hello')
  })
})
