import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, FrameLocator, Locator, Page } from '@playwright/test'
import { expect as expectPage } from '@playwright/test'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { buildPhone } from '../../sandbox/phone/build.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'
import type {} from '../../sandbox/phone/browser/phone/handle.ts'
import { launchBrowser } from '../support/browser.ts'
import { type FixtureH5, startFixtureH5, writeFixtureMiniProgram } from './phone-fixture.ts'

let browser: Browser
let h5: FixtureH5
let sandbox: Sandbox
let page: Page

beforeAll(async () => {
  const phoneDir = mkdtempSync(join(tmpdir(), 'phone-built-'))
  await buildPhone({ miniprogramDir: writeFixtureMiniProgram(), outDir: phoneDir })
  h5 = await startFixtureH5()
  sandbox = await startSandbox({ port: 0, phoneDir, h5Url: h5.url, localNotify: true })
  browser = await launchBrowser()
})

afterEach(() => page.context().close())

afterAll(async () => {
  await browser.close()
  await sandbox.close()
  await h5.close()
})

/** Opens the window; `who` is what each person's mini-program tells the H5. */
async function open(address: string): Promise<void> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
  page = await context.newPage()
  page.on('pageerror', (error) => expect.unreachable(String(error.stack)))
  await page.goto(sandbox.url + address)
  await page.evaluate(() => {
    for (const [phone, user] of [
      ['a', 'alice'],
      ['b', 'bob'],
    ]) {
      localStorage.setItem(`phone/${phone}/${user}/wx5a17d0c0ffee0002/who`, JSON.stringify(user))
    }
  })
}

const phone = (nth = 0): Locator => page.getByTestId('phone').nth(nth)
const web = (nth = 0): FrameLocator => phone(nth).frameLocator('iframe[title="web-view"]')

describe('the phone', () => {
  it('lets two people in one window be two people to the same server', async () => {
    await open('/?phones=a:alice,b:bob')
    for (const nth of [0, 1]) await phone(nth).getByRole('button', { name: '打开网页' }).click()
    await expectPage(web(0).locator('#who')).toHaveText('alice')
    await expectPage(web(1).locator('#who')).toHaveText('bob')
    const [a, b] = ['alice', 'bob'].map(
      (who) => h5.seen.findLast(({ headers }) => headers.cookie === `who=${who}`)?.headers,
    )
    expect(a?.['x-forwarded-for']).not.toBe(b?.['x-forwarded-for'])
    expect(a?.['user-agent']).toContain('MicroMessenger')
    expect(a?.['user-agent']).toContain('iPhone')
    expect(await page.context().cookies()).toEqual([])
  })

  it('runs a copy of the program in each phone, so that no variable is shared', async () => {
    await open('/?phones=a:alice,b:bob')
    await phone(0).getByRole('button', { name: '加一' }).click()
    await phone(0).getByRole('button', { name: '加一' }).click()
    await phone(1).getByRole('button', { name: '加一' }).click()
    await expectPage(phone(0).locator('.count')).toHaveText('2')
    await expectPage(phone(1).locator('.count')).toHaveText('1')
  })

  it('opens a native page from the web page by the unmodified SDK, and the web page feels it', async () => {
    await open('/?profile=ios')
    await phone().getByRole('button', { name: '打开网页' }).click()
    await expectPage(web().locator('#env')).toHaveText('mini=true')
    await web().locator('#pay').click()
    await expectPage(phone().locator('.id')).toHaveText('a%2Fb')
    await phone().getByRole('button', { name: '返回网页' }).click()
    await expectPage(web().locator('#log')).toHaveText(
      'visits 1;hidden;invokeMiniProgramAPI:ok;visible;pageshow;',
    )
  })

  it('keeps quiet towards the web page on the profile that fires nothing', async () => {
    await open('/?profile=silent')
    await phone().getByRole('button', { name: '打开网页' }).click()
    await expectPage(web().locator('#env')).toHaveText('mini=true')
    await web().locator('#pay').click()
    await phone().getByRole('button', { name: '返回网页' }).click()
    await expectPage(web().locator('#log')).toHaveText('visits 1;invokeMiniProgramAPI:ok;')
  })

  it('goes back within the web page first, and only in the phone whose back was touched', async () => {
    await open('/?phones=a:alice,b:bob')
    for (const nth of [0, 1]) {
      await phone(nth).getByRole('button', { name: '打开网页' }).click()
      await web(nth).locator('#push').click()
      await web(nth).locator('#leave').click()
      await expectPage(web(nth).locator('#log')).toHaveText('visits 2;')
    }
    expect(await page.evaluate(() => window.qiaofuPhones.a?.history())).toEqual([
      '/pages/home/home',
      '/pages/web/web',
      `${h5.url}/`,
      `${h5.url}/step`,
      `${h5.url}/second`,
    ])
    const back = phone(0).getByRole('button', { name: '返回' })
    await back.click()
    await expectPage(web(0).locator('#log')).toHaveText('visits 3;')
    await back.click()
    await back.click()
    await expectPage(phone(0).getByRole('button', { name: '打开网页' })).toBeVisible()
    await expectPage(web(1).locator('#log')).toHaveText('visits 2;')
  })
})
