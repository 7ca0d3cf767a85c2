import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { BindCode } from '../../contract/session.ts'
import type { Config } from '../../server/config/load-config.ts'
import { openBooks, type Books } from '../support/books.ts'
import { signIn, type Customer } from '../support/customer.ts'
import { operatorOf, paidOrder, type Operator } from '../support/operator.ts'
import { mchid, openShop, type Shop } from '../support/shop.ts'
import { until } from '../support/until.ts'

const secondMs = 1_000
const minuteMs = 60_000

let shop: Shop
let books: Books
let native: Customer
let official: Customer
let lin: Operator
beforeAll(async () => {
  shop = await openShop()
  books = await openBooks(shop)
  native = await signIn(shop, 'alice')
  official = await signIn(shop, 'alice', 'official-account')
  const { body } = await native.post<BindCode>('/bind-codes')
  await official.post('/bindings', { code: body.code })
  lin = operatorOf(shop)
  await shop.sandbox.control('/transfers', { mchid, amountFen: 10_000_000 })
})
afterEach(() => shop.sandbox.control('/rules', undefined, 'DELETE'))
afterAll(async () => {
  await books.close()
  await shop.close()
})

const weather = (match: object, effect: object) => shop.sandbox.control('/rules', { match, effect })

/** Both doors have their cashier open, since WeChat does not close the first one's order; then both are paid. */
async function payTwice(): Promise<{ orderId: string; firstId: string; secondId: string; totalFen: number }> {
  await weather({ api: 'close' }, { error: 'SYSTEM_ERROR' })
  const { id: orderId, totalFen } = await native.order()
  const first = await native.pay(orderId)
  const opened = await native.launch(first.id)
  const second = await official.pay(orderId)
  await official.cashier(await official.launch(second.id), 'paid')
  await until(async () => (await native.result(orderId)).result === 'paid')
  await native.cashier(opened, 'paid')
  return { orderId, firstId: first.id, secondId: second.id, totalFen }
}

describe('an order that was paid through two doors', () => {
  test('keeps the first, and gives the second back in full by itself; the customer reads why', async () => {
    const { orderId, firstId, secondId, totalFen } = await payTwice()
    await until(async () => (await lin.order(orderId)).refunds.length === 1)
    await shop.advance(6 * secondMs)
    const [refund] = await lin.refundsWhen(orderId, ['succeeded'])
    expect(refund).toMatchObject({ paymentId: firstId, origin: 'surplus', amountFen: totalFen })
    const lines = (await lin.books()).filter((line) => line.orderId === orderId)
    expect(lines.map(({ outTradeNo, kept }) => [outTradeNo, kept]).toSorted()).toEqual(
      [
        [firstId, false],
        [secondId, true],
      ].toSorted(),
    )
    expect((await native.result(orderId)).refunds).toMatchObject([
      { surplus: true, state: 'succeeded', amountFen: totalFen },
    ])
    expect(await books.events(orderId)).toEqual(['placed', 'paid'])
    const { timeline } = await lin.order(orderId)
    expect(timeline.map(({ number, event }) => [number, event])).toContainEqual([refund!.id, 'succeeded'])
  })

  test('and whose job was lost is found by the sweep', async () => {
    await books.rows(`create function swallow() returns trigger language plpgsql as
      $$ begin return case when new.name = 'refund-surplus' then null else new end; end $$`)
    await books.rows(
      'create trigger swallow before insert on jobs.job for each row execute function swallow()',
    )
    const jobs = () => books.rows(`select id from jobs.job where name = 'refund-surplus'`)
    const before = await jobs()
    const { orderId } = await payTwice()
    await until(async () => (await lin.order(orderId)).refunds.length === 1)
    expect(await jobs()).toEqual(before)
    await books.rows('drop function swallow cascade')
  })
})

describe('money that comes after everything was closed', () => {
  test('is kept when nothing else is: the customer paid, so the order stands', async () => {
    const { id: orderId } = await native.order()
    const payment = await native.pay(orderId)
    const launch = await native.launch(payment.id)
    await weather({ api: 'notify' }, { lose: true })
    await native.cashier(launch, 'paid')
    // WeChat says for a while that nobody paid, and lets itself be closed.
    await weather({ api: 'query' }, { alter: { trade_state: 'CLOSED', transaction_id: null, payer: null } })
    await shop.advance(32 * minuteMs)
    await until(async () => (await native.result(orderId)).result === 'closed')
    await shop.sandbox.control('/rules', undefined, 'DELETE')
    await shop.advance(60 * minuteMs)
    await until(async () => (await native.result(orderId)).result === 'paid')
    expect(await books.events(orderId)).toEqual(['placed', 'expired', 'paidLate'])
    expect((await lin.order(orderId)).refunds).toEqual([])
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
    const before = shop.config
    const { orderId, paymentId } = await paidOrder(official)
    await shop.sandbox.control('/keys/rotate', { mchid, to: 'public-key', percent: 100 })
    await shop.restart((config) => withPublicKeyAlone(withoutOfficial(config)))
    const refund = await lin.refund(orderId)
    expect(refund).toMatchObject({ state: 'processing', paymentId })
    await weather({ api: 'refund-query' }, { error: 'SYSTEM_ERROR' })
    await shop.advance(6 * secondMs)
    await lin.refundsWhen(orderId, ['succeeded'])
    await shop.restart(() => before)
  })

  test('a server that fell between the commit and the call asks again under the same number', async () => {
    const { orderId } = await paidOrder(native)
    await weather({ api: 'refund' }, { dropBefore: true })
    const refund = await lin.refund(orderId)
    await shop.sandbox.control('/rules', undefined, 'DELETE')
    await shop.restart()
    await shop.advance(31 * secondMs)
    await until(async () => (await lin.order(orderId)).refunds[0]!.state !== 'submitted')
    await shop.advance(6 * secondMs)
    const [done] = await lin.refundsWhen(orderId, ['succeeded'])
    expect(done!.id).toBe(refund.id)
  })
})
