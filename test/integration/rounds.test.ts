import { once } from 'node:events'
import net from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openInAlipay } from '../support/alipay-buyer.ts'
import { signIn } from '../support/customer.ts'
import { moneyStage } from '../support/money-stage.ts'
import { until } from '../support/until.ts'

const stage = moneyStage()

/** Accepts connections and never answers, until it is closed. */
const silent = net.createServer((socket) => sockets.add(socket.on('error', () => undefined)))
const sockets = new Set<net.Socket>()

beforeAll(async () => {
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
         jsonb_populate_record(orders, jsonb_build_object('order_id', number.order_id)) as row
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
  const { port } = silent.address() as net.AddressInfo
  await stage.shop.restart((config) => ({
    ...config,
    hosts: { ...config.hosts, alipay: `http://127.0.0.1:${port}` },
  }))
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
