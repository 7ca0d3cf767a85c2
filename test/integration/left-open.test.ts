import { describe, expect, test } from 'vitest'
import type { Anomaly, AnomalyAction, AnomalyPage } from '../../contract/operator.ts'
import type { Problem } from '../../contract/problem.ts'
import { limits } from '../../server/config/limits.ts'
import { anomalyPageSchema } from '../../server/http/schemas/operator.ts'
import { checkDuePayment } from '../../server/payments/check-due-payment.ts'
import { registerPayment } from '../../server/payments/register-payment.ts'
import { showLeftOpen } from '../../server/refunds/left-open.ts'
import { findPayment } from '../../server/store/payments.ts'
import type { PaymentRow } from '../../server/store/tables.ts'
import { transact } from '../../server/store/database.ts'
import {
  forgetDeliveries,
  forgetNotifications,
  forgetOrderRequests,
  type Prune,
} from '../../server/store/prune.ts'
import { aliceByAccount, moneyStage } from '../support/money-stage.ts'
import { paidOrder } from '../support/operator.ts'
import { expectProblem } from '../support/problem.ts'
import { orderOverMs } from '../support/stock.ts'
import { until } from '../support/until.ts'

const minuteMs = 60_000

const stage = moneyStage()

const services = () => stage.shop.server.services
const janitor = () => showLeftOpen(services())
const openOf = async (orderId: string): Promise<Anomaly[]> => {
  const { body } = await stage.lin.get<AnomalyPage>('/anomalies')
  return anomalyPageSchema.parse(body).anomalies.filter((one) => one.orderId === orderId)
}
const act = (anomaly: Anomaly, wish: AnomalyAction) =>
  stage.lin.post<Anomaly & Problem>(`/anomalies/${anomaly.id}/actions`, wish)

describe('a notification that cannot be settled', () => {
  type Row = { attempts: number; next_attempt_at: Date; settled: boolean }
  const rowOf = async (orderId: string): Promise<Row> => {
    const [row] = await stage.books.rows<Row>(
      `select attempts, settled_at is not null as settled, next_attempt_at
       from notifications where order_id = $1`,
      [orderId],
    )
    return row!
  }
  const dueNow = (orderId: string) =>
    stage.books.rows('update notifications set next_attempt_at = now() where order_id = $1', [orderId])
  /** Until it is taken away again, no row of this order can become paid. */
  const spoil = (orderId: string) =>
    stage.books.rows(
      `alter table orders add constraint spoilt check (order_id <> '${orderId}' or state <> 'paid')`,
    )
  const mend = () => stage.books.rows('alter table orders drop constraint spoilt')

  test('is tried ever more seldom, then shown with the reason, and ends when it can be settled', async () => {
    const order = await stage.alice.order()
    const payment = await stage.alice.pay(order.id)
    await spoil(order.id)
    await stage.alice.cashier(await stage.alice.launch(payment.id), 'paid')
    for (let tries = 1; tries <= limits.notificationTriesCount; tries += 1) {
      await until(async () => (await rowOf(order.id)) !== undefined)
      expect(await openOf(order.id)).toEqual([])
      const beganMs = Date.now()
      await dueNow(order.id)
      const row = await until(async () => {
        const now = await rowOf(order.id)
        return now.attempts === tries ? now : undefined
      })
      const triedMs = row.next_attempt_at.getTime() - limits.notificationLadderMs[tries - 1]!
      expect(triedMs).toBeGreaterThanOrEqual(beganMs)
      expect(triedMs).toBeLessThanOrEqual(Date.now())
    }
    const anomaly = await until(async () => (await openOf(order.id))[0])
    expect(anomaly).toMatchObject({
      kind: 'left-open',
      paymentId: payment.id,
      particulars: { of: 'notification', attempts: 5, reason: expect.stringContaining('spoilt') },
    })
    expectProblem(await act(anomaly, { action: 'settle-again' }), 409)
    await mend()
    expect((await act(anomaly, { action: 'settle-again' })).body.state).toBe('resolved')
    expect(await rowOf(order.id)).toMatchObject({ settled: true })
    expect((await stage.alice.detail(order.id)).state).toBe('paid')
  })
})

describe('what stays open', () => {
  test('a payment an hour after its expiry is shown once, and the task ends when the payment does', async () => {
    const order = await stage.alice.order()
    const payment = await stage.alice.pay(order.id)
    await stage.weather({ api: 'query', times: 1_000 }, { error: 'SYSTEM_ERROR' })
    await stage.shop.advance(limits.orderLifetimeMs + limits.paymentLeftOpenMs - minuteMs)
    await janitor()
    expect(await openOf(order.id)).toEqual([])
    await stage.shop.advance(2 * minuteMs)
    await janitor()
    await janitor()
    const open = await openOf(order.id)
    expect(open).toMatchObject([
      {
        kind: 'left-open',
        paymentId: payment.id,
        particulars: { of: 'payment', reason: expect.any(String) },
      },
    ])
    expectProblem(await act(open[0]!, { action: 'settle-again' }), 504)
    await stage.clearWeather()
    await stage.shop.advance(2 * minuteMs)
    await until(async () => (await stage.alice.detail(order.id)).state === 'closed')
    await janitor()
    expect(await openOf(order.id)).toEqual([])
  })

  test('a refund that WeChat refuses for want of money is shown with that reason after an hour', async () => {
    const { orderId } = await paidOrder(stage.alice)
    await stage.weather({ api: 'refund', times: 1_000 }, { error: 'NOT_ENOUGH' })
    const refund = await stage.lin.refund(orderId)
    await janitor()
    expect(await openOf(orderId)).toEqual([])
    await stage.shop.advance(limits.refusedRefundLeftOpenMs + minuteMs)
    await janitor()
    expect(await openOf(orderId)).toMatchObject([
      { kind: 'left-open', particulars: { of: 'refund', outRefundNo: refund.id, reason: 'NOT_ENOUGH' } },
    ])
    await stage.clearWeather()
    await stage.shop.advance(limits.refundQueryEveryMs + minuteMs)
    await stage.lin.refundsWhen(orderId, ['succeeded'])
    await janitor()
    expect(await openOf(orderId)).toEqual([])
  })
})

describe('nothing is left without a next look', () => {
  const read = async (orderId: string, paymentId: string) =>
    (await findPayment(services().db, orderId, paymentId)) as PaymentRow
  const closed = (orderId: string) =>
    until(async () => (await stage.alice.result(orderId)).result === 'closed')

  test('a payment whose prepay was answered after its time was over, because the server had stood still', async () => {
    await stage.weather({ api: 'prepay' }, { dropBefore: true })
    const order = await stage.alice.order()
    expect(await stage.alice.post(`/orders/${order.id}/payments`)).toMatchObject({ status: 504 })
    await stage.clearWeather()
    const { id } = (await stage.alice.detail(order.id)).payments[0]!
    const asked = services().clock.now()
    const moments = [asked, new Date(asked.getTime() + orderOverMs)]
    const clock = { now: () => moments.shift()! }
    await registerPayment({ ...services(), clock }, await read(order.id, id))
    expect((await read(order.id, id)).next_check_at).not.toBeNull()
    await stage.shop.advance(orderOverMs)
    await closed(order.id)
  })

  test('a payment that began to close while the sweep asked about it is tried again as soon as any other', async () => {
    const official = await aliceByAccount(stage)
    const order = await stage.alice.order()
    const { id } = await stage.alice.pay(order.id)
    const later = async () => {
      const { next_check_at: at } = await read(order.id, id)
      return at!.getTime() - services().clock.now().getTime()
    }
    // Far up the ladder, where the next look is minutes away.
    await stage.shop.advance(6 * minuteMs)
    await until(async () => (await later()) > limits.closeRetryMs)
    await stage.weather({ api: 'close', times: 1_000 }, { error: 'SYSTEM_ERROR' })
    const wechatpay = services().channels.get('wechatpay')!
    const query: typeof wechatpay.query = async (snapshot) => {
      const trade = await wechatpay.query(snapshot)
      await official.pay(order.id)
      return trade
    }
    const channels = new Map([['wechatpay' as const, { ...wechatpay, query }]])
    await checkDuePayment({ ...services(), channels }, await read(order.id, id))
    expect((await read(order.id, id)).state).toBe('closing')
    expect(await later()).toBeLessThanOrEqual(limits.closeRetryMs)
  })

  test('an order that cannot be closed does not keep the next ones waiting', async () => {
    const stuck = await stage.alice.order()
    await stage.shop.advance(1_000)
    const next = await stage.alice.order()
    await stage.books.rows(
      `alter table orders add constraint stuck check (order_id <> '${stuck.id}' or state <> 'closed')`,
    )
    await stage.shop.advance(orderOverMs)
    await closed(next.id)
    await stage.books.rows('alter table orders drop constraint stuck')
    await closed(stuck.id)
  })
})

describe('what is old', () => {
  const count = async (table: string, orderId: string) =>
    (await stage.books.rows(`select from ${table} where order_id = $1`, [orderId])).length
  const now = () => services().clock.now()
  const forget = (prune: Prune, before: Date) => transact(services().db, (writer) => prune(writer, before))

  test('is forgotten by its age: settled notifications and keys, never the history', async () => {
    const { orderId } = await paidOrder(stage.alice)
    const steps = await count('history', orderId)
    const machineTime = new Date(Date.now() - minuteMs)
    await forget(forgetNotifications, machineTime)
    expect(await count('notifications', orderId)).toBe(1)
    await stage.books.rows(
      `update notifications set received_at = now() - interval '1 day', settled_at = null where order_id = $1`,
      [orderId],
    )
    await forget(forgetNotifications, machineTime)
    expect(await count('notifications', orderId)).toBe(1)
    await stage.books.rows('update notifications set settled_at = now() where order_id = $1', [orderId])
    await forget(forgetNotifications, machineTime)
    expect(await count('notifications', orderId)).toBe(0)
    expect(await count('order_requests', orderId)).toBe(1)
    await forget(forgetOrderRequests, new Date(now().getTime() + minuteMs))
    expect(await count('order_requests', orderId)).toBe(0)
    expect(await count('history', orderId)).toBe(steps)
  })

  test('deliveries that are over go with their log and event; what still waits for somebody stays', async () => {
    const { orderId } = await paidOrder(stage.alice)
    await stage.books.rows(
      `with event as (
         insert into shop_events (order_id, subject, subject_no, version, type, at, facts)
         select order_id, subject, subject_no, version, 'order.paid', at, '{}' from history
         where order_id = $1 and subject = 'order' and event = 'paid' returning *),
       sent as (
         insert into deliveries (order_id, event_id, subscriber, state, created_at, next_attempt_at, delivered_at)
         select order_id, event_id, name, state, at, case state when 'pending' then at end, case state when 'delivered' then at end
         from event, (values ('erp', 'delivered'), ('crm', 'pending')) as whom (name, state) returning *)
       insert into delivery_log (order_id, delivery_id, version, at, event, status)
       select order_id, delivery_id, 1, created_at, 'delivered', 200 from sent where state = 'delivered'`,
      [orderId],
    )
    const left = async () => [
      await count('deliveries', orderId),
      await count('delivery_log', orderId),
      await count('shop_events', orderId),
    ]
    await forget(forgetDeliveries, new Date(now().getTime() - minuteMs))
    expect(await left()).toEqual([2, 1, 1])
    await forget(forgetDeliveries, new Date(now().getTime() + minuteMs))
    expect(await left()).toEqual([1, 0, 1])
    await stage.books.rows(
      `update deliveries set state = 'failed', next_attempt_at = null where order_id = $1`,
      [orderId],
    )
    await forget(forgetDeliveries, new Date(now().getTime() + minuteMs))
    expect(await left()).toEqual([0, 0, 0])
  })
})
