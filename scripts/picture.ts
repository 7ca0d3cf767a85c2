// npm run picture: plays the main journey in the phone and on the desk, with real parts on free ports, and draws
// docs/images/*.png.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Locator, Page } from '@playwright/test'
import { launchBrowser } from '../test/support/browser.ts'
import { build } from './build.ts'
import { repository } from './data-folder.ts'
import { openStage } from './demo/stage.ts'
import { drawDesk } from './picture/desk.ts'

const folder = join(repository, 'docs/images')

/** Behind the phones on both pages, so that no corner shows where one was cut out. */
const paper = '#f1f3ee'

/** A phone as it stood, and the words under it. */
type Still = { words: string; png: Buffer }

/** Opens the phone at an address of the sandbox and waits until its first page stands. */
async function openPhone(browser: Browser, address: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1100, height: 900 }, deviceScaleFactor: 2 })
  await page.goto(address)
  await page.getByTestId('phone').waitFor()
  await page.addStyleTag({ content: `body { background: ${paper} } .phone { box-shadow: none }` })
  return page
}

/** The phone with its bezel, once every picture on it is there and nothing moves. */
async function still(page: Page, words: string): Promise<Still> {
  for (const frame of page.frames())
    await frame.waitForFunction('[...document.images].every((image) => image.complete)')
  const png = await page.locator('.phone').screenshot({ animations: 'disabled' })
  return { words, png }
}

const webView = (phone: Locator) => phone.frameLocator('iframe[title="web-view"]')

/** Home, catalogue, cashier and result of one paid order. */
async function playJourney(browser: Browser, sandbox: string): Promise<Still[]> {
  const page = await openPhone(browser, `${sandbox}/phone/`)
  const phone = page.getByTestId('phone')
  const shop = webView(phone)
  await phone.locator('.card-price').first().waitFor()
  const stills = [await still(page, '小程序首页（原生）')]
  await phone.getByRole('button', { name: '去下单' }).click()
  await shop.getByRole('button', { name: '立即购买' }).first().click()
  await shop.getByRole('button', { name: '提交订单' }).waitFor()
  stills.push(await still(page, '确认订单（web-view 里的 H5）'))
  await shop.getByRole('button', { name: '提交订单' }).click()
  await phone.getByRole('button', { name: '立即支付' }).waitFor()
  stills.push(await still(page, '收银台（原生支付页）'))
  await phone.getByRole('button', { name: '立即支付' }).click()
  await shop.getByTestId('result-title').filter({ hasText: '支付成功' }).waitFor()
  stills.push(await still(page, '支付结果（回到同一个 H5）'))
  await page.close()
  return stills
}

/** Stills side by side on paper, each with its words, as one PNG file. */
async function drawStrip(browser: Browser, stills: Still[], path: string): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 1400, height: 800 }, deviceScaleFactor: 1.5 })
  const figures = stills.map(
    ({ words, png }) =>
      `<figure><img src="data:image/png;base64,${png.toString('base64')}"><figcaption>${words}</figcaption></figure>`,
  )
  await page.setContent(`<style>
    body { margin: 0; background: ${paper}; font: 15px 'PingFang SC', 'Noto Sans CJK SC', sans-serif; color: #1d2b26 }
    main { display: inline-flex; gap: 28px; padding: 28px 32px 22px }
    figure { margin: 0; text-align: center } img { display: block; height: 560px }
    figcaption { padding-top: 14px }
  </style><main>${figures.join('')}</main>`)
  await page.locator('main').screenshot({ path })
  await page.close()
}

await build()
mkdirSync(folder, { recursive: true })
const stage = await openStage()
try {
  const browser = await launchBrowser()
  try {
    await drawStrip(browser, await playJourney(browser, stage.sandbox), join(folder, 'journey.png'))
    await drawDesk(browser, stage.sandbox, folder)
  } finally {
    await browser.close()
  }
} finally {
  await stage.close()
}
console.log(`画好了：${folder}`)
