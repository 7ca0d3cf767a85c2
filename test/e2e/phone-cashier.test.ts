import type { Locator, Page } from '@playwright/test'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { medicalBody, postMedical } from '../support/sandbox-rules/medical-requests.ts'
import { expectPage } from '../support/walk.ts'
import {
  MINI_PROGRAM,
  OFFICIAL_ACCOUNT,
  type PhoneFixture,
  startPhoneFixture,
  store,
} from './phone-fixture.ts'

const MERCHANT = '1900000001'
const outTradeNo = 'phone-cashier-1'

let fixture: PhoneFixture
let page: Page

/** Pays with what is stored as `launch`, and shows what came back. */
const payPage = {
  'pages/home/home.wxml': `<button bindtap="pay">付款</button><button bindtap="later">稍后付款</button><button bindtap="insured">医保付款</button><view class="said">{{said}}</view><view class="story">{{story}}</view>`,
  'pages/home/home.ts': `Page({ data: { said: '', story: '' }, isThere: false,
  onHide() { this.tell('hide') }, onShow() { if (this.isThere) this.tell('show'); this.isThere = true },
  later() { setTimeout(() => this.pay()) },
  insured() { wx.requestMedicalInsurancePay({ ...wx.getStorageSync('launch'), success: (result) => this.setData({ said: result.errMsg }) }) },
  tell(what: string) { this.setData({ story: this.data.story + what + ';' }) },
  pay() { wx.requestPayment({ ...wx.getStorageSync('launch'), success: (result) => { this.setData({ said: result.errMsg }); this.tell(result.errMsg) }, fail: (result) => this.setData({ said: result.errMsg }) }) } })`,
}

beforeAll(async () => {
  fixture = await startPhoneFixture(payPage)
})
afterEach(() => fixture.tidy())
afterAll(() => fixture.close())

async function prepay(appid: string, user: string, number = outTradeNo): Promise<Record<string, string>> {
  const { sandbox } = fixture
  const { body, status } = await sandbox.call(MERCHANT, 'POST', '/v3/pay/transactions/jsapi', {
    appid,
    mchid: MERCHANT,
    description: '明前龙井 250g',
    out_trade_no: number,
    notify_url: 'http://127.0.0.1:9/notify',
    amount: { total: 12800, currency: 'CNY' },
    payer: { openid: sandbox.openid(user, appid) },
  })
  expect({ status, body }).toMatchObject({ status: 200 })
  return sandbox.launch(MERCHANT, appid, body.prepay_id as string)
}

async function tradeState(): Promise<string> {
  const { body } = await fixture.sandbox.call(
    MERCHANT,
    'GET',
    `/v3/pay/transactions/out-trade-no/${outTradeNo}?mchid=${MERCHANT}`,
  )
  return body.trade_state as string
}

const phone = (): Locator => page.getByTestId('phone')
const cashier = (): Locator => phone().getByRole('dialog', { name: '微信支付' })
const tap = (name: string): Promise<void> => phone().getByRole('button', { name, exact: true }).click()

async function unhappy(name: string): Promise<void> {
  await phone().getByText('给开发者：不顺利的结局').click()
  await tap(name)
}

describe('the cashier over a mini-program', () => {
  beforeEach(async () => {
    page = await fixture.open('/phone/?user=alice')
    await store(page, 'a', 'alice', 'launch', await prepay(MINI_PROGRAM, 'alice'))
  })

  test('shows who is paid, what and how much, and pays', async () => {
    await tap('付款')
    await expectPage(cashier()).toContainText('明前龙井 250g')
    await expectPage(cashier()).toContainText('128.00')
    await tap('立即支付')
    await expectPage(phone().locator('.said')).toHaveText('requestPayment:ok')
    expect(await tradeState()).toBe('SUCCESS')
  })

  test('warns who pays the same a second time within a minute, and only then', async () => {
    const warning = cashier().getByRole('note')
    await tap('付款')
    await expectPage(cashier()).toBeVisible()
    await expectPage(warning).toHaveCount(0)
    await tap('立即支付')
    await expectPage(phone().locator('.said')).toHaveText('requestPayment:ok')
    await store(page, 'a', 'alice', 'launch', await prepay(MINI_PROGRAM, 'alice', 'phone-cashier-2'))
    await tap('付款')
    await expectPage(warning).toHaveText(/支付过一笔相同金额/)
    await tap('取消支付')
    await fixture.sandbox.control('/clock', { advanceMs: 60_000 })
    await tap('付款')
    await expectPage(cashier()).toBeVisible()
    await expectPage(warning).toHaveCount(0)
  })

  test('tells the program when the person cancels, and nothing is paid', async () => {
    await tap('付款')
    await tap('取消支付')
    await expectPage(phone().locator('.said')).toHaveText('requestPayment:fail cancel')
    expect(await tradeState()).toBe('NOTPAY')
  })

  test('takes the keyboard, shows rings, and gives the keyboard back to the button that opened it', async () => {
    const outline = (): Promise<string> =>
      page.evaluate(() => {
        const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement ?? document.body)
        return `${outlineStyle} ${outlineWidth}`
      })
    await phone().getByRole('button', { name: '付款', exact: true }).focus()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Shift+Tab')
    expect(await outline()).toBe('solid 2px')
    await page.keyboard.press('Enter')
    await expectPage(cashier()).toBeFocused()
    await page.keyboard.press('Tab')
    expect(await outline()).toBe('solid 2px')
    await phone().getByRole('button', { name: '取消支付' }).press('Enter')
    await expectPage(phone().getByRole('button', { name: '付款', exact: true })).toBeFocused()
  })

  test('stays open after a wrong password, so that the person can try again', async () => {
    await tap('付款')
    await unhappy('密码错误')
    await tap('知道了')
    await expectPage(phone().locator('.said')).toHaveText('')
    await tap('立即支付')
    await expectPage(phone().locator('.said')).toHaveText('requestPayment:ok')
  })

  test('ends with a sentence when risk control steps in', async () => {
    await tap('付款')
    await unhappy('风险拦截')
    await expectPage(phone().getByRole('alertdialog')).toContainText('风险')
    await tap('知道了')
    await expectPage(phone().locator('.said')).toContainText('requestPayment:fail 当前交易存在风险')
    await expectPage(cashier()).toHaveCount(0)
  })

  test.each([
    ['ios', 'hide;show;requestPayment:ok;'],
    ['silent', 'requestPayment:ok;'],
  ])('hides the page as the %s device does, and answers after that', async (profile, story) => {
    page = await fixture.open(`/phone/?profile=${profile}`)
    await store(page, 'a', 'alice', 'launch', await prepay(MINI_PROGRAM, 'alice'))
    await tap('付款')
    await tap('立即支付')
    await expectPage(phone().locator('.story')).toHaveText(story)
  })

  test('opens on HarmonyOS only for a finger on a button', async () => {
    page = await fixture.open('/phone/?profile=harmony')
    await store(page, 'a', 'alice', 'launch', await prepay(MINI_PROGRAM, 'alice'))
    await tap('稍后付款')
    await expectPage(phone().locator('.said')).toHaveText(
      'requestPayment:fail can only be invoked by user TAP gesture.',
    )
    await tap('付款')
    await tap('立即支付')
    await expectPage(phone().locator('.said')).toHaveText('requestPayment:ok')
  })

  test('shows what the medical insurance pays and what is left to pay', async () => {
    const { stage, sandbox } = fixture
    const body = await medicalBody(stage)
    const { body: made } = await postMedical(stage, body)
    const launch = sandbox.launch(MERCHANT, MINI_PROGRAM, String(body.prepay_id))
    await store(page, 'a', 'alice', 'launch', { ...launch, mixTradeNo: made.mix_trade_no as string })
    await tap('医保付款')
    const rows = cashier().locator('dd')
    await expectPage(rows).toHaveText(['城南医院', '¥188.00', '−¥100.00', '¥88.00', /^医保 \+ 零钱/])
    await tap('立即支付')
    await expectPage(phone().locator('.said')).toHaveText('requestMedicalInsurancePay:ok')
  })

  test('can be paid and never answer', async () => {
    await tap('付款')
    await unhappy('支付成功但没有回音')
    await expectPage(cashier()).toHaveCount(0)
    expect(await tradeState()).toBe('SUCCESS')
    await expectPage(phone().locator('.said')).toHaveText('')
  })

  test('dies with WeChat, unpaid, and the mini-program starts cold afterwards', async () => {
    await tap('付款')
    await unhappy('关闭微信')
    await expectPage(phone().getByText('桥付公众号')).toBeVisible()
    expect(await page.evaluate(() => window.qiaofuPhones.a?.stack())).toEqual([])
    expect(await tradeState()).toBe('NOTPAY')
  })

  test('refuses another person, and says so', async () => {
    const launch = await prepay(MINI_PROGRAM, 'alice')
    page = await fixture.open('/phone/?user=bob')
    await store(page, 'a', 'bob', 'launch', launch)
    await tap('付款')
    await expectPage(phone().getByRole('alertdialog')).toContainText('下单账号与支付账号不一致')
    // What WeChat keeps to itself, a developer may read.
    await expectPage(phone().getByRole('alertdialog')).toContainText('openid')
    await tap('知道了')
    await expectPage(phone().locator('.said')).toHaveText('requestPayment:fail 下单账号与支付账号不一致')
    expect(await tradeState()).toBe('NOTPAY')
  })

  test.each(['timeStamp', 'nonceStr', 'package', 'signType', 'paySign'])(
    'refuses a changed %s',
    async (name) => {
      const launch = await prepay(MINI_PROGRAM, 'alice')
      await store(page, 'a', 'alice', 'launch', { ...launch, [name]: `1${launch[name]}` })
      await tap('付款')
      await tap('知道了')
      await expectPage(phone().locator('.said')).toContainText('requestPayment:fail')
      await expectPage(cashier()).toHaveCount(0)
    },
  )
})

describe('the cashier over an official-account page', () => {
  const log = (): Locator => phone().frameLocator('iframe[title="web-view"]').locator('#log')

  async function openWith(change: (launch: Record<string, string>) => Record<string, string>): Promise<void> {
    const launch = { appId: OFFICIAL_ACCOUNT, ...(await prepay(OFFICIAL_ACCOUNT, 'bob')) }
    const query = encodeURIComponent(JSON.stringify(change(launch)))
    page = await fixture.open(
      `/phone/?entry=official&user=bob&page=${encodeURIComponent(`${fixture.h5.url}/?launch=${query}`)}`,
    )
  }

  test('pays through getBrandWCPayRequest', async () => {
    await openWith((launch) => launch)
    await tap('立即支付')
    await expectPage(log()).toContainText('get_brand_wcpay_request:ok')
    expect(await tradeState()).toBe('SUCCESS')
  })

  test('tells the page when the person cancels', async () => {
    await openWith((launch) => launch)
    await tap('取消支付')
    await expectPage(log()).toContainText('get_brand_wcpay_request:cancel')
  })

  test('refuses the other appid', async () => {
    await openWith((launch) => ({ ...launch, appId: MINI_PROGRAM }))
    await tap('知道了')
    await expectPage(log()).toContainText('get_brand_wcpay_request:fail')
    expect(await tradeState()).toBe('NOTPAY')
  })
})
