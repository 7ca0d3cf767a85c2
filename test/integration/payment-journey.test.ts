import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { signIn } from '../support/customer.ts'
import { openShop, type Shop } from '../support/shop.ts'
import { until } from '../support/until.ts'

describe('paying an order', () => {
  let shop: Shop
  beforeAll(async () => {
    shop = await openShop()
  })
  afterAll(() => shop.close())

  const tradesOf = async (orderId: string) => {
    const { body } = await shop.sandbox.control('/ledger')
    return body.trades.filter((trade: { outTradeNo: string }) => trade.outTradeNo.includes(orderId))
  }

  test.each(['mini-program', 'official-account'] as const)(
    'through the %s takes one trade under its own appid and openid, and the notification settles it',
    async (kind) => {
      const alice = await signIn(shop, 'alice', kind)
      const order = await alice.order('tea-puer', 2)
      const payment = await alice.pay(order.id)
      const launch = await alice.launch(payment.id)
      expect('appId' in launch ? launch.appId : undefined).toBe(
        kind === 'mini-program' ? undefined : alice.appid,
      )
      expect((await alice.cashier(launch, 'paid')).body.result).toBe('ok')
      await until(async () => (await alice.result(order.id)).result === 'paid')
      const detail = await alice.detail(order.id)
      expect(detail).toMatchObject({ state: 'paid', totalFen: 39_600 })
      expect(detail.payments).toMatchObject([{ id: payment.id, state: 'paid', amountFen: 39_600 }])
      expect(await tradesOf(order.id)).toMatchObject([
        {
          appid: alice.appid,
          payerOpenid: alice.openid,
          outTradeNo: payment.id,
          amountFen: 39_600,
          tradeState: 'SUCCESS',
        },
      ])
    },
  )

  test('that was cancelled is unpaid by proof, and paid again it is the same number and one trade', async () => {
    const alice = await signIn(shop, 'alice')
    const order = await alice.order()
    const payment = await alice.pay(order.id)
    await alice.cashier(await alice.launch(payment.id), 'cancelled')
    expect((await alice.result(order.id)).result).toBe('checking')
    await alice.check(payment.id, 'cancel')
    expect((await alice.result(order.id)).result).toBe('unpaid')
    const again = await alice.pay(order.id)
    expect(again.id).toBe(payment.id)
    await alice.cashier(await alice.launch(again.id), 'paid')
    await until(async () => (await alice.result(order.id)).result === 'paid')
    expect(await tradesOf(order.id)).toHaveLength(1)
  })
})
