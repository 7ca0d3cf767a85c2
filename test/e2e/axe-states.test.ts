import type { Browser, BrowserContext, Page } from '@playwright/test'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { WebViewTicket } from '../../contract/session.ts'
import { violationsInFrames, violationsOf } from '../support/axe.ts'
import { launchBrowser } from '../support/browser.ts'
import { signIn } from '../support/customer.ts'
import type { Customer } from '../support/customer.ts'
import { orderScene, orderScenes } from '../support/order-scenes.ts'
import { faultsOf, setRootFont } from '../support/page-faults.ts'
import { openShop } from '../support/shop.ts'
import type { Shop } from '../support/shop.ts'
import { until } from '../support/until.ts'
import { expectPage, openWindow } from '../support/walk.ts'

const wechat =
  'Mozilla/5.0 (Linux; Android 15; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/134.0 Mobile Safari/537.36 MicroMessenger/8.0.60 NetType/WIFI Language/zh_CN miniProgram/wx0'

let shop: Shop
let browser: Browser
let alice: Customer
/** One order of each state, by state. */
const orders = { pending: '', paid: '', closed: '' }

beforeAll(async () => {
  ;[shop, browser] = await Promise.all([openShop({ phone: true }), launchBrowser()])
  alice = await signIn(shop, 'alice')
  orders.closed = (await alice.order('tin-tea')).id
  await alice.post(`/orders/${orders.closed}/cancel`)
  orders.paid = (await alice.order('gift-spring', 2)).id
  const payment = await alice.pay(orders.paid)
  await alice.cashier(await alice.launch(payment.id), 'paid')
  await until(async () => (await alice.result(orders.paid)).result === 'paid')
  orders.pending = (await alice.order('pot-zisha')).id
})
afterAll(async () => {
  await browser?.close()
  await shop?.close()
})

describe('states that come seldom: in the dark, at 320 px, with text at 200 %', () => {
  let context: BrowserContext
  let page: Page
  beforeAll(async () => {
    context = await browser.newContext({
      viewport: { width: 320, height: 568 },
      userAgent: wechat,
      colorScheme: 'dark',
      reducedMotion: 'reduce',
      locale: 'zh-CN',
    })
    await setRootFont(context, { name: '', colorScheme: 'dark', rootFont: '200%' })
    page = await context.newPage()
    const { body } = await alice.post<WebViewTicket>('/web-view-tickets')
    await page.goto(`${shop.url}/enter#e=02&t=${body.ticket}&to=%2Fme`)
    await page.getByText('从微信小程序进入').waitFor()
  })
  afterEach(() => page.unrouteAll())
  afterAll(() => context.close())

  /** What is in front: every rule in the dark, the contrast of its colors in the light. */
  async function expectNoFault(of: Page = page) {
    expect(await faultsOf(of)).toEqual([])
    await of.emulateMedia({ colorScheme: 'light' })
    expect(await violationsOf(of, ['color-contrast'])).toEqual([])
    await of.emulateMedia({ colorScheme: 'dark' })
  }
  const answer = (path: string | RegExp, json: unknown, status = 200) =>
    page.route(path, (route) => route.fulfill({ status, json }))
  const open = async (path: string, sign: string) => {
    await page.goto(shop.url + path)
    await page.getByText(sign).first().waitFor()
  }
  const press = (name: string) => page.getByRole('button', { name, exact: true }).press('Enter')
  const expectDialog = async () => {
    await page.getByRole('alertdialog').waitFor()
    await expectNoFault()
  }

  test.each(orderScenes)(
    'an order has no fault, nor has a result that says something else: $title',
    async (scene) => {
      const id = orders[scene.of]
      const real = await alice.detail(id)
      const order = { ...real, ...scene.change(real) }
      const result = scene.of === 'pending' ? 'unpaid' : scene.of
      await answer(`**/api/02/orders/${id}`, order)
      await answer(`**/api/02/orders/${id}/result`, {
        order,
        result,
        refunds: order.refunds,
        paymentId: null,
      })
      await open(`/orders/${id}`, scene.sign)
      await expectNoFault()
      if (order.displayState === real.displayState) return
      await open(`/orders/${id}/result`, id)
      await page.getByTestId('result-title').waitFor()
      await expectNoFault()
    },
  )

  test('a request for a refund has no fault while it is written, sent and withdrawn', async () => {
    const path = `/orders/${orders.paid}`
    await open(path, '申请退款')
    await press('申请退款')
    await press('提交申请')
    await page.getByText('请先写一下退款原因').waitFor()
    await expectNoFault()
    await answer('**/refund-requests', {}, 201)
    await page.getByLabel('请写一下原因').fill('买错了')
    await press('提交申请')
    await page.getByText('退款申请已提交').waitFor()
    await expectNoFault()
    const real = await alice.detail(orders.paid)
    await answer(`**/api/02${path}`, { ...real, ...orderScene('a refund asked for').change(real) })
    await open(path, '撤回申请')
    await press('撤回申请')
    await expectDialog()
  })

  test('the questions before an order is cancelled, accounts are joined and a new price is paid have no fault', async () => {
    await open(`/orders/${orders.pending}`, '取消订单')
    await press('取消订单')
    await expectDialog()
    const moment = new Date().toISOString()
    const join = { id: 'a', displayName: '用户 7KQ2M9', entry: { code: '01', kind: 'official-account' } }
    const asked = { ...join, state: 'waiting', askedAt: moment, expiresAt: moment }
    await answer('**/joins', { toConfirm: asked, asked: null })
    await open('/me', '确认合并账号')
    await expectDialog()
    await page.unrouteAll()
    await answer('**/joins', { toConfirm: null, asked })
    await open('/me', '已提交。请在')
    await expectNoFault()
    const real = await alice.detail(orders.pending)
    const lines = [{ ...real.lines[0]!, productId: 'tea-longjing', unitPriceFen: 9900 }]
    await open('/confirm?lines=tea-longjing:1', '提交订单')
    await answer('**/api/02/orders', { ...real, lines, totalFen: 9900 }, 201)
    await page.getByRole('button', { name: '提交订单', disabled: false }).press('Enter')
    await expectDialog()
  })

  test('confirm has no fault with lines that are in the way and fields that are wrong', async () => {
    await page.route('**/quotes', async (route) => {
      const quote = await (await route.fetch()).json()
      quote.shippingFields = ['address', 'note']
      const [gone, few] = quote.lines
      if (few) Object.assign(few, { piecesLeft: 1, unitPriceFen: 9900 })
      if (few) gone.piecesLeft = 0
      await route.fulfill({ json: quote })
    })
    await open('/confirm?lines=tea-longjing:1,cup-celadon:2', '已售罄')
    await expectNoFault()
    await open('/confirm?lines=tea-longjing:1', '收货信息')
    await page.getByRole('button', { name: '提交订单', disabled: false }).press('Enter')
    await page.getByText('请填写收货人').waitFor()
    await expectNoFault()
  })

  test('the code to scan has no fault, also when nothing has come yet', async () => {
    const phone = await browser.newContext({ viewport: { width: 320, height: 568 }, locale: 'zh-CN' })
    const scanned = await phone.newPage()
    await scanned.goto(`${shop.url}/confirm?lines=tea-longjing:1`)
    await scanned.getByRole('radio', { name: '扫码' }).check()
    await scanned.getByRole('button', { name: '提交订单', disabled: false }).click()
    await scanned.getByTestId('qr-code').waitFor()
    await scanned.getByRole('button', { name: '已完成支付' }).click()
    await scanned.getByText('还没有收到付款').waitFor()
    await expectNoFault(scanned)
    await phone.close()
  })

  test('empty lists, refusals and pages that are loading have no fault', async () => {
    await answer(/\/api\/02\/(orders|payments)(\?|$)/, { orders: [], payments: [], nextCursor: null })
    await open('/orders', '还没有订单')
    await expectNoFault()
    await open('/payments', '还没有支付记录')
    await expectNoFault()
    for (const status of [500, 429, 404]) {
      await answer(
        '**/api/02/orders/*',
        { type: '', title: '', status, detail: '请稍后。', requestId: 'r'.repeat(36) },
        status,
      )
      await open(`/orders/${orders.paid}`, '请求编号')
      await expectNoFault()
    }
    await page.route('**/api/02/**', () => undefined)
    for (const path of ['/', `/orders/${orders.paid}`, `/orders/${orders.paid}/result`, '/orders', '/me']) {
      await page.goto(shop.url + path)
      await page.locator('main[aria-busy=true], [aria-busy=true]').first().waitFor()
      await expectNoFault()
    }
  })
})

describe.each([
  {
    name: 'light',
    query: '',
    words: { contact: '联系客服', cancel: '取消', pay: '立即支付', gone: '没有找到这笔支付' },
  },
  {
    name: 'dark, with large text, in English',
    query: '&theme=dark&font=large&lang=en',
    words: { contact: 'Contact support', cancel: 'Cancel', pay: 'Pay', gone: 'Payment not found' },
  },
])('the phone in $name', ({ query, words }) => {
  test('has no fault in its frame, native pages, cashier and web-views', async () => {
    const window = await openWindow(shop, browser, `/phone/?profile=ios${query}`)
    const { glass, openPage, tap } = window.a
    const expectNoFault = async (what: string) =>
      expect([what, await violationsInFrames(window.page)]).toEqual([what, []])
    await expectPage(glass.locator('.card-price').first()).toBeVisible()
    await expectNoFault('home')
    await openPage('/pages/contact/contact')
    await expectPage(glass.getByText(words.contact).last()).toBeVisible()
    await expectNoFault('contact')
    await openPage(`/pages/address/address?pick=${'ab'.repeat(16)}`)
    await expectPage(glass.getByRole('dialog').last()).toBeVisible()
    await expectNoFault('address')
    await tap(words.cancel)
    await openPage('/pages/pay/pay?payment=nothing')
    await expectPage(glass.getByText(words.gone)).toBeVisible()
    await expectNoFault('a payment that is not there')
    const payment = await alice.pay((await alice.order('cake-osmanthus')).id)
    await openPage(`/pages/pay/pay?payment=${payment.id}`)
    const cashier = glass.getByRole('dialog')
    await expectPage(cashier).toBeVisible()
    await expectNoFault('the cashier')
    await cashier.locator('.cashier-cancel').click()
    await expectPage(cashier).toHaveCount(0)
    await expectNoFault('after the cashier')
    await window.close()
    const browsers = await openWindow(shop, browser, `/phone/?profile=safari${query}`)
    await expectPage(browsers.a.web.locator('.goods').first()).toBeVisible()
    expect(await violationsInFrames(browsers.page)).toEqual([])
    await browsers.close()
  })
})
