import { describe, expect, test } from 'vitest'
import { signIn } from '../support/customer.ts'
import { phoneStage } from '../support/phone-stage.ts'
import {
  expectPage,
  expectResult,
  expectWayBack,
  orderInShop,
  tradesOf,
  walkToCashier,
} from '../support/walk.ts'

const stage = phoneStage()

const webViewAt = (path: string) => `/pages/web-view/web-view?to=${encodeURIComponent(path)}`

describe('the journey through the official account', () => {
  /** The other app of the same merchant, and alice's other openid. */
  const onePaidTrade = () => [
    {
      appid: stage.shop.appids['official-account'],
      payerOpenid: stage.shop.sandbox.openid('alice', stage.shop.appids['official-account']),
      tradeState: 'SUCCESS',
    },
  ]

  test('signs in by OAuth, pays by JSAPI with the other appid and openid, and goes back to order and list', async () => {
    const { a: phone } = await stage.open('/phone/?entry=official&user=alice&profile=android')
    const orderId = await orderInShop(phone)
    await phone.tap('立即支付')
    await expectResult(phone, orderId, '支付成功')
    expect(await tradesOf(stage.shop, orderId)).toMatchObject(onePaidTrade())
    const { status } = await (await signIn(stage.shop, 'alice', 'official-account')).get(`/orders/${orderId}`)
    expect(status).toBe(200)
    await expectWayBack(phone, orderId)
  })

  test('cancelled shows 未支付 and, paid again, stays one number and one trade', async () => {
    const { a: phone } = await stage.open('/phone/?entry=official&user=alice&profile=ios')
    const orderId = await orderInShop(phone)
    await phone.tap('取消支付')
    await expectResult(phone, orderId, '未支付')
    const [unpaid] = await tradesOf(stage.shop, orderId)
    await phone.tapWeb('重新支付')
    await phone.tap('立即支付')
    await expectResult(phone, orderId, '支付成功')
    const trades = await tradesOf(stage.shop, orderId)
    expect(trades).toMatchObject(onePaidTrade())
    expect(trades[0]?.outTradeNo).toBe(unpaid?.outTradeNo)
  })
})

describe('two phones with two people in one window', () => {
  test('each sees its own orders and no others', async () => {
    const { a, b } = await stage.open('/phone/?phones=a:alice,b:bob')
    const ordersOf = new Map<typeof a, string>()
    for (const phone of [a, b]) {
      const orderId = await walkToCashier(phone)
      await phone.tap('立即支付')
      await expectResult(phone, orderId, '支付成功')
      ordersOf.set(phone, orderId)
    }
    for (const [phone, other] of [
      [a, b],
      [b, a],
    ] as const) {
      await phone.openPage(webViewAt('/orders'))
      await expectPage(phone.web.getByText(ordersOf.get(phone)!)).toBeVisible()
      await expectPage(phone.web.getByText(ordersOf.get(other)!)).toHaveCount(0)
    }
    const payers = [...ordersOf.values()].map(
      async (orderId) => (await tradesOf(stage.shop, orderId))[0]?.payerOpenid,
    )
    expect(await Promise.all(payers)).toEqual(
      ['alice', 'bob'].map((user) => stage.shop.sandbox.openid(user, stage.shop.appids['mini-program'])),
    )
  })

  test('the second can neither see the first one’s order nor its result nor its pay page, which pays nothing', async () => {
    const { a, b } = await stage.open('/phone/?phones=a:alice,b:bob')
    const orderId = await walkToCashier(a)
    const [trade] = await tradesOf(stage.shop, orderId)
    for (const path of [`/orders/${orderId}`, `/orders/${orderId}/result`]) {
      await b.openPage(webViewAt(path))
      await expectPage(b.web.getByRole('heading', { name: '没有找到' })).toBeVisible()
      await expectPage(b.web.getByText('¥')).toHaveCount(0)
      await expectPage(b.web.getByRole('button', { name: /支付/ })).toHaveCount(0)
    }
    await b.openPage(`/pages/pay/pay?payment=${trade?.outTradeNo}`)
    await expectPage(b.glass.getByText('没有找到这笔支付')).toBeVisible()
    await expectPage(b.cashier).toHaveCount(0)
    await expectPage(b.glass.getByText('¥')).toHaveCount(0)
    await b.tap('回到首页')
    await expectPage(b.glass.getByRole('button', { name: '去下单' })).toBeVisible()
    expect(await tradesOf(stage.shop, orderId)).toMatchObject([{ tradeState: 'NOTPAY' }])
    await a.tap('立即支付')
    await expectResult(a, orderId, '支付成功')
  })
})
