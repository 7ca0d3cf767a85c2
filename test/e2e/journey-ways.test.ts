import { beforeAll, describe, expect, test } from 'vitest'
import { signIn, type Customer } from '../support/customer.ts'
import { phoneStage } from '../support/phone-stage.ts'
import {
  expectPage,
  expectResult,
  expectWayBack,
  tradesOf,
  walkToCashier,
  type HeldPhone,
} from '../support/walk.ts'

const stage = phoneStage()
let alice: Customer

beforeAll(async () => {
  alice = await signIn(stage.shop, 'alice')
})

const open = async (address: string) => (await stage.open(address)).a

/** A payment of alice's that was begun some other day. */
async function openPayment(): Promise<{ orderId: string; payPage: string }> {
  const order = await alice.order()
  const payment = await alice.pay(order.id)
  return { orderId: order.id, payPage: `/pages/pay/pay?payment=${payment.id}` }
}

const at = (page: string) => `/phone/?user=alice&scene=1007&page=${encodeURIComponent(page)}`

async function payAndSee(phone: HeldPhone, orderId: string): Promise<void> {
  await phone.tap('立即支付')
  await expectResult(phone, orderId, '支付成功')
  const trades = await tradesOf(stage.shop, orderId)
  expect(trades.map(({ tradeState }) => tradeState)).toEqual(['SUCCESS'])
}

/** Opens home above home until the stack is so deep. */
async function goDeep(phone: HeldPhone, depth: number): Promise<void> {
  for (let count = 1; count < depth; count += 1) await phone.navigateTo('/pages/home/home')
  expect(await phone.ask('stack')).toHaveLength(depth)
}

describe('the pay page', () => {
  test('opened cold pays, and puts the result in its place with order and list behind it', async () => {
    const { orderId, payPage } = await openPayment()
    const phone = await open(at(payPage))
    await payAndSee(phone, orderId)
    expect(await phone.ask('stack')).toEqual(['pages/web-view/web-view'])
    await expectWayBack(phone, orderId)
  })

  test('opened cold and cancelled ends on 未支付, from where it can be paid', async () => {
    const { orderId, payPage } = await openPayment()
    const phone = await open(at(payPage))
    await phone.tap('取消支付')
    await expectResult(phone, orderId, '未支付')
    await phone.tapWeb('重新支付')
    await payAndSee(phone, orderId)
  })

  test('opened cold for what is paid already says so and opens no cashier', async () => {
    const { orderId, payPage } = await openPayment()
    const phone = await open(at(payPage))
    await payAndSee(phone, orderId)
    await phone.openPage(payPage)
    await expectPage(phone.glass.getByText('已经支付', { exact: true })).toBeVisible()
    await phone.tap('查看订单')
    await expectPage(phone.orderNo).toHaveText(orderId)
    await expectPage(phone.cashier).toHaveCount(0)
    expect(await tradesOf(stage.shop, orderId)).toHaveLength(1)
  })

  test('is the tenth page when the shop was entered from the ninth, and the result still waits below', async () => {
    const phone = await open('/phone/?profile=ios')
    await goDeep(phone, 9)
    const orderId = await walkToCashier(phone)
    expect(await phone.ask('stack')).toHaveLength(10)
    await payAndSee(phone, orderId)
    expect(await phone.ask('stack')).toHaveLength(9)
    await expectWayBack(phone, orderId)
  })

  test('as the tenth page above other native pages leaves for the result, which can pay again', async () => {
    const { orderId, payPage } = await openPayment()
    const phone = await open('/phone/?profile=android')
    await goDeep(phone, 9)
    await phone.navigateTo(payPage)
    await phone.tap('取消支付')
    await expectResult(phone, orderId, '未支付')
    await phone.tapWeb('重新支付')
    await payAndSee(phone, orderId)
  })

  test.each(['立即支付', '支付成功但没有回音'])(
    'whose web-view was evicted ends after %s on the result of the same order, in a fresh web-view',
    async (ending) => {
      const phone = await open('/phone/?profile=android')
      const orderId = await walkToCashier(phone)
      expect(await phone.ask('evictWebView')).toBe(true)
      await expectPage(phone.glass.locator('iframe')).toHaveCount(0)
      await (ending === '立即支付' ? phone.tap(ending) : phone.endUnhappily(ending))
      await expectResult(phone, orderId, '支付成功')
      expect(await tradesOf(stage.shop, orderId)).toMatchObject([{ tradeState: 'SUCCESS' }])
      await expectWayBack(phone, orderId)
    },
  )

  test('left by the back button before the cashier opens pays nothing, and the result below says 未支付', async () => {
    const phone = await open('/phone/?profile=silent')
    // WeChat's client wants a finger on a button, as HarmonyOS does: the page waits at 确认支付.
    await phone.page.route('**/_sandbox/cashier', (route) =>
      route.fulfill({ status: 422, json: { errMsg: 'need user tap', message: '请点击按钮支付' } }),
    )
    await phone.tap('去下单')
    await phone.tapWeb('立即购买')
    await phone.tapWeb('提交订单')
    await phone.tap('知道了')
    await expectPage(phone.glass.getByRole('button', { name: '确认支付' })).toBeVisible()
    const orderId = (await phone.orderNo.textContent()) ?? ''
    await phone.back()
    await expectResult(phone, orderId, '未支付')
    expect(await tradesOf(stage.shop, orderId)).toMatchObject([{ tradeState: 'NOTPAY' }])
    await phone.page.unroute('**/_sandbox/cashier')
    await phone.tapWeb('重新支付')
    await payAndSee(phone, orderId)
  })
})

describe('a share card', () => {
  const sendCard = async (phone: HeldPhone) => {
    await phone.tap('菜单')
    await phone.tap('转发给朋友')
  }
  const card = (phone: HeldPhone) => phone.glass.locator('[data-kind="card"]').first()

  test('of the result tells a friend politely that there is nothing to see, and leads home', async () => {
    const { a, b } = await stage.open('/phone/?phones=a:alice,b:bob')
    const orderId = await walkToCashier(a)
    await payAndSee(a, orderId)
    expect(await a.ask('sharePath')).toBe(
      `/pages/web-view/web-view?to=${encodeURIComponent(`/orders/${orderId}/result`)}`,
    )
    await sendCard(a)
    await b.tap('关闭小程序')
    await card(b).click()
    await expectPage(b.web.getByRole('heading', { name: '没有找到' })).toBeVisible()
    await expectPage(b.web.getByText('¥')).toHaveCount(0)
    await b.tapWeb('去逛逛')
    await expectPage(b.web.getByRole('button', { name: '立即购买' }).first()).toBeVisible()
  })

  test('of the result shows its sender the truth, with order and list behind it', async () => {
    const phone = await open('/phone/?profile=ios')
    const orderId = await walkToCashier(phone)
    await payAndSee(phone, orderId)
    await sendCard(phone)
    await phone.tap('关闭小程序')
    await card(phone).click()
    await expectResult(phone, orderId, '支付成功')
    await expectWayBack(phone, orderId)
  })

  test('of a pay page pays for its owner, and tells anybody else that the payment is not theirs', async () => {
    const { orderId, payPage } = await openPayment()
    const { a, b } = await stage.open('/phone/?phones=a:alice,b:bob')
    await b.openPage(payPage)
    await expectPage(b.glass.getByText('没有找到这笔支付')).toBeVisible()
    await expectPage(b.cashier).toHaveCount(0)
    await b.tap('我的订单')
    await expectPage(b.web.getByText('还没有订单')).toBeVisible()
    await a.openPage(payPage)
    await payAndSee(a, orderId)
  })
})
