import type { Page } from '@playwright/test'
import { describe, expect, test } from 'vitest'
import { signIn, type SignedLaunch } from '../support/customer.ts'
import { phoneStage } from '../support/phone-stage.ts'
import { expectPage, expectResult, tradesOf, type HeldPhone } from '../support/walk.ts'

const stage = phoneStage()

/** Launch parameters of another order of theirs, good in themselves. */
async function otherLaunch(user: string, kind: 'mini-program' | 'official-account' = 'mini-program') {
  const customer = await signIn(stage.shop, user, kind)
  const order = await customer.order()
  const payment = await customer.pay(order.id)
  return { orderId: order.id, launch: await customer.launch(payment.id) }
}

/** Somebody on the phone changes what the mini-program hands to wx.requestPayment. */
const tamperWithCashier = (page: Page, change: (launch: SignedLaunch) => object) =>
  page.route('**/_sandbox/cashier', (route) => {
    const given = route.request().postDataJSON() as SignedLaunch
    return route.continue({ postData: JSON.stringify({ ...given, ...change(given) }) })
  })

/** Somebody between server and phone answers the mini-program with other launch parameters. */
const answerLaunchWith = (page: Page, launch: SignedLaunch) =>
  page.route('**/_sandbox/phones/*/requests', async (route) => {
    const { url } = route.request().postDataJSON() as { url: string }
    if (!url.endsWith('/launch')) return route.continue()
    const response = await route.fetch()
    const answer = (await response.json()) as object
    return route.fulfill({ response, json: { ...answer, body: JSON.stringify(launch) } })
  })

/** The cashier says why not, opens nothing, and the result is 未支付 by WeChat's own word. Answers the order's id. */
async function expectRefusal(phone: HeldPhone, reason: string): Promise<string> {
  const answered = phone.page.waitForResponse('**/_sandbox/cashier')
  await phone.tap('去下单')
  await phone.tapWeb('立即购买')
  await phone.tapWeb('提交订单')
  const refused = (await (await answered).json()) as { message: string; reason: string }
  expect(refused).toMatchObject({ reason: expect.stringContaining(reason) })
  await expectPage(phone.glass.getByRole('alertdialog')).toContainText(refused.message)
  await expectPage(phone.cashier).toHaveCount(0)
  const orderId = (await phone.orderNo.textContent()) ?? ''
  await phone.tap('知道了')
  await expectResult(phone, orderId, '未支付')
  expect(await tradesOf(stage.shop, orderId)).toMatchObject([{ tradeState: 'NOTPAY' }])
  return orderId
}

async function expectToPayUntouched(phone: HeldPhone, orderId: string): Promise<void> {
  await phone.page.unrouteAll()
  await phone.tapWeb('重新支付')
  await phone.tap('立即支付')
  await expectResult(phone, orderId, '支付成功')
}

describe('the cashier refuses', () => {
  const swapFirst = (text: string) => (text.startsWith('A') ? 'B' : 'A') + text.slice(1)
  const forged = 'paySign does not verify'
  const changes: [
    name: string,
    reason: string,
    change: (launch: SignedLaunch, other: SignedLaunch) => object,
  ][] = [
    ['timeStamp', forged, ({ timeStamp }) => ({ timeStamp: String(Number(timeStamp) + 1) })],
    ['nonceStr', forged, ({ nonceStr }) => ({ nonceStr: swapFirst(nonceStr) })],
    ['package, that of another order', forged, (_launch, other) => ({ package: other.package })],
    ['signType', 'signType must be RSA', () => ({ signType: 'MD5' })],
    ['paySign', forged, ({ paySign }) => ({ paySign: swapFirst(paySign) })],
  ]

  test.each(changes)('a changed %s, and takes the untouched parameters', async (_name, reason, change) => {
    const opened = await stage.open('/phone/?user=alice')
    const other = await otherLaunch('alice')
    await tamperWithCashier(opened.page, (launch) => change(launch, other.launch))
    const orderId = await expectRefusal(opened.a, reason)
    expect(await tradesOf(stage.shop, other.orderId)).toMatchObject([{ tradeState: 'NOTPAY' }])
    await expectToPayUntouched(opened.a, orderId)
  })

  test('in the mini-program what was signed for the official account', async () => {
    const opened = await stage.open('/phone/?user=alice')
    const other = await otherLaunch('alice', 'official-account')
    await answerLaunchWith(opened.page, other.launch)
    const orderId = await expectRefusal(opened.a, 'the app that launches')
    expect(await tradesOf(stage.shop, other.orderId)).toMatchObject([{ tradeState: 'NOTPAY' }])
    await expectToPayUntouched(opened.a, orderId)
  })

  test('the wrong person, whatever they hold in their hands', async () => {
    const opened = await stage.open('/phone/?user=bob')
    const other = await otherLaunch('alice')
    await answerLaunchWith(opened.page, other.launch)
    const orderId = await expectRefusal(opened.a, "this person's openid")
    expect(await tradesOf(stage.shop, other.orderId)).toMatchObject([{ tradeState: 'NOTPAY' }])
    await expectToPayUntouched(opened.a, orderId)
    expect(await tradesOf(stage.shop, orderId)).toMatchObject([
      { payerOpenid: stage.shop.sandbox.openid('bob', stage.shop.appids['mini-program']) },
    ])
  })
})
