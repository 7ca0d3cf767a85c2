import { describe, expect, test } from 'vitest'
import type { Config } from '../../server/config/load-config.ts'
import { openInAlipay } from '../support/alipay-buyer.ts'
import type { WebViewTicket } from '../../contract/session.ts'
import { callApi, signIn } from '../support/customer.ts'
import { moneyStage } from '../support/money-stage.ts'
import { expectProblem } from '../support/problem.ts'
import { until } from '../support/until.ts'

const stage = moneyStage()

describe('a payment outlives the configuration it was made with', () => {
  const without = (code: string) => (config: Config) => ({
    ...config,
    entries: config.entries.filter((entry) => entry.code !== code),
  })

  test('after its entry was removed and the server restarted, a late notification still settles it', async () => {
    const before = stage.shop.config
    await stage.shop.sandbox.control('/rules', { match: { api: 'notify', times: 1 }, effect: { lose: true } })
    const alice = await signIn(stage.shop, 'alice', 'official-account')
    const payment = await alice.pay((await alice.order()).id)
    await alice.cashier(await alice.launch(payment.id), 'paid')
    await stage.shop.restart(without('01'))
    await stage.shop.advance(20_000)
    await until(async () => (await stage.books.events(payment.id)).includes('paid'))
    await stage.shop.restart(() => before)
    expect((await alice.detail(payment.orderId)).state).toBe('paid')
  })

  test('whoever signed in under another app that the entry was before signs in again, and then pays', async () => {
    const before = stage.shop.config
    const { id: orderId } = await stage.alice.order()
    const { body: held } = await stage.alice.post<WebViewTicket>('/web-view-tickets')
    const appid = stage.shop.appids['official-account']
    await stage.shop.restart((config) => ({
      ...config,
      entries: config.entries.map((entry) =>
        entry.code === '02' ? { ...entry, appid, customerAppid: appid } : entry,
      ),
    }))
    expectProblem(await stage.alice.post(`/orders/${orderId}/payments`), 401)
    const redeemed = callApi(stage.shop, 'POST', '/api/02/web-sessions', { body: { ticket: held.ticket } })
    expectProblem(await redeemed, 401)
    await stage.shop.restart(() => before)
    expect((await stage.alice.pay(orderId)).state).toBe('pending')
  })

  test('a merchant that took a payment within a year cannot be dropped from the configuration', async () => {
    const before = stage.shop.config
    const other = '1900000099'
    const renamed = (config: Config): Config => ({
      ...config,
      merchants: config.merchants.map((merchant) => ({ ...merchant, mchid: other })),
      entries: config.entries.map((entry) => ({ ...entry, mchid: other })),
    })
    await expect(stage.shop.restart(renamed)).rejects.toThrow(
      '1900000001 took payments within the last 366 days',
    )
    await stage.shop.restart(() => before)
  })

  test('nor can an app of Alipay, though another one of the same seller stays', async () => {
    const before = stage.shop.config
    const buyer = await openInAlipay(stage.shop)
    await buyer.pay((await buyer.order()).id)
    const [app] = before.alipayApps
    const another = '2021009999999999'
    const replaced = (config: Config): Config => ({
      ...config,
      alipayApps: [{ ...app!, appId: another }],
      entries: config.entries.map((entry) =>
        entry.channel === 'alipay' ? { ...entry, appid: another, customerAppid: another } : entry,
      ),
    })
    await expect(stage.shop.restart(replaced)).rejects.toThrow(
      `${app!.appId} took payments within the last 366 days`,
    )
    await stage.shop.restart(() => before)
  })
})
