import type { Locator, Page } from '@playwright/test'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { jsapiTicket, signJsConfig } from '../support/js-config.ts'
import { expectPage } from '../support/walk.ts'
import { type PhoneFixture, startPhoneFixture } from './phone-fixture.ts'

/** The part of WeChat's SDK that is called here. */
interface Sdk {
  config(given: object): void
  ready(then: () => void): void
  error(then: (result: { errMsg: string }) => void): void
}

let fixture: PhoneFixture
let page: Page
let ticket: string
const official = () =>
  fixture.sandbox.merchant('1900000001').appids.find((app) => app.kind === 'official-account')!

beforeAll(async () => {
  fixture = await startPhoneFixture()
})
afterEach(() => fixture.tidy())
afterAll(() => fixture.close())

const web = () => page.getByTestId('phone').frameLocator('iframe[title="web-view"]')
const body = (): Locator => web().locator('body')

async function open(profile: string): Promise<void> {
  page = await fixture.open(`/phone/?entry=official&profile=${profile}`)
  await expectPage(web().locator('#log')).toHaveText('visits 1;')
  // The SDK answers nobody who calls before the bridge is there.
  await expectPage(body()).toHaveAttribute('data-bridge', /^there|ready$/)
  ticket = await jsapiTicket(fixture.sandbox, official())
}

/** The shop's server signs `url`, and the page calls wx.config of WeChat's unmodified SDK. @returns what it hears. */
function config(url: string, jsApiList: string[] = ['scanQRCode']): Promise<string> {
  const signed = { ...signJsConfig(ticket, official().appid, url), jsApiList }
  return body().evaluate(
    (_body, given) =>
      new Promise<string>((resolve) => {
        const { wx } = window as never as { wx: Sdk }
        wx.error(({ errMsg }) => resolve(errMsg))
        wx.config(given)
        // ready() of the SDK is called after an error, too: error comes first.
        wx.ready(() => resolve('config:ok'))
      }),
    signed,
  )
}

/** A function of the SDK. @returns its errMsg */
const call = (name: string, args: object = {}): Promise<string> =>
  body().evaluate(
    (_body, [called, given]) =>
      new Promise<string>((resolve) => {
        const { wx } = window as never as { wx: Record<string, (options: object) => void> }
        wx[called]!({ ...given, complete: ({ errMsg }: { errMsg: string }) => resolve(errMsg) })
      }),
    [name, args] as const,
  )

const changeRoute = async () => {
  await web().locator('#push').click()
  await expectPage(web().locator('#log')).toHaveText('visits 1;pushed;')
}

describe('wx.config after an app of one page has changed its route', () => {
  test('is judged by the address it was opened at on iOS', async () => {
    await open('ios')
    await changeRoute()
    expect(await config(`${fixture.h5.url}/step`)).toBe('config:fail,invalid signature')
    await page.reload()
    await expectPage(web().locator('#log')).toHaveText('visits 1;')
    await changeRoute()
    expect(await config(`${fixture.h5.url}/`)).toBe('config:ok')
  })

  test('is judged by the address it has now on Android', async () => {
    await open('android')
    await changeRoute()
    expect(await config(`${fixture.h5.url}/`)).toBe('config:fail,invalid signature')
    await page.reload()
    await expectPage(web().locator('#log')).toHaveText('visits 1;')
    await changeRoute()
    expect(await config(`${fixture.h5.url}/step`)).toBe('config:ok')
  })

  test('passes also for the address that the page itself reads', async () => {
    await open('android')
    await changeRoute()
    const own = await body().evaluate(() => location.href.split('#')[0] ?? '')
    expect(await config(own)).toBe('config:ok')
  })
})

describe('a function of the SDK', () => {
  test('is refused before wx.config, opened by it, and refused when it was not listed', async () => {
    await open('android')
    expect(await call('hideMenuItems', { menuList: [] })).toBe(
      'hideMenuItems:fail, the permission value is offline verifying',
    )
    expect(await config(`${fixture.h5.url}/`, ['hideMenuItems'])).toBe('config:ok')
    expect(await call('hideMenuItems', { menuList: [] })).toBe('hideMenuItems:ok')
    expect(await call('chooseWXPay', { timestamp: 1, nonceStr: 'n', package: 'p', paySign: 's' })).toBe(
      'chooseWXPay:permission denied',
    )
  })

  test('is refused in the next document', async () => {
    await open('ios')
    expect(await config(`${fixture.h5.url}/`, ['hideMenuItems'])).toBe('config:ok')
    await web().locator('#leave').click()
    await expectPage(web().locator('#log')).toHaveText('visits 2;')
    expect(await call('hideMenuItems', { menuList: [] })).toMatch(/offline verifying$/)
  })
})

describe('a page in the official account’s browser', () => {
  const tap = (name: string) => page.getByTestId('phone').getByRole('button', { name, exact: true }).click()
  const share = async () => {
    await tap('菜单')
    await tap('分享给朋友')
  }
  const openCard = async (title: string) => {
    await tap('返回')
    await page
      .getByTestId('phone')
      .getByRole('button', { name: `[链接] ${title}` })
      .click()
    await expectPage(web().locator('#log')).toHaveText('visits 1;')
    return page.evaluate(() => window.qiaofuPhones.a?.url())
  }

  test('is asked what its card says when somebody shares it, and hears that it was shared', async () => {
    await open('ios')
    expect(await config(`${fixture.h5.url}/`, ['onMenuShareAppMessage'])).toBe('config:ok')
    await body().evaluate((own) => {
      const { wx } = window as never as { wx: { onMenuShareAppMessage(card: object): void } }
      wx.onMenuShareAppMessage({ title: '明前春茶', success: () => (own.dataset.shared = 'yes') })
    })
    await share()
    await expectPage(body()).toHaveAttribute('data-shared', 'yes')
    expect(await openCard('明前春茶')).toBe(`${fixture.h5.url}/`)
  })

  test('may say it before, with another link', async () => {
    await open('android')
    expect(await config(`${fixture.h5.url}/`, ['updateAppMessageShareData'])).toBe('config:ok')
    const link = `${fixture.h5.url}/second`
    expect(await call('updateAppMessageShareData', { title: '秋茶', link })).toBe(
      'updateAppMessageShareData:ok',
    )
    await share()
    expect(await openCard('秋茶')).toBe(link)
  })

  test('is shared by its title when it says nothing, and reads on the console what never happens here', async () => {
    await open('ios')
    const said = page.waitForEvent('console', (line) => line.text().includes('menu:share:weiboApp'))
    await body().evaluate(() =>
      (
        window as never as { WeixinJSBridge: { on(name: string, heard: () => void): void } }
      ).WeixinJSBridge.on('menu:share:weiboApp', () => {}),
    )
    expect((await said).text()).toContain('never fires')
    await share()
    expect(await openCard('网页')).toBe(`${fixture.h5.url}/`)
  })
})
