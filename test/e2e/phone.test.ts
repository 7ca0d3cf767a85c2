import type { FrameLocator, Locator, Page } from '@playwright/test'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type {} from '../../sandbox/phone/browser/phone/handle.ts'
import { expectPage } from '../support/walk.ts'
import { type PhoneFixture, startPhoneFixture, store } from './phone-fixture.ts'

let fixture: PhoneFixture
let page: Page

beforeAll(async () => {
  fixture = await startPhoneFixture()
})
afterEach(() => fixture.tidy())
afterAll(() => fixture.close())

/** `who` is the name under which each person's mini-program signs in at the H5. */
async function open(address: string): Promise<void> {
  page = await fixture.open(address)
  await store(page, 'a', 'alice', 'who', 'alice')
  await store(page, 'b', 'bob', 'who', 'bob')
}

const phone = (nth = 0): Locator => page.getByTestId('phone').nth(nth)
const web = (nth = 0): FrameLocator => phone(nth).frameLocator('iframe[title="web-view"]')
const log = (nth = 0): Locator => web(nth).locator('#log')
const openWeb = (nth = 0): Promise<void> => phone(nth).getByRole('button', { name: '打开网页' }).click()
const back = (nth = 0): Promise<void> => phone(nth).getByRole('button', { name: '返回', exact: true }).click()

describe('two phones in one window', () => {
  test('are two people to the same server, and leave nothing in the browser', async () => {
    await open('/phone/?phones=a:alice,b:bob')
    await openWeb(0)
    await openWeb(1)
    await expectPage(web(0).locator('#who')).toHaveText('alice')
    await expectPage(web(1).locator('#who')).toHaveText('bob')
    const [a, b] = ['alice', 'bob'].map(
      (who) => fixture.h5.seen.findLast(({ headers }) => headers.cookie === `who=${who}`)?.headers,
    )
    expect(a?.['x-forwarded-for']).not.toBe(b?.['x-forwarded-for'])
    expect(await page.context().cookies()).toEqual([])
  })

  test('each run a copy of the program, so that no variable is shared', async () => {
    await open('/phone/?phones=a:alice,b:bob')
    await phone(0).getByRole('button', { name: '加一' }).click()
    await phone(0).getByRole('button', { name: '加一' }).click()
    await phone(1).getByRole('button', { name: '加一' }).click()
    await expectPage(phone(0).locator('.count')).toHaveText('2')
    await expectPage(phone(1).locator('.count')).toHaveText('1')
  })

  test('go back each in its own pages, within the web page first', async () => {
    await open('/phone/?phones=a:alice,b:bob')
    for (const nth of [0, 1]) {
      await openWeb(nth)
      await web(nth).locator('#push').click()
      await web(nth).locator('#leave').click()
      await expectPage(log(nth)).toHaveText('visits 2;')
    }
    expect(await page.evaluate(() => window.qiaofuPhones.a?.history())).toEqual([
      '/pages/home/home',
      '/pages/web/web',
      `${fixture.h5.url}/`,
      `${fixture.h5.url}/step`,
      `${fixture.h5.url}/second`,
    ])
    await back(0)
    await expectPage(log(0)).toHaveText('visits 3;')
    await back(0)
    await expectPage(log(0)).toHaveText('visits 4;')
    await back(0)
    await expectPage(phone(0).getByRole('button', { name: '打开网页' })).toBeVisible()
    await expectPage(log(1)).toHaveText('visits 2;')
  })

  test('hand a card from one to the other, which opens the shared page cold', async () => {
    await open('/phone/?phones=a:alice,b:bob')
    await openWeb(0)
    await web(0).locator('#push').click()
    await phone(0).getByRole('button', { name: '菜单' }).click()
    await phone(0).getByRole('button', { name: '转发给朋友' }).click()
    await phone(1).getByRole('button', { name: '关闭小程序' }).click()
    await phone(1).getByRole('button', { name: '卡片' }).click()
    await expectPage(web(1).locator('#who')).toHaveText('nobody')
    expect(await page.evaluate(() => window.qiaofuPhones.b?.history())).toEqual([
      '/pages/web/web?to=%2Fstep',
      `${fixture.h5.url}/step`,
    ])
  })
})

describe('a web-view', () => {
  test('opens a native page through the unmodified SDK, and feels it slide over on the ios profile', async () => {
    await open('/phone/?profile=ios')
    await openWeb()
    await expectPage(web().locator('#env')).toHaveText('mini=true')
    await web().locator('#pay').click()
    // WeChat decodes no query value.
    await expectPage(phone().locator('.id')).toHaveText('a%2Fb')
    await phone().getByRole('button', { name: '返回网页' }).click()
    await expectPage(log()).toHaveText('visits 1;hidden;invokeMiniProgramAPI:ok;visible;pageshow;')
  })

  test('hears nothing of native pages on the silent profile', async () => {
    await open('/phone/?profile=silent')
    await openWeb()
    await expectPage(web().locator('#env')).toHaveText('mini=true')
    await web().locator('#pay').click()
    await phone().getByRole('button', { name: '返回网页' }).click()
    await expectPage(log()).toHaveText('visits 1;invokeMiniProgramAPI:ok;')
  })

  test('delivers postMessage only when it goes', async () => {
    await open('/phone/')
    await openWeb()
    await web().locator('#post').click()
    await expectPage(log()).toHaveText('visits 1;posted;')
    const heard = (): Promise<string | null> =>
      page.evaluate(() => localStorage.getItem('phone/a/alice/wx5a17d0c0ffee0002/heard'))
    expect(await heard()).toBeNull()
    await back()
    await expectPage.poll(heard).toBe('{"data":[{"order":1}]}')
  })

  test('may not pay by itself', async () => {
    await open('/phone/?page=pages%2Fweb%2Fweb%3Fto%3D%252F%253Flaunch%253D%257B%257D')
    await expectPage(log()).toHaveText('visits 1;system:access_denied;')
  })

  test('fires its error when nobody answers, or when the address is on another machine', async () => {
    await open('/phone/?page=pages%2Fweb%2Fweb%3Fsrc%3Dhttp%253A%252F%252F127.0.0.1%253A1%252F')
    const troubles = (): Promise<string | null> =>
      page.evaluate(() => localStorage.getItem('phone/a/alice/wx5a17d0c0ffee0002/trouble'))
    await expectPage.poll(troubles).toBe('{"url":"http://127.0.0.1:1/","fullUrl":"http://127.0.0.1:1/"}')
    await expectPage(web().getByRole('heading')).toHaveText('网页打不开')
    await open('/phone/?page=pages%2Fweb%2Fweb%3Fsrc%3Dhttp%253A%252F%252F192.168.0.1%252F')
    await expectPage.poll(troubles).toContain('192.168.0.1')
  })

  test('is destroyed below a native page when memory is short, and the page above is told by its stack', async () => {
    await open('/phone/')
    await openWeb()
    await web().locator('#pay').click()
    await expectPage(phone().locator('.id')).toBeVisible()
    expect(await page.evaluate(() => window.qiaofuPhones.a?.evictWebView())).toBe(true)
    expect(await page.evaluate(() => window.qiaofuPhones.a?.stack())).toEqual([
      'pages/home/home',
      'pages/native/native',
    ])
    await expectPage(phone().locator('iframe')).toHaveCount(0)
  })
})

describe('the mini-program', () => {
  test('holds ten pages, and refuses the eleventh in WeChat’s words', async () => {
    await open('/phone/')
    for (let depth = 2; depth <= 10; depth += 1) {
      await page.evaluate(() => window.qiaofuPhones.a?.navigateTo('/pages/native/native?id=1'))
    }
    const refusal = await page.evaluate(() =>
      window.qiaofuPhones.a
        ?.navigateTo('/pages/native/native')
        .catch((reason: { errMsg: string }) => reason.errMsg),
    )
    expect(refusal).toBe('navigateTo:fail webview count limit exceed')
  })

  test('opens cold at a page, shows the way home, and starts anew there', async () => {
    await open('/phone/?page=%2Fpages%2Fnative%2Fnative%3Fid%3D7&scene=1007')
    await expectPage(phone().locator('.id')).toHaveText('7')
    await phone().getByRole('button', { name: '回到首页' }).click()
    await expectPage(phone().getByRole('button', { name: '打开网页' })).toBeVisible()
  })

  test('keeps its pages behind the conversations, and loses them when it is killed', async () => {
    await open('/phone/')
    await phone().getByRole('button', { name: '加一' }).click()
    await phone().getByRole('button', { name: '关闭小程序' }).click()
    await phone().getByRole('button', { name: '小店' }).click()
    await expectPage(phone().locator('.count')).toHaveText('1')
    await page.evaluate(() => window.qiaofuPhones.a?.kill())
    await phone().getByRole('button', { name: '小店' }).click()
    await expectPage(phone().locator('.count')).toHaveText('0')
  })

  test('hears nothing of its death', async () => {
    await open('/phone/')
    await openWeb()
    const left = (): Promise<string | null> =>
      page.evaluate(() => localStorage.getItem('phone/a/alice/wx5a17d0c0ffee0002/left'))
    await page.evaluate(() => window.qiaofuPhones.a?.kill())
    expect(await left()).toBeNull()
    await page.evaluate(() => window.qiaofuPhones.a?.openPage('/pages/home/home'))
    await openWeb()
    await back()
    await expectPage.poll(left).toBe('true')
  })

  test('sends requests as WeChat does: its own Referer, the device’s user agent', async () => {
    await open('/phone/?profile=android')
    await expectPage(phone().locator('.asked')).toContainText(
      'https://servicewechat.com/wx5a17d0c0ffee0002/0/page-frame.html',
    )
    await expectPage(phone().locator('.asked')).toContainText('Android')
  })
})
