import { sign } from 'node:crypto'
import { join } from 'node:path'
import type { Browser, FrameLocator, Page } from '@playwright/test'

/**
 * Taps in a web page on a phone. The phones on the desk are made smaller as a whole, and a tap by coordinates misses in
 * a frame within such a frame.
 */
const tapWeb = async (web: FrameLocator, name: string) => {
  const button = web.getByRole('button', { name, disabled: false }).first()
  await button.waitFor()
  await button.dispatchEvent('click')
}

/** Somebody's client that signs a query without its last line feed. */
async function askWithBadSignature(sandbox: string): Promise<void> {
  const { merchants } = (await (await fetch(`${sandbox}/_sandbox/merchants`)).json()) as {
    merchants: { mchid: string; serialNo: string; privateKeyPem: string }[]
  }
  const [{ mchid, serialNo, privateKeyPem } = { mchid: '', serialNo: '', privateKeyPem: '' }] = merchants
  const path = `/v3/pay/transactions/out-trade-no/20261111000017?mchid=${mchid}`
  const timestamp = Math.floor(Date.now() / 1000)
  const nonce = '7C1F0E5B92D64A3388AD20E6F4B7C915'
  const text = `GET\n${path.split('?')[0]}\n${timestamp}\n${nonce}\n`
  const signature = sign('sha256', Buffer.from(text), privateKeyPem).toString('base64')
  const items = { mchid, nonce_str: nonce, signature, timestamp, serial_no: serialNo }
  const list = Object.entries(items).map(([name, value]) => `${name}="${value}"`)
  const authorization = `WECHATPAY2-SHA256-RSA2048 ${list.join(',')}`
  await fetch(sandbox + path, { headers: { authorization, accept: 'application/json' } })
}

/** Alice has paid, Bob is about to: one phone from the mini-program, one from the official account. */
async function playDesk(page: Page): Promise<void> {
  const alice = page.frameLocator('iframe[title="小林的手机"]')
  const bob = page.frameLocator('iframe[title="小周的手机"]')
  const [shopOfAlice, shopOfBob] = [alice, bob].map((phone) => phone.frameLocator('iframe[title="web-view"]'))
  await alice.getByRole('button', { name: '去下单' }).click()
  await tapWeb(shopOfAlice!, '立即购买')
  await tapWeb(shopOfAlice!, '提交订单')
  await alice.getByRole('button', { name: '立即支付' }).click()
  await shopOfAlice!.getByTestId('result-title').filter({ hasText: '支付成功' }).waitFor()
  await tapWeb(shopOfBob!, '立即购买')
  await tapWeb(shopOfBob!, '提交订单')
  await bob.getByRole('dialog', { name: '微信支付' }).waitFor()
}

/** Draws the desk, and what it says of a signature that failed, into the folder. */
export async function drawDesk(browser: Browser, sandbox: string, folder: string): Promise<void> {
  await fetch(`${sandbox}/_sandbox/reset`, { method: 'POST' })
  const page = await browser.newPage({ viewport: { width: 1440, height: 860 }, deviceScaleFactor: 1.5 })
  await page.goto(`${sandbox}/`)
  await playDesk(page)
  await askWithBadSignature(sandbox)
  const failed = page.getByTestId('inbox').getByRole('button', { name: /SIGN_ERROR/ })
  await failed.waitFor()
  await page.screenshot({ path: join(folder, 'desk.png'), animations: 'disabled' })
  await failed.click()
  const report = page.getByTestId('signature')
  await report.waitFor()
  await page.mouse.move(0, 0)
  await report.screenshot({ path: join(folder, 'desk-signature.png'), animations: 'disabled' })
  await page.close()
}
