import { describe, expect, test } from 'vitest'
import { phoneStage } from '../support/phone-stage.ts'
import { until } from '../support/until.ts'
import {
  expectPage,
  expectResult,
  orderInShop,
  tradesOf,
  walkToCashier,
  type HeldPhone,
} from '../support/walk.ts'

const threeHoursMs = 3 * 3_600_000
const stage = phoneStage()

const open = async (address: string) => (await stage.open(address)).a

const resultPage = (orderId: string, query = '') =>
  `/pages/web-view/web-view?to=${encodeURIComponent(`/orders/${orderId}/result${query}`)}`

/** The first notification of an order and how our server answered it, as soon as it was sent. */
const firstDelivery = (orderId: string) =>
  until(async () => {
    const { body } = await stage.shop.sandbox.control('/notifications')
    type Sent = { outTradeNo: string; attempts: { verdict: string }[] }
    const sent = (body.notifications as Sent[]).find(({ outTradeNo }) => outTradeNo.includes(orderId))
    return sent?.attempts[0]?.verdict
  })

describe('three hours that pass', () => {
  test.each(['a notification', 'a query'])(
    'between opening the shop and paying leave %s believed',
    async (word) => {
      if (word === 'a query')
        await stage.shop.sandbox.control('/rules', { match: { api: 'notify' }, effect: { lose: true } })
      const phone = await open('/phone/?profile=android')
      await phone.tap('去下单')
      await expectPage(phone.web.getByRole('button', { name: '立即购买' }).first()).toBeVisible()
      await stage.shop.advance(threeHoursMs)
      const orderId = await orderInShop(phone)
      await phone.tap('立即支付')
      await expectResult(phone, orderId, '支付成功')
      expect(await firstDelivery(orderId)).toBe(word === 'a query' ? 'lost by a rule' : 'accepted')
    },
  )

  test('over an unpaid order close it here and at WeChat, and the next order can be paid', async () => {
    const phone = await open('/phone/?profile=silent')
    const orderId = await walkToCashier(phone)
    await phone.tap('取消支付')
    await expectResult(phone, orderId, '未支付')
    await stage.shop.advance(threeHoursMs)
    await expectResult(phone, orderId, '订单已关闭')
    await expectPage(phone.web.getByRole('button', { name: '重新支付' })).toHaveCount(0)
    expect(await tradesOf(stage.shop, orderId)).toMatchObject([{ tradeState: 'CLOSED' }])
    await phone.tapWeb('去逛逛')
    const next = await orderInShop(phone)
    await phone.tap('立即支付')
    await expectResult(phone, next, '支付成功')
    expect(await tradesOf(stage.shop, next)).toMatchObject([{ tradeState: 'SUCCESS' }])
  })

  test('before an open cashier make it refuse, and the result is 订单已关闭', async () => {
    const phone = await open('/phone/?profile=ios')
    const orderId = await walkToCashier(phone)
    await stage.shop.advance(threeHoursMs)
    await phone.tap('立即支付')
    await expectPage(phone.glass.getByRole('alertdialog')).toContainText('该订单已失效')
    await phone.tap('知道了')
    await expectResult(phone, orderId, '订单已关闭')
    expect(await tradesOf(stage.shop, orderId)).toMatchObject([{ tradeState: 'CLOSED' }])
  })
})

describe('the result page', () => {
  const reload = async (phone: HeldPhone) => {
    const loaded = phone.page.waitForResponse((answer) => answer.url().endsWith('/result'))
    await phone.tap('菜单')
    await phone.tap('刷新网页')
    await loaded
  }

  test('reloaded, and opened again another day, shows 支付成功 of a paid order', async () => {
    const phone = await open('/phone/?profile=ios')
    const orderId = await walkToCashier(phone)
    await phone.tap('立即支付')
    await expectResult(phone, orderId, '支付成功')
    await reload(phone)
    await expectResult(phone, orderId, '支付成功')
    await stage.shop.advance(24 * 3_600_000)
    await phone.openPage(resultPage(orderId))
    await expectResult(phone, orderId, '支付成功')
  })

  test('of an unpaid order shows 未支付, whatever its address claims', async () => {
    const phone = await open('/phone/?profile=android')
    const orderId = await walkToCashier(phone)
    await phone.tap('取消支付')
    await expectResult(phone, orderId, '未支付')
    await reload(phone)
    await expectResult(phone, orderId, '未支付')
    await phone.openPage(resultPage(orderId, '?paid=1&result=paid&trade_state=SUCCESS'))
    await expectPage.poll(() => phone.ask('url')).toContain('paid=1')
    await expectResult(phone, orderId, '未支付')
    expect(await tradesOf(stage.shop, orderId)).toMatchObject([{ tradeState: 'NOTPAY' }])
  })
})
