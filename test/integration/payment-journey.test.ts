import { describe, expect, test } from 'vitest'
import type { PaymentPage } from '../../contract/payment-list.ts'
import { signIn } from '../support/customer.ts'
import { moneyStage } from '../support/money-stage.ts'
import { until } from '../support/until.ts'

const stage = moneyStage()

describe('paying an order', () => {
  test.each(['mini-program', 'official-account'] as const)(
    'through the %s takes one trade under its own appid and openid, and the notification settles it',
    async (kind) => {
      const alice = await signIn(stage.shop, 'alice', kind)
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
      const { payments } = (await alice.get<PaymentPage>('/payments')).body
      expect(payments.find(({ id }) => id === payment.id)?.lines).toMatchObject([
        { productId: 'tea-puer', quantity: 2, amountFen: 39_600 },
      ])
      expect(await stage.books.trades(order.id)).toMatchObject([
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
    const order = await stage.alice.order()
    expect(order.serverTime).toBe(order.createdAt)
    const payment = await stage.alice.pay(order.id)
    await stage.alice.cashier(await stage.alice.launch(payment.id), 'cancelled')
    expect((await stage.alice.result(order.id)).result).toBe('checking')
    await stage.alice.check(payment.id, 'cancel')
    expect((await stage.alice.result(order.id)).result).toBe('unpaid')
    const again = await stage.alice.pay(order.id)
    expect(again.id).toBe(payment.id)
    await stage.alice.cashier(await stage.alice.launch(again.id), 'paid')
    await until(async () => (await stage.alice.result(order.id)).result === 'paid')
    expect(await stage.books.trades(order.id)).toHaveLength(1)
  })
})
