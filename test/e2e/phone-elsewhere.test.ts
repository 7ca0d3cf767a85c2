import type { Locator, Page } from '@playwright/test'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { expectPage } from '../support/walk.ts'
import { MINI_PROGRAM, type PhoneFixture, startPhoneFixture } from './phone-fixture.ts'

let fixture: PhoneFixture
let page: Page

/** One page that leaves for other mini-programs and apps, asks for the phone number, and tells what it hears. */
const traveller = {
  'app.json': JSON.stringify({
    pages: ['pages/home/home'],
    window: { navigationBarTitleText: '小店' },
  }),
  'app.ts': `App({ heard: [] as string[],
    onShow(options: any) { this.heard.push('show ' + options.scene + ' ' + JSON.stringify(options.referrerInfo)) },
    onHide() { this.heard.push('hide') } })`,
  'pages/home/home.json': '{}',
  'pages/home/home.wxml': `<view class="said" aria-role="status">{{said}}</view>
<button bindtap="go">去医保</button><button bindtap="later">定时去</button><button bindtap="back">回来处</button>
<button open-type="launchApp" app-parameter="order=1" binderror="failed">返回 App</button>
<button open-type="getPhoneNumber" bindgetphonenumber="number">手机号</button>
<button bindtap="session">会话</button><button bindtap="medical">医保支付</button><button bindtap="look">看</button>`,
  'pages/home/home.ts': `Page({ data: { said: '' },
    onLoad(query: any) { if (query.at === 'once') this.go() },
    onShow() { this.look() },
    look() { const app = getApp<any>(); this.setData({ said: app.heard.join(';') + ';' + wx.getEnterOptionsSync().scene }) },
    note(text: string) { getApp<any>().heard.push(text); this.look() },
    go() { wx.navigateToMiniProgram({ appId: 'wx5a17d0c0ffee0003', path: 'auth/index?biz=04107', extraData: { from: 'shop' },
      success: (done: any) => this.note(done.errMsg), fail: (error: any) => this.note(error.errMsg) }) },
    back() { wx.navigateBackMiniProgram({ extraData: { paid: true }, fail: (error: any) => this.note(error.errMsg) }) },
    failed({ detail }: any) { this.note(detail.errMsg) },
    number({ detail }: any) { this.note(detail.errMsg + ' ' + (detail.code || '')) },
    async session() {
      const before = await wx.checkSession().catch((error: any) => error)
      await wx.login()
      const after = await wx.checkSession()
      this.note([before.errMsg, after.errMsg].join(',')) },
    medical() { wx.requestMedicalInsurancePay({ mixTradeNo: 'nobody', fail: (error: any) => this.note(error.errMsg) }) } })`,
}

beforeAll(async () => {
  fixture = await startPhoneFixture(traveller)
})
afterEach(() => fixture.tidy())
afterAll(() => fixture.close())

const open = async (address = '/phone/'): Promise<void> => {
  page = await fixture.open(address)
  await expectPage(said()).not.toBeEmpty()
}
const phone = (): Locator => page.getByTestId('phone')
const said = (): Locator => phone().locator('.said')
const tap = (text: string): Promise<void> => phone().getByRole('button', { name: text, exact: true }).click()
const place = (): Locator => phone().locator('.outside')

describe('another mini-program', () => {
  test('opens after a question, shows what it was given, and its answer comes back with scene 1038', async () => {
    await open()
    await tap('去医保')
    await expectPage(phone().getByText('即将打开“江南茶铺”小程序')).toBeVisible()
    await tap('允许')
    await expectPage(place()).toContainText('auth/index?biz=04107')
    await expectPage(place()).toContainText('{"from":"shop"}')
    await expectPage(phone().locator('.bar-title')).toHaveText('江南茶铺')
    await place().getByRole('textbox').fill('{"authCode":"A1"}')
    await place().getByRole('button', { name: '返回' }).click()
    await expectPage(place()).toHaveCount(0)
    await tap('看')
    await expectPage(said()).toContainText('hide;navigateToMiniProgram:ok;')
    await expectPage(said()).toContainText(
      'show 1038 {"appId":"wx5a17d0c0ffee0003","extraData":{"authCode":"A1"}}',
    )
    await expectPage(said()).toHaveText(/;1038$/)
  })

  test('opens not when the person says no, nor without a touch', async () => {
    await open()
    await tap('去医保')
    await tap('取消')
    await expectPage(said()).toContainText('navigateToMiniProgram:fail cancel')
    await page.evaluate(() => window.qiaofuPhones.a!.openPage('/pages/home/home?at=once'))
    await expectPage(said()).toContainText('fail can only be invoked by user TAP gesture.')
  })

  test('is gone with the phone’s back button, and brings nothing', async () => {
    await open()
    await tap('去医保')
    await tap('允许')
    await expectPage(place()).toBeVisible()
    await phone().getByRole('button', { name: '返回', exact: true }).first().click()
    await tap('看')
    await expectPage(said()).toContainText('show 1038 {"appId":"wx5a17d0c0ffee0003"}')
  })

  test('that opened this one takes what it gives back; nobody else does', async () => {
    await open('/phone/?scene=1037')
    await tap('回来处')
    await expectPage(place()).toContainText('{"paid":true}')
    await open()
    await tap('回来处')
    await expectPage(said()).toContainText('navigateBackMiniProgram:fail not MiniProgram can navigate back')
  })
})

describe('the app', () => {
  test('that opened the mini-program is opened with its parameter', async () => {
    await open('/phone/?scene=1069')
    await tap('返回 App')
    await expectPage(place()).toContainText('order=1')
    await place().getByRole('button', { name: '回到微信' }).click()
    await expectPage(said()).toContainText('hide;show 1069 {}')
  })

  test('is not opened from anywhere else', async () => {
    await open()
    await tap('返回 App')
    await expectPage(said()).toContainText('invalid scene')
    await expectPage(place()).toHaveCount(0)
  })
})

describe('a button that asks for the phone number', () => {
  test('gives a code that is good for the number, once the person allows it', async () => {
    await open()
    await tap('手机号')
    await tap('允许')
    await expectPage(said()).toContainText('getPhoneNumber:ok')
    const code = /getPhoneNumber:ok (\w+)/.exec((await said().textContent()) ?? '')?.[1]
    const { appsecret } = fixture.sandbox
      .merchant('1900000001')
      .appids.find(({ appid }) => appid === MINI_PROGRAM)!
    const { access_token: token } = (
      await fixture.sandbox.get(
        `/cgi-bin/token?grant_type=client_credential&appid=${MINI_PROGRAM}&secret=${appsecret}`,
      )
    ).body
    const path = `/wxa/business/getuserphonenumber?access_token=${token}`
    const { body } = await fixture.sandbox.post(path, { code })
    const [alice] = (await fixture.sandbox.control('/users')).body.users
    expect(body.phone_info.phoneNumber).toBe(alice.phoneNumber)
  })

  test('gives a refusal in the words of the platform', async () => {
    await open()
    await tap('手机号')
    await tap('不允许')
    await expectPage(said()).toContainText('getPhoneNumber:fail user deny')
  })
})

test('a link in a browser opens the mini-program at its page, with its query and scene 1194', async () => {
  const { appsecret } = fixture.sandbox
    .merchant('1900000001')
    .appids.find(({ appid }) => appid === MINI_PROGRAM)!
  const credentials = { grant_type: 'client_credential', appid: MINI_PROGRAM, secret: appsecret }
  const { access_token: token } = (await fixture.sandbox.post('/cgi-bin/stable_token', credentials)).body
  const target = { path: 'pages/home/home', query: 'at=link' }
  const { body } = await fixture.sandbox.post(`/wxa/generate_urllink?access_token=${token}`, target)
  page = await fixture.open(`/phone/?profile=safari&page=${encodeURIComponent(body.url_link)}`)
  await page.frameLocator('iframe').getByText('打开小程序').click()
  await expectPage(said()).toHaveText(/show 1194 \{\};1194$/)
  expect(await page.evaluate(() => window.qiaofuPhones.a!.url())).toContain('at=link')
})

test('a session is alive from the first sign-in on', async () => {
  await open()
  await tap('会话')
  await expectPage(said()).toContainText('checkSession:fail session time out, need relogin,checkSession:ok')
})

test('a payment by medical insurance goes to the cashier, which refuses an order that nobody made', async () => {
  await open()
  await tap('医保支付')
  await tap('知道了')
  await expectPage(said()).toContainText('requestMedicalInsurancePay:fail')
})
