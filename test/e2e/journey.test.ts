import { describe, expect, test } from 'vitest'
import { phoneStage } from '../support/phone-stage.ts'
import { expectPage, expectResult, expectWayBack, tradesOf, trailOf, walkToCashier } from '../support/walk.ts'

const stage = phoneStage()

const open = async (address: string) => (await stage.open(address)).a

/** What WeChat must have in its books for an order that alice has paid in the mini-program: this, and nothing else. */
const onePaidTrade = () => [
  {
    appid: stage.shop.appids['mini-program'],
    payerOpenid: stage.shop.sandbox.openid('alice', stage.shop.appids['mini-program']),
    tradeState: 'SUCCESS',
  },
]

/** How each query for this order was answered, and whether any notification of it got through. */
async function waysOfTruth(orderId: string) {
  const [{ body: seen }, { body: sent }] = await Promise.all([
    stage.shop.sandbox.control('/calls'),
    stage.shop.sandbox.control('/notifications'),
  ])
  type Call = { method: string; url: string; answer: string }
  type Notification = { outTradeNo: string; state: string; attempts: { verdict: string }[] }
  const queries = (seen.calls as Call[]).filter(
    ({ method, url }) => method === 'GET' && url.startsWith('/v3/pay/transactions/') && url.includes(orderId),
  )
  const notifications = (sent.notifications as Notification[]).filter((one) =>
    one.outTradeNo.includes(orderId),
  )
  return {
    paidAnswers: queries.filter(({ answer }) => answer.includes('"SUCCESS"')).length,
    deliveries: notifications.flatMap(({ attempts }) => attempts.map(({ verdict }) => verdict)),
  }
}

describe('the journey through the mini-program', () => {
  test.each(['ios', 'android', 'silent'])(
    'on %s leads from home to 支付成功, is one trade of the mini-program, and back to order, list, shop and home',
    async (profile) => {
      const phone = await open(`/phone/?profile=${profile}`)
      const orderId = await walkToCashier(phone)
      expect(await phone.ask('stack')).toEqual([
        'pages/home/home',
        'pages/web-view/web-view',
        'pages/pay/pay',
      ])
      await phone.tap('立即支付')
      await expectResult(phone, orderId, '支付成功')
      expect(await tradesOf(stage.shop, orderId)).toMatchObject(onePaidTrade())
      expect(await phone.ask('stack')).toEqual(['pages/home/home', 'pages/web-view/web-view'])
      await expectWayBack(phone, orderId)
      await phone.back()
      await expectPage(phone.web.getByRole('button', { name: '立即购买' }).first()).toBeVisible()
      await phone.back()
      await expectPage(phone.glass.getByRole('button', { name: '去下单' })).toBeVisible()
      expect((await trailOf(phone.page)).filter((url) => /confirm|pages\/pay/.test(url))).toEqual([])
    },
  )

  test('cancelled shows 未支付 and, paid again, stays one number and one trade', async () => {
    const phone = await open('/phone/?profile=android')
    const orderId = await walkToCashier(phone)
    await phone.tap('取消支付')
    await expectResult(phone, orderId, '未支付')
    const [unpaid] = await tradesOf(stage.shop, orderId)
    expect(unpaid).toMatchObject({ tradeState: 'NOTPAY' })
    await phone.tapWeb('重新支付')
    await phone.tap('立即支付')
    await expectResult(phone, orderId, '支付成功')
    const trades = await tradesOf(stage.shop, orderId)
    expect(trades).toMatchObject(onePaidTrade())
    expect(trades[0]?.outTradeNo).toBe(unpaid?.outTradeNo)
    await expectWayBack(phone, orderId)
  })

  test('with every notification lost reaches 支付成功 by a query', async () => {
    await stage.shop.sandbox.control('/rules', { match: { api: 'notify' }, effect: { lose: true } })
    const phone = await open('/phone/?profile=ios')
    const orderId = await walkToCashier(phone)
    await phone.tap('立即支付')
    await expectResult(phone, orderId, '支付成功')
    const { paidAnswers, deliveries } = await waysOfTruth(orderId)
    expect(paidAnswers).toBeGreaterThan(0)
    expect(new Set(deliveries)).toEqual(new Set(['lost by a rule']))
    expect(await tradesOf(stage.shop, orderId)).toMatchObject(onePaidTrade())
  })

  test('with the answer of the cashier lost, and the notifications too, reaches 支付成功 by a query', async () => {
    await stage.shop.sandbox.control('/rules', { match: { api: 'notify' }, effect: { lose: true } })
    const phone = await open('/phone/?profile=silent')
    const orderId = await walkToCashier(phone)
    await phone.endUnhappily('支付成功但没有回音')
    await expectResult(phone, orderId, '支付成功')
    expect((await waysOfTruth(orderId)).paidAnswers).toBeGreaterThan(0)
    expect(await tradesOf(stage.shop, orderId)).toMatchObject(onePaidTrade())
    await expectWayBack(phone, orderId)
  })
})

test('a basket goes to an address of WeChat’s own list, which the native page hands to the confirm page', async () => {
  await stage.shop.restart((config) => ({ ...config, shippingFields: ['address'] }))
  const phone = await open('/phone/?profile=ios')
  await phone.tap('去下单')
  const add = phone.web.getByRole('button', { name: /加入购物篮$/ })
  await add.first().click()
  await add.first().click()
  await phone.web.getByRole('link', { name: '去下单' }).click()
  await phone.web.getByRole('button', { name: '使用微信地址' }).click()
  await phone.page.getByRole('button', { name: /新港中路/ }).click()
  await expectPage(phone.web.getByLabel('详细地址')).toHaveValue('新港中路 397 号')
  await phone.web.getByRole('button', { name: '提交订单' }).click()
  await phone.tap('立即支付')
  await expectPage(phone.web.getByTestId('result-title')).toHaveText('支付成功')
  await phone.back()
  await expectPage(phone.web.getByTestId('shipping')).toContainText('广东省 广州市 海珠区 新港中路 397 号')
})
