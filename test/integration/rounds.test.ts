import { once } from 'node:events'
import net from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Config } from '../../server/config/load-config.ts'
import { openInAlipay } from '../support/alipay-buyer.ts'
import { signIn } from '../support/customer.ts'
import { moneyStage } from '../support/money-stage.ts'
import { until } from '../support/until.ts'
import { visit } from '../support/visitor.ts'

/** A question to Alipay is given up after this. */
const SILENCE_MS = 6_000

const stage = moneyStage()

/** Accepts connections and never answers, until it is closed. */
const silent = net.createServer((socket) => sockets.add(socket.on('error', () => undefined)))
const sockets = new Set<net.Socket>()
const silentUrl = () => `http://127.0.0.1:${(silent.address() as net.AddressInfo).port}`
/** The hosts of the sandbox, which answers. */
let reachable: Config['hosts']

beforeAll(async () => {
  reachable = stage.shop.config.hosts
  silent.listen(0, '127.0.0.1')
  await once(silent, 'listening')
})
afterAll(() => {
  silent.close()
  for (const socket of sockets) socket.destroy()
})

/** Copies an order and its payment so many times, due for a check now. */
const copyPayment = (outTradeNo: string, count: number) =>
  stage.books.rows(
    `with number as (
       select n, lpad(n::text, 13, '0') as order_id from generate_series(1, $2::int) as n),
     orders_copied as (
       insert into orders
       select row.* from number, orders, payments,
         jsonb_populate_record(orders, jsonb_build_object('order_id', number.order_id, 'placed_from', null, 'placed_site', null)) as row
       where payments.out_trade_no = $1 and orders.order_id = payments.order_id)
     insert into payments
     select row.* from number, payments,
       jsonb_populate_record(payments, jsonb_build_object(
         'order_id', number.order_id,
         'out_trade_no', overlay(payments.out_trade_no placing number.order_id from 18),
         'next_check_at', now() - interval '1 minute')) as row
     where payments.out_trade_no = $1`,
    [outTradeNo, count],
  )

test('400 attempts at a silent Alipay delay no payment at WeChat whose notification is lost', async () => {
  await stage.shop.restart((config) => ({ ...config, hosts: { ...reachable, alipay: silentUrl() } }))
  const buyer = await openInAlipay(stage.shop)
  const { id: alipayOrderId } = await buyer.order()
  await copyPayment((await buyer.pay(alipayOrderId)).id, 400)
  await until(async () => sockets.size > 0)

  const alice = await signIn(stage.shop, 'alice')
  await stage.weather({ api: 'notify' }, { lose: true })
  const { id: orderId } = await alice.order()
  const { id: paymentId } = await alice.pay(orderId)
  await alice.cashier(await alice.launch(paymentId), 'paid')
  await stage.shop.advance(6_000)
  const dueAt = performance.now()
  await until(async () => (await stage.lin.order(orderId)).order.state === 'paid')
  expect(performance.now() - dueAt).toBeLessThan(5_000)
  // Its own checks have ended meanwhile or go on; what they hold must not keep the shop from closing.
  for (const socket of sockets) socket.destroy()
})

test('a second look at a silent Alipay delays no second look at WeChat', async () => {
  await stage.clearWeather()
  await stage.shop.restart((config) => ({ ...config, hosts: reachable }))
  const buyer = await openInAlipay(stage.shop)
  const { id: atAlipayId } = await buyer.pay((await buyer.order()).id)
  await buyer.cashier((await buyer.launch(atAlipayId)).url)
  const alice = await signIn(stage.shop, 'alice')
  const { id: atWechatId } = await alice.pay((await alice.order()).id)
  await alice.cashier(await alice.launch(atWechatId), 'paid')
  const firstLooks = () =>
    stage.books.rows(
      `select from second_looks join payments using (order_id, out_trade_no)
       where out_trade_no = any($1) and due_at - paid_at = interval '1 day'`,
      [[atAlipayId, atWechatId]],
    )
  await until(async () => (await firstLooks()).length === 2)
  await stage.shop.restart((config) => ({ ...config, hosts: { ...reachable, alipay: silentUrl() } }))
  const makeDue = (number: string) =>
    stage.books.rows(`update second_looks set due_at = now() - interval '1 day' where out_trade_no = $1`, [
      number,
    ])
  sockets.clear()
  await makeDue(atAlipayId)
  await until(async () => sockets.size > 0)
  const dueAt = performance.now()
  await makeDue(atWechatId)
  await until(async () => (await firstLooks()).length === 1)
  expect(performance.now() - dueAt).toBeLessThan(SILENCE_MS - 1_000)
  for (const socket of sockets) socket.destroy()
})

test('a change from a silent Alipay to WeChat waits for one unanswered question only', async () => {
  await stage.shop.restart((config) => ({ ...config, hosts: { ...reachable, alipay: silentUrl() } }))
  const visitor = await visit(stage.shop, '04')
  const { id: orderId } = await visitor.order()
  const { id: firstId } = await visitor.pay(orderId, { way: 'alipay-page', collectBy: '06' })
  await visitor.launch(firstId)
  const changedAt = performance.now()
  await visitor.pay(orderId, { way: 'native-qr' })
  expect(performance.now() - changedAt).toBeLessThan(SILENCE_MS * 1.5)
  const payments = (await stage.lin.order(orderId)).payments.map(({ state }) => state)
  expect(payments.toSorted()).toEqual(['closing', 'pending'])
  for (const socket of sockets) socket.destroy()
})

test('60 surplus payments whose refund fails keep none behind them waiting, and 60 orders that cannot be closed neither', async () => {
  const { rows } = stage.books
  const { id: paidId } = await stage.alice.order()
  const { id: paymentId } = await stage.alice.pay(paidId)
  await stage.alice.cashier(await stage.alice.launch(paymentId), 'paid')
  await until(async () => (await stage.lin.order(paidId)).order.state === 'paid')
  const { id: unpaidId } = await stage.alice.order()
  await rows(
    `create function refuse() returns trigger language plpgsql as 'begin raise exception ''no''; end'`,
  )
  await rows(
    `create trigger refuse before insert on refunds for each row when (new.order_id like 'FA2ED%') execute function refuse()`,
  )
  await rows(
    `create trigger refuse before update on orders for each row when (new.order_id like 'FA2ED%') execute function refuse()`,
  )
  // Older than the two that can be moved on.
  const ids = `select 'FA2ED' || lpad(n::text, 8, '0') as id from generate_series(1, 60) as n`
  for (const from of [paidId, unpaidId])
    await rows(
      `insert into orders select row.* from (${ids}) as made, orders, jsonb_populate_record(orders, jsonb_build_object(
         'order_id', case orders.state when 'paid' then replace(id, 'FA2ED0', 'FA2EDP') else id end,
         'expires_at', now() - interval '1 hour')) as row
       where orders.order_id = $1`,
      [from],
    )
  await rows(
    `insert into payments select row.* from (${ids}) as made, payments as paid, jsonb_populate_record(paid, jsonb_build_object(
       'order_id', replace(id, 'FA2ED0', 'FA2EDP'), 'kept', false, 'paid_at', paid.paid_at - interval '1 hour',
       'out_trade_no', overlay(paid.out_trade_no placing replace(id, 'FA2ED0', 'FA2EDP') from 18))) as row
     where paid.out_trade_no = $1`,
    [paymentId],
  )
  await rows(`update payments set kept = false where out_trade_no = $1`, [paymentId])
  await rows(`update orders set expires_at = now() - interval '30 minutes' where order_id = $1`, [unpaidId])
  await stage.shop.restart()
  await until(async () => (await stage.lin.order(paidId)).refunds.length === 1)
  await until(async () => (await stage.lin.order(unpaidId)).order.state === 'closed')
})
