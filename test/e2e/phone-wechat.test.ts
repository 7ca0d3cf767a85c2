import type { FrameLocator, Locator, Page } from '@playwright/test'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { expectPage } from '../support/walk.ts'
import { type PhoneFixture, startPhoneFixture } from './phone-fixture.ts'

let fixture: PhoneFixture
let page: Page

beforeAll(async () => {
  fixture = await startPhoneFixture()
})
afterEach(() => fixture.tidy())
afterAll(() => fixture.close())

const phone = (nth = 0): Locator => page.getByTestId('phone').nth(nth)
const web = (nth = 0): FrameLocator => phone(nth).frameLocator('iframe[title="web-view"]')
const log = (nth = 0): Locator => web(nth).locator('#log')
const tap = (name: string): Promise<void> => phone().getByRole('button', { name, exact: true }).click()
const conversation = (name: string): Locator => phone().getByRole('button', { name })
const where = (): Promise<string | undefined> => page.evaluate(() => window.qiaofuPhones.a?.url())

async function open(address: string): Promise<void> {
  page = await fixture.open(address)
}

describe('the official account’s browser', () => {
  test('shows the H5 as WeChat’s own browser: no mini-program in sight', async () => {
    await open('/phone/?entry=official&profile=android')
    await expectPage(web().locator('#env')).toHaveText('mini=false')
    const userAgent = fixture.h5.seen.find(({ path }) => path === '/')?.headers['user-agent']
    expect(userAgent).toContain('MicroMessenger')
    expect(userAgent).not.toContain('miniProgram')
    expect(
      await web()
        .locator('body')
        .evaluate(() => navigator.userAgent),
    ).toBe(userAgent)
  })

  test('goes back in the page’s history, then to the conversations', async () => {
    await open('/phone/?entry=official')
    await web().locator('#push').click()
    await expectPage(log()).toHaveText('visits 1;pushed;')
    expect(await where()).toBe(`${fixture.h5.url}/step`)
    await tap('返回')
    await expectPage(log()).toHaveText('visits 1;pushed;pop /;')
    expect(await where()).toBe(`${fixture.h5.url}/`)
    await tap('返回')
    await expectPage(conversation('桥付公众号')).toBeVisible()
  })

  test('closes when the page asks for it', async () => {
    await open('/phone/?entry=official')
    await web()
      .locator('body')
      .evaluate(() =>
        (window as never as { WeixinJSBridge: { call(name: string): void } }).WeixinJSBridge.call(
          'closeWindow',
        ),
      )
    await expectPage(conversation('桥付公众号')).toBeVisible()
  })

  test('reloads from its menu and stays where it is', async () => {
    await open('/phone/?entry=official')
    await web().locator('#push').click()
    await tap('菜单')
    await tap('刷新')
    await expectPage(log()).toHaveText('visits 2;')
    expect(await where()).toBe(`${fixture.h5.url}/step`)
  })
})

describe('what a page keeps on a phone', () => {
  test('is its session in its own web-view, and its local storage in every web-view of that person', async () => {
    await open('/phone/?entry=official')
    await expectPage(log()).toHaveText('visits 1;')
    await web()
      .locator('body')
      .evaluate(() => localStorage.setItem('kept', 'yes'))
    await tap('返回')
    await conversation('桥付公众号').click()
    await expectPage(log()).toHaveText('visits 1;')
    const kept = () =>
      web()
        .locator('body')
        .evaluate(() => [localStorage.getItem('kept'), Object.keys(sessionStorage)])
    expect(await kept()).toEqual(['yes', ['visits']])
    await page.goto(`${fixture.sandbox.url}/phone/?entry=official&user=bob`)
    await expectPage(log()).toHaveText('visits 1;')
    expect(await kept()).toEqual([null, ['visits']])
  })
})

describe('the bridge', () => {
  test.each([
    ['ios', 'there', 'ready'],
    ['android', 'not yet', 'ready'],
  ])('is on %s, at the page’s first script, %s, and announces itself', async (profile, early, later) => {
    await open(`/phone/?entry=official&profile=${profile}`)
    await expectPage(web().locator('body')).toHaveAttribute('data-bridge', `${early}, ${later}`)
  })

  test('answers what WeChat lacks, too', async () => {
    await open('/phone/?entry=official')
    const answer = await web()
      .locator('body')
      .evaluate(
        () =>
          new Promise((resolve) =>
            (
              window as never as {
                WeixinJSBridge: { invoke(name: string, args: object, answer: (result: object) => void): void }
              }
            ).WeixinJSBridge.invoke('flyToTheMoon', {}, resolve),
          ),
      )
    expect(answer).toEqual({ err_msg: 'system:function_not_exist' })
  })
})

describe('messages between phone and page', () => {
  test('are heard from no other window, in neither direction', async () => {
    await open('/phone/?entry=official')
    await web().locator('#push').click()
    await expectPage(log()).toHaveText('visits 1;pushed;')
    await page.evaluate(() =>
      window.postMessage({ phone: 'history', entries: ['http://a.localhost/x'], index: 0 }, '*'),
    )
    await web()
      .locator('body')
      .evaluate(() => window.postMessage({ phone: 'back' }, '*'))
    // Both arrived before this answer did, since messages of a window keep their order.
    await web()
      .locator('body')
      .evaluate(() =>
        new Promise((resolve) => {
          window.addEventListener('message', resolve, { once: true })
          window.postMessage('last', '*')
        }).then(() => undefined),
      )
    expect(await where()).toBe(`${fixture.h5.url}/step`)
    await expectPage(log()).toHaveText('visits 1;pushed;')
  })
})

describe('a page that leaves', () => {
  test('for another server of this machine stays in the phone', async () => {
    await open('/phone/?entry=official')
    const other = fixture.sandbox.url
    await web()
      .locator('body')
      .evaluate((_body, address) => {
        location.href = address
      }, `${other}/no-such-page`)
    await expectPage(web().locator('body')).toContainText('nothing at this address')
    expect(await where()).toBe(`${other}/no-such-page`)
    expect(page.frames().at(-1)?.url()).toMatch(/^http:\/\/a\d*\.localhost:\d+\/~\/http\/127\.0\.0\.1:/)
  })
})

describe('the window', () => {
  test('says whose phone it does not know', async () => {
    const context = await page.context().browser()?.newContext()
    const stranger = await context?.newPage()
    await stranger?.goto(`${fixture.sandbox.url}/phone/?user=nobody`)
    await expectPage(stranger!.getByRole('alert')).toContainText('nobody')
    await context?.close()
  })
})
