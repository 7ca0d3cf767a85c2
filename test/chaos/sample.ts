import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AnomalyPage } from '../../contract/operator.ts'
import type { RefundRequest } from '../../contract/refund.ts'
import { expectOk, joinAccounts, signIn, type Customer } from '../support/customer.ts'
import { operatorOf, paidOrder, type Operator } from '../support/operator.ts'
import { mchid, openShop, type Shop } from '../support/shop.ts'
import { openSubscriber } from '../support/subscriber.ts'
import { until } from '../support/until.ts'
import { readBooks } from './checker/read-books.ts'
import { readLedger } from './checker/read-ledger.ts'
import type { Case } from './plants.ts'
import { heardBy, limitedCatalogue } from './witnesses.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND

/**
 * Books, ledger and messages of a shop in which all went well and everything happened: paid by a notification and by a
 * query, refunded in part and as a whole, paid at two doors, refunded on the platform unheard, and left to expire.
 */
export async function playSample(): Promise<Case> {
  const folder = mkdtempSync(join(tmpdir(), 'qiaofu-sample-'))
  const subscriber = await openSubscriber()
  const shop = await openShop()
  try {
    const cataloguePath = limitedCatalogue(folder)
    const subscribers = [subscriber.config('erp', [randomBytes(32)])]
    await shop.restart((config) => ({ ...config, cataloguePath, subscribers }))
    await trade(shop)
    const books = await until(async () => {
      const read = await readBooks(shop.databaseUrl)
      return read.deliveries.every(({ state }) => state === 'delivered') && read
    })
    const ledger = await readLedger(shop.sandbox.url, mchid)
    return { books, ledger, heard: heardBy(subscriber) }
  } finally {
    await shop.close()
    await subscriber.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function trade(shop: Shop): Promise<void> {
  const native = await signIn(shop, 'alice')
  const official = await signIn(shop, 'alice', 'official-account')
  await joinAccounts(native, official)
  const lin = operatorOf(shop)
  await shop.sandbox.control('/transfers', { mchid, amountFen: 10_000_000 })
  await paidOrder(native)
  await paidOrder(official, 'cup-celadon', 2)
  const [part, whole] = [await paidOrder(native), await paidOrder(native, 'tin-tea', 3)]
  await lin.refund(part.orderId, { amountFen: 100 })
  await lin.refund(whole.orderId)
  await askForMoneyBack(native, lin)
  const surplus = await payTwice(shop, native, official, lin)
  await payUnheard(shop, native)
  await refundUnheard(shop, native, lin)
  const { id: expired } = await native.order()
  await native.pay(expired)
  await shop.advance(6 * SECOND)
  for (const orderId of [part.orderId, whole.orderId, surplus]) await lin.refundsWhen(orderId, ['succeeded'])
  await shop.advance(32 * MINUTE)
  await until(async () => (await native.detail(expired)).state === 'closed')
}

/** WeChat does not close the first door's order in time, and both cashiers take the money. */
async function payTwice(shop: Shop, native: Customer, official: Customer, lin: Operator): Promise<string> {
  await shop.sandbox.control('/rules', { match: { api: 'close' }, effect: { error: 'SYSTEM_ERROR' } })
  const { id: orderId } = await native.order()
  const first = await native.launch((await native.pay(orderId)).id)
  const second = await official.launch((await official.pay(orderId)).id)
  await official.cashier(second, 'paid')
  await until(async () => (await native.result(orderId)).result === 'paid')
  await native.cashier(first, 'paid')
  await until(async () => (await lin.order(orderId)).refunds.length === 1)
  await shop.sandbox.control('/rules', undefined, 'DELETE')
  return orderId
}

/** One refund request is withdrawn, the next one of the same order is approved. */
async function askForMoneyBack(native: Customer, lin: Operator): Promise<void> {
  const { orderId } = await paidOrder(native)
  const path = `/orders/${orderId}/refund-requests`
  const ask = () => expectOk(native.post<RefundRequest>(path, { reason: '不想要了' }))
  await expectOk(native.post(`${path}/${(await ask()).id}/withdraw`))
  await expectOk(lin.post(`/refund-requests/${(await ask()).id}/decision`, { approved: true }))
}

/** The notification is lost: the query finds it. */
async function payUnheard(shop: Shop, native: Customer): Promise<void> {
  await shop.sandbox.control('/rules', { match: { api: 'notify' }, effect: { lose: true } })
  const { id: orderId } = await native.order()
  await native.cashier(await native.launch((await native.pay(orderId)).id), 'paid')
  await shop.advance(6 * SECOND)
  await until(async () => (await native.result(orderId)).result === 'paid')
  await shop.sandbox.control('/rules', undefined, 'DELETE')
}

/** Paid and refunded in part on WeChat's platform before anybody here heard of either: an operator counts the refund. */
async function refundUnheard(shop: Shop, native: Customer, lin: Operator): Promise<void> {
  const silent = { match: { api: 'notify' }, effect: { lose: true } }
  await shop.sandbox.control('/rules', silent)
  await shop.sandbox.control('/rules', { match: { api: 'query' }, effect: { error: 'SYSTEM_ERROR' } })
  const { id: orderId } = await native.order()
  const { id: outTradeNo } = await native.pay(orderId)
  await native.cashier(await native.launch(outTradeNo), 'paid')
  const { body } = await shop.sandbox.control('/refunds', { mchid, outTradeNo, amountFen: 100 })
  await shop.sandbox.control('/rules', undefined, 'DELETE')
  await shop.sandbox.control('/rules', silent)
  await shop.advance(31 * SECOND)
  const { id } = await until(async () =>
    (await lin.get<AnomalyPage>('/anomalies')).body.anomalies.find((one) => one.orderId === orderId),
  )
  await lin.post(`/anomalies/${id}/actions`, { action: 'record-refund', outRefundNo: body.outRefundNo })
  await shop.sandbox.control('/rules', undefined, 'DELETE')
}
