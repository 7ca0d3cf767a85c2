import { beforeAll, describe, expect, test } from 'vitest'
import { openInAlipay, type AlipayBuyer } from '../support/alipay-buyer.ts'
import { moneyStage } from '../support/money-stage.ts'
import { until } from '../support/until.ts'

const minuteMs = 60_000

const stage = moneyStage()

describe('paying in the Alipay client', () => {
  let buyer: AlipayBuyer
  beforeAll(async () => {
    buyer = await openInAlipay(stage.shop)
  })

  const weather = (api: string, effect: Record<string, unknown>) =>
    stage.weather({ api: `alipay.${api}` }, effect)
  const stateOf = async (paymentId: string) => (await stage.books.payment(paymentId)).state
  const tradeOf = async (outTradeNo: string) => {
    const { body } = await stage.shop.sandbox.control(`/ledger?outTradeNo=${outTradeNo}`)
    return body.alipayTrades[0]
  }
  const attempts = async (outTradeNo: string) => {
    const { notifications } = (await stage.shop.sandbox.control('/notifications')).body
    const found = notifications.find((one: { outTradeNo: string }) => one.outTradeNo === outTradeNo)
    return (found?.attempts ?? []) as { verdict: string; status: number | null; answer: string }[]
  }
  const anomalies = (outTradeNo: string) =>
    stage.books.rows<{ kind: string; particulars: { fields: string[] } }>(
      'select kind, particulars from anomalies where out_trade_no = $1',
      [outTradeNo],
    )
  const refundsOf = (orderId: string) =>
    stage.books.rows<{ state: string; refusal: string | null }>(
      'select state, refusal from refunds where order_id = $1',
      [orderId],
    )
  /** An order with its address, before anybody opened it. */
  const started = async (way?: 'alipay-page') => {
    const order = await buyer.order()
    const payment = await buyer.pay(order.id, way ? { way } : {})
    return { order, payment, launch: await buyer.launch(payment.id) }
  }

  test.each([
    [undefined, 'alipay-wap', 'QUICK_WAP_WAY'],
    ['alipay-page', 'alipay-page', 'FAST_INSTANT_TRADE_PAY'],
  ] as const)(
    'in the way %s takes one trade, and the notification settles it',
    async (way, taken, product) => {
      const { order, payment, launch } = await started(way)
      expect(payment).toMatchObject({ entryCode: '06', entryKind: 'alipay', way: taken })
      expect((await buyer.cashier(launch.url)).body).toEqual({ result: 'ok' })
      await until(async () => (await buyer.result(order.id)).result === 'paid')
      expect(await tradeOf(payment.id)).toMatchObject({
        productCode: product,
        amountFen: order.totalFen,
        tradeStatus: 'TRADE_SUCCESS',
      })
      expect(await stage.books.events(payment.id)).toEqual(['created', 'registered', 'paid'])
      await until(async () => (await attempts(payment.id))[0]?.answer === 'success')
    },
  )

  test('comes back to the page of this order, by a browser that knows nobody', async () => {
    const { order, launch } = await started()
    const opened = await stage.shop.sandbox.get(launch.url.slice(stage.shop.sandbox.url.length))
    const cashier = opened.headers.get('location')!
    const paid = await fetch(stage.shop.sandbox.url + cashier, {
      method: 'POST',
      headers: { 'x-sandbox-user': 'alice' },
      body: new URLSearchParams({ outcome: 'paid' }),
      redirect: 'manual',
    })
    const back = new URL(paid.headers.get('location')!)
    expect(`${back.origin}${back.pathname}`).toBe(`${stage.shop.url}/orders/${order.id}/return`)
    expect(back.searchParams.get('status')).toBeTruthy()
  })

  test('with every notification lost, the client’s return settles it by one query', async () => {
    await weather('notify', { lose: true })
    const { payment, launch } = await started()
    await buyer.cashier(launch.url, 'lost')
    expect((await buyer.check(payment.id, 'ok')).state).toBe('paid')
  })

  test('with every notification lost and nobody asking, the ladder finds the money', async () => {
    await weather('notify', { lose: true })
    const { payment, launch } = await started()
    await buyer.cashier(launch.url)
    await stage.shop.advance(6_000)
    await until(async () => (await stateOf(payment.id)) === 'paid')
  })

  test('a notification that comes many times settles once', async () => {
    await weather('notify', { duplicate: 9 })
    const { payment, launch } = await started()
    await buyer.cashier(launch.url)
    await until(async () => (await attempts(payment.id)).length === 1)
    expect(await stage.books.events(payment.id)).toEqual(['created', 'registered', 'paid'])
    const stored = await stage.books.rows(
      "select 1 from notifications where resource->>'out_trade_no' = $1",
      [payment.id],
    )
    expect(stored).toHaveLength(1)
  })

  test.each([
    ['was signed by another key', { corruptSignature: true }],
    ['was changed on the way', { tamper: { total_amount: '0.01' } }],
    ['asks for the old signature', { tamper: { sign_type: 'RSA' } }],
    ['names an app that is not the merchant’s', { alter: { app_id: '2021000000000099' } }],
    ['has no notify_id', { alter: { notify_id: '' } }],
  ])('a notification that %s proves nothing: it is told failure and comes again', async (_, effect) => {
    await weather('notify', effect)
    await weather('trade.query', { dropBefore: true })
    const { payment, launch } = await started()
    await buyer.cashier(launch.url)
    await until(async () => (await attempts(payment.id)).length === 1)
    expect((await attempts(payment.id))[0]).toMatchObject({
      status: 401,
      answer: 'failure',
      verdict: 'refused',
    })
    expect(await stateOf(payment.id)).toBe('pending')
    await stage.clearWeather()
    await stage.shop.advance(4 * minuteMs)
    await until(async () => (await stateOf(payment.id)) === 'paid')
  })

  test.each([
    ['amount', { total_amount: '0.01' }, 'amountFen'],
    ['seller', { seller_id: '2088000000000099' }, 'mchid'],
  ])(
    'a signed notification with another %s is kept for an operator and fulfils nothing',
    async (_, alter, field) => {
      await weather('notify', { alter })
      await weather('trade.query', { dropBefore: true })
      const { payment, launch } = await started()
      await buyer.cashier(launch.url)
      await until(async () => (await anomalies(payment.id)).length === 1)
      expect(await anomalies(payment.id)).toMatchObject([
        { kind: 'mismatch', particulars: { fields: [field] } },
      ])
      expect(await stateOf(payment.id)).toBe('pending')
      await until(async () => (await attempts(payment.id))[0]?.answer === 'success')
    },
  )

  test.each([
    ['is lost', { dropAfter: true }],
    ['does not verify', { corruptSignature: true }],
    ['was changed on the way', { tamper: { trade_status: 'TRADE_CLOSED' } }],
    ['says that the system is busy', { error: { status: 500, code: 'aop.ACQ.SYSTEM_ERROR' } }],
  ])('an answer to a query that %s decides nothing', async (_, effect) => {
    await weather('notify', { lose: true })
    await weather('trade.query', effect)
    const { payment, launch } = await started()
    await buyer.cashier(launch.url)
    expect((await buyer.check(payment.id, 'ok')).state).toBe('pending')
    await stage.clearWeather()
    await weather('notify', { lose: true })
    await stage.shop.advance(31_000)
    await until(async () => (await stateOf(payment.id)) === 'paid')
  })

  test('an address that nobody opened is unpaid by proof, and opened again it is the same number', async () => {
    const { order, payment, launch } = await started()
    await buyer.check(payment.id, 'cancel')
    expect((await buyer.result(order.id)).result).toBe('unpaid')
    expect((await buyer.pay(order.id)).id).toBe(payment.id)
    await buyer.cashier(launch.url)
    await until(async () => (await buyer.result(order.id)).result === 'paid')
  })

  test('a cashier that is open is closed at Alipay when another way is taken', async () => {
    const { order, payment, launch } = await started()
    await buyer.cashier(launch.url, 'cancelled')
    const second = await buyer.pay(order.id, { way: 'alipay-page' })
    expect(second.id).not.toBe(payment.id)
    expect(await stateOf(payment.id)).toBe('closed')
    expect((await buyer.cashier(launch.url)).body).toMatchObject({ subCode: 'ACQ.TRADE_HAS_CLOSE' })
  })

  test('an address that cannot be taken back is watched to its end: opened after all, it is closed', async () => {
    const { order, payment, launch } = await started()
    await buyer.pay(order.id, { way: 'alipay-page' })
    expect(await stateOf(payment.id)).toBe('closing')
    await stage.shop.advance(minuteMs)
    await buyer.cashier(launch.url, 'cancelled')
    await stage.shop.advance(minuteMs)
    await until(async () => (await stateOf(payment.id)) === 'closed')
    expect(await tradeOf(payment.id)).toMatchObject({ tradeStatus: 'TRADE_CLOSED', paidAt: null })
  })

  test('an address that cannot be taken back is watched to its end: paid after all, the money is found', async () => {
    await weather('notify', { lose: true })
    const { order, payment, launch } = await started()
    const { id } = await buyer.pay(order.id, { way: 'alipay-page' })
    await buyer.cashier((await buyer.launch(id)).url)
    await buyer.check(id, 'ok')
    await buyer.cashier(launch.url)
    await stage.shop.advance(minuteMs)
    await until(async () => (await stateOf(payment.id)) === 'paid')
    const kept = await stage.books.rows('select out_trade_no from payments where order_id = $1 and kept', [
      order.id,
    ])
    expect(kept).toEqual([{ out_trade_no: id }])
    // Paid twice: the second goes back by itself, through Alipay.
    await until(async () => (await tradeOf(payment.id)).tradeStatus === 'TRADE_CLOSED')
    expect(await tradeOf(payment.id)).toMatchObject({ refunds: [{ amountFen: order.totalFen }] })
  })

  test('a part goes back when an operator says so, once, and the rest stays', async () => {
    const { order, payment, launch } = await started()
    await buyer.cashier(launch.url)
    await until(async () => (await buyer.result(order.id)).result === 'paid')
    await stage.lin.refund(order.id, { amountFen: 100, reason: '少发了一件' })
    await until(async () => (await refundsOf(order.id))[0]?.state === 'succeeded')
    expect(await tradeOf(payment.id)).toMatchObject({
      tradeStatus: 'TRADE_SUCCESS',
      refunds: [{ amountFen: 100, reason: '少发了一件' }],
    })
  })

  test('a seller without money keeps the refund waiting, and it goes on when there is some', async () => {
    const { order, launch } = await started()
    await buyer.cashier(launch.url)
    await until(async () => (await buyer.result(order.id)).result === 'paid')
    const { sellerId } = stage.shop.config.alipayApps[0]!
    const purse = async () => (await stage.shop.sandbox.control('/ledger')).body.balances[sellerId]
    const all = await purse()
    await stage.shop.sandbox.control('/transfers', { mchid: sellerId, amountFen: -all })
    await stage.lin.refund(order.id)
    await until(async () => (await refundsOf(order.id))[0]?.refusal === 'NOT_ENOUGH')
    await stage.shop.sandbox.control('/transfers', { mchid: sellerId, amountFen: all })
    await stage.shop.advance(60 * minuteMs)
    await until(async () => (await refundsOf(order.id))[0]?.state === 'succeeded')
  })

  test('after expiry the address is dead at Alipay, and a minute later the payment and its order are closed', async () => {
    const { order, payment, launch } = await started()
    await stage.shop.advance(30 * minuteMs + 1_000)
    expect((await buyer.cashier(launch.url)).body).toMatchObject({
      message: expect.stringContaining('订单参数异常'),
    })
    expect(await stateOf(payment.id)).toBe('pending')
    await stage.shop.advance(minuteMs)
    await until(async () => (await buyer.result(order.id)).result === 'closed')
    expect(await stage.books.events(payment.id)).toEqual([
      'created',
      'registered',
      'closingStarted',
      'neverRegistered',
    ])
  })

  test('a payment in the last second, told hours later, still pays its order', async () => {
    await weather('notify', { lose: true })
    await weather('trade.query', { dropBefore: true })
    const { order, payment, launch } = await started()
    await stage.shop.advance(29 * minuteMs)
    await buyer.cashier(launch.url)
    await stage.shop.advance(3 * minuteMs)
    expect(await stateOf(payment.id)).not.toBe('closed')
    await stage.clearWeather()
    await stage.shop.advance(24 * 60 * minuteMs)
    await until(async () => (await stateOf(payment.id)) === 'paid')
    await until(async () => (await buyer.result(order.id)).result === 'paid')
  })

  test('an order of the mini-program is joined by nobody else: another account does not find the payment', async () => {
    const order = await stage.alice.order()
    expect((await buyer.post(`/orders/${order.id}/payments`)).status).toBe(404)
  })
})
