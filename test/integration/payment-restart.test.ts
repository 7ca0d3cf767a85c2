import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Config } from '../../server/config/load-config.ts'
import { openBooks, type Books } from '../support/books.ts'
import { signIn } from '../support/customer.ts'
import { openShop, type Shop } from '../support/shop.ts'
import { until } from '../support/until.ts'

describe('a payment outlives the configuration it was made with', () => {
  let shop: Shop
  let books: Books
  beforeAll(async () => {
    shop = await openShop()
    books = await openBooks(shop)
  })
  afterAll(async () => {
    await books.close()
    await shop.close()
  })
  const without = (code: string) => (config: Config) => ({
    ...config,
    entries: config.entries.filter((entry) => entry.code !== code),
  })

  test('after its entry was removed and the server restarted, a late notification still settles it', async () => {
    const before = shop.config
    await shop.sandbox.control('/rules', { match: { api: 'notify', times: 1 }, effect: { lose: true } })
    const alice = await signIn(shop, 'alice', 'official-account')
    const payment = await alice.pay((await alice.order()).id)
    await alice.cashier(await alice.launch(payment.id), 'paid')
    await shop.restart(without('01'))
    await shop.advance(20_000)
    await until(async () => (await books.events(payment.id)).includes('paid'))
    await shop.restart(() => before)
    expect((await alice.detail(payment.orderId)).state).toBe('paid')
  })

  test('a merchant that took a payment within a year cannot be dropped from the configuration', async () => {
    const before = shop.config
    const other = '1900000099'
    const renamed = (config: Config): Config => ({
      ...config,
      merchants: config.merchants.map((merchant) => ({ ...merchant, mchid: other })),
      entries: config.entries.map((entry) => ({ ...entry, mchid: other })),
    })
    await expect(shop.restart(renamed)).rejects.toThrow('1900000001 took payments within the last 366 days')
    await shop.restart(() => before)
  })
})
