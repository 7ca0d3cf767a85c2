import { beforeAll, describe, expect, test } from 'vitest'
import type { Config } from '../../server/config/load-config.ts'
import type { Customer } from '../support/customer.ts'
import { aliceByAccount, moneyStage } from '../support/money-stage.ts'
import { paidOrder } from '../support/operator.ts'
import { mchid } from '../support/shop.ts'
import { payDenied, payTwice } from '../support/troubled-payments.ts'
import { until } from '../support/until.ts'

const secondMs = 1_000
const minuteMs = 60_000

const stage = moneyStage()
let official: Customer
beforeAll(async () => {
  official = await aliceByAccount(stage)
})

describe('an order that was paid through two doors', () => {
  test('keeps the first, and gives the second back in full by itself; the customer reads why', async () => {
    const { orderId, firstId, secondId, totalFen } = await payTwice(stage, official)
    await until(async () => (await stage.lin.order(orderId)).refunds.length === 1)
    await stage.shop.advance(6 * secondMs)
    const [refund] = await stage.lin.refundsWhen(orderId, ['succeeded'])
    expect(refund).toMatchObject({ paymentId: firstId, origin: 'surplus', amountFen: totalFen })
    const lines = (await stage.lin.books()).filter((line) => line.orderId === orderId)
    expect(lines.map(({ outTradeNo, kept }) => [outTradeNo, kept]).toSorted()).toEqual(
      [
        [firstId, false],
        [secondId, true],
      ].toSorted(),
    )
    expect((await stage.alice.result(orderId)).refunds).toMatchObject([
      { surplus: true, state: 'succeeded', amountFen: totalFen },
    ])
    expect(await stage.books.events(orderId)).toEqual(['placed', 'paid'])
    const { timeline } = await stage.lin.order(orderId)
    expect(timeline.map(({ number, event }) => [number, event])).toContainEqual([refund!.id, 'succeeded'])
  })
})

describe('surplus of which staff gave back a part on WeChat’s platform before we knew of it', () => {
  test('goes back as to the rest by itself', async () => {
    await stage.weather({ api: 'close' }, { error: 'SYSTEM_ERROR' })
    await stage.weather({ api: 'query' }, { error: 'SYSTEM_ERROR' })
    const { id: orderId, totalFen } = await stage.alice.order()
    const first = await stage.alice.pay(orderId)
    const opened = await stage.alice.launch(first.id)
    const second = await official.pay(orderId)
    await official.cashier(await official.launch(second.id), 'paid')
    await until(async () => (await stage.alice.result(orderId)).result === 'paid')
    await stage.weather({ api: 'notify' }, { lose: true })
    await stage.alice.cashier(opened, 'paid')
    await stage.shop.sandbox.control('/rules', undefined, 'DELETE')
    const part = { mchid, outTradeNo: first.id, amountFen: 1_000 }
    await stage.shop.sandbox.control('/refunds', {
      ...part,
      notifyUrl: `${stage.shop.url}/webhooks/wechatpay/${mchid}`,
    })
    await stage.shop.advance(4 * secondMs)
    await until(async () => (await stage.lin.order(orderId)).refunds.length === 2)
    await stage.shop.advance(2 * minuteMs)
    await until(async () =>
      (await stage.lin.order(orderId)).refunds.every(({ state }) => state === 'succeeded'),
    )
    expect((await stage.lin.order(orderId)).refunds).toMatchObject([
      { paymentId: first.id, origin: 'platform', amountFen: 1_000 },
      { paymentId: first.id, origin: 'surplus', amountFen: totalFen - 1_000 },
    ])
  })
})

describe('money that comes after everything was closed', () => {
  test('is kept when nothing else is: the customer paid, so the order stands', async () => {
    const { orderId } = await payDenied(stage)
    await until(async () => (await stage.alice.result(orderId)).result === 'closed')
    await stage.clearWeather()
    await stage.shop.advance(60 * minuteMs)
    await until(async () => (await stage.alice.result(orderId)).result === 'paid')
    expect(await stage.books.events(orderId)).toEqual(['placed', 'expired', 'paidLate'])
    expect((await stage.lin.order(orderId)).refunds).toEqual([])
  })
})

describe('a refund outlives the configuration of its payment', () => {
  const withoutOfficial = (config: Config): Config => ({
    ...config,
    entries: config.entries.filter(({ code }) => code !== '01'),
  })
  const withPublicKeyAlone = (config: Config): Config => ({
    ...config,
    merchants: config.merchants.map((merchant) => ({ ...merchant, platformCertificates: [] })),
  })

  test('the entry removed, WeChat’s key changed, the server started anew: it goes back to where it came from', async () => {
    const before = stage.shop.config
    const { orderId, paymentId } = await paidOrder(official)
    await stage.shop.sandbox.control('/keys/rotate', { mchid, to: 'public-key', percent: 100 })
    await stage.shop.restart((config) => withPublicKeyAlone(withoutOfficial(config)))
    const refund = await stage.lin.refund(orderId)
    expect(refund).toMatchObject({ state: 'processing', paymentId })
    await stage.weather({ api: 'refund-query' }, { error: 'SYSTEM_ERROR' })
    await stage.shop.advance(6 * secondMs)
    await stage.lin.refundsWhen(orderId, ['succeeded'])
    await stage.shop.restart(() => before)
  })

  test('a server that fell between the commit and the call asks again under the same number', async () => {
    const { orderId } = await paidOrder(stage.alice)
    await stage.weather({ api: 'refund' }, { dropBefore: true })
    const refund = await stage.lin.refund(orderId)
    await stage.clearWeather()
    await stage.shop.restart()
    await stage.shop.advance(31 * secondMs)
    await until(async () => (await stage.lin.order(orderId)).refunds[0]!.state !== 'submitted')
    await stage.shop.advance(6 * secondMs)
    const [done] = await stage.lin.refundsWhen(orderId, ['succeeded'])
    expect(done!.id).toBe(refund.id)
  })
})
