import { describe, expect, test } from 'vitest'
import type { H5Launch, NativeQrLaunch } from '../../contract/payment.ts'
import { limits } from '../../server/config/limits.ts'
import { callApi, signIn } from '../support/customer.ts'
import { moneyStage } from '../support/money-stage.ts'
import { until } from '../support/until.ts'
import { moveTo, visit, type Visitor } from '../support/visitor.ts'

const minuteMs = 60_000

const stage = moneyStage({ behindProxy: true })

const scan = (launch: NativeQrLaunch, user: string) =>
  stage.shop.sandbox.control('/pay', { codeUrl: launch.codeUrl, user })
const follow = (launch: H5Launch, user: string) =>
  stage.shop.sandbox.control('/pay', { h5Url: launch.url, user })
const qr = async (visitor: Visitor, paymentId: string) => (await visitor.launch(paymentId)) as NativeQrLaunch
const link = async (visitor: Visitor, paymentId: string) => (await visitor.launch(paymentId)) as H5Launch
/** The way back that a launch carries, as its parts. */
const backFrom = ({ url }: H5Launch) => new URL(new URL(url).searchParams.get('redirect_url')!)
const conflict = (code: string) => ({ status: 409, body: { code } })

describe('on a PC', () => {
  test('a friend scans the code; who paid is noted and the order is paid', async () => {
    const desk = await visit(stage.shop, '04')
    const order = await desk.order('tea-puer', 2)
    const payment = await desk.pay(order.id)
    expect(payment).toMatchObject({ way: 'native-qr', entryCode: '04', entryKind: 'pc-browser' })
    expect(payment.id.slice(0, 2)).toBe('04')
    const launch = await qr(desk, payment.id)
    expect(launch.codeUrl).toMatch(/^weixin:\/\/wxpay\/bizpayurl/)
    expect((await scan(launch, 'bob')).body.result).toBe('ok')
    await until(async () => (await desk.result(order.id)).result === 'paid')
    expect(await stage.books.payment(payment.id)).toMatchObject({
      openid: null,
      paid_by: stage.shop.sandbox.openid('bob', stage.shop.appids['official-account']),
    })
  })

  test('the second person to scan is turned away, and the first one still pays', async () => {
    const desk = await visit(stage.shop, '04')
    const payment = await desk.pay((await desk.order()).id)
    const { codeUrl } = await qr(desk, payment.id)
    await stage.shop.sandbox.control('/pay', { codeUrl, user: 'alice', outcome: 'cancelled' })
    expect((await stage.shop.sandbox.control('/pay', { codeUrl, user: 'bob' })).status).toBe(422)
    expect((await stage.shop.sandbox.control('/pay', { codeUrl, user: 'alice' })).status).toBe(200)
    await until(async () => (await stage.books.payment(payment.id)).state === 'paid')
  })

  test('a code is the same while it is good, says until when, and ends with its order', async () => {
    const desk = await visit(stage.shop, '04')
    const payment = await desk.pay((await desk.order()).id)
    const first = await qr(desk, payment.id)
    expect(await qr(desk, payment.id)).toEqual(first)
    expect(first.expiresAt).toBe(payment.expiresAt)
    await stage.shop.advance(limits.orderLifetimeMs)
    expect(await desk.post(`/payments/${payment.id}/launch`)).toMatchObject(conflict('order-closed'))
    await stage.shop.advance(limits.expiryGraceMs)
    await until(async () => (await stage.books.payment(payment.id)).state === 'closed')
    expect((await scan(first, 'alice')).status).toBe(422)
  })

  test('a code that is nearly over is renewed with the same bytes and the same number', async () => {
    const desk = await visit(stage.shop, '04')
    const payment = await desk.pay((await desk.order()).id)
    const first = await qr(desk, payment.id)
    // Orders here end before a code does; one that lives longer has an older handle.
    const lifetime = `${limits.handleLifetimeMs['native-qr']} milliseconds`
    await stage.books.rows(
      'update payments set handle_at = handle_at - $2::interval where out_trade_no = $1',
      [payment.id, lifetime],
    )
    const second = await qr(desk, payment.id)
    expect(second.codeUrl).not.toBe(first.codeUrl)
    const trades = await stage.books.trades(payment.orderId)
    expect(trades).toMatchObject([{ outTradeNo: payment.id, prepayCount: 2 }])
    expect((await scan(second, 'alice')).body.result).toBe('ok')
  })
})

describe('in a phone’s browser', () => {
  test('the link carries the way back, opens WeChat for whoever follows it, and the order is paid', async () => {
    const phone = await visit(stage.shop, '03')
    const order = await phone.order()
    const payment = await phone.pay(order.id)
    expect(payment).toMatchObject({ way: 'h5', entryCode: '03', entryKind: 'mobile-browser' })
    expect((await stage.books.payment(payment.id)).payer_ip).toBe('203.0.113.9')
    const launch = await link(phone, payment.id)
    expect(backFrom(launch).href).toMatch(`${stage.shop.url}/orders/${order.id}/return?status=`)
    expect((await follow(launch, 'alice')).body.result).toBe('ok')
    await until(async () => (await phone.result(order.id)).result === 'paid')
  })

  test('a link older than its five minutes is renewed with the same bytes and the same number', async () => {
    const phone = await visit(stage.shop, '03')
    const payment = await phone.pay((await phone.order()).id)
    const first = await link(phone, payment.id)
    await stage.shop.advance(3.5 * minuteMs)
    expect(new URL((await link(phone, payment.id)).url).searchParams.get('prepay_id')).toBe(
      new URL(first.url).searchParams.get('prepay_id'),
    )
    await stage.shop.advance(0.5 * minuteMs)
    const second = await link(phone, payment.id)
    expect(new URL(second.url).searchParams.get('prepay_id')).not.toBe(
      new URL(first.url).searchParams.get('prepay_id'),
    )
    expect(await stage.books.trades(payment.orderId)).toMatchObject([
      { outTradeNo: payment.id, prepayCount: 2 },
    ])
    expect((await follow(second, 'alice')).body.result).toBe('ok')
  })

  test('from another address nothing is launched; starting again closes the first and takes a new number', async () => {
    const wifi = await visit(stage.shop, '03', '203.0.113.9')
    const order = await wifi.order()
    const first = await wifi.pay(order.id)
    const mobile = moveTo(stage.shop, wifi, '198.51.100.7')
    expect(await mobile.post(`/payments/${first.id}/launch`)).toMatchObject(conflict('address-changed'))
    const second = await mobile.pay(order.id)
    expect(second.id).not.toBe(first.id)
    expect((await stage.books.payment(second.id)).payer_ip).toBe('198.51.100.7')
    await until(async () => (await stage.books.payment(first.id)).state === 'closed')
    expect((await follow(await link(mobile, second.id), 'alice')).body.result).toBe('ok')
    await until(async () => (await mobile.result(order.id)).result === 'paid')
  })

  test.each([
    ['IPv6', '2001:db8::7', '2001:db8::7'],
    ['IPv4 mapped into IPv6', '::ffff:203.0.113.5', '203.0.113.5'],
    ['with its port', '203.0.113.6:51234', '203.0.113.6'],
    ['in brackets', '[2001:DB8::8]:443', '2001:db8::8'],
  ])('an address may be %s', async (_name, told, kept) => {
    const phone = await visit(stage.shop, '03', told)
    const payment = await phone.pay((await phone.order()).id)
    expect((await stage.books.payment(payment.id)).payer_ip).toBe(kept)
    expect(await link(phone, payment.id)).toMatchObject({ way: 'h5' })
  })

  test('one that changes its port only has not moved', async () => {
    const phone = await visit(stage.shop, '03', '203.0.113.6:51234')
    const payment = await phone.pay((await phone.order()).id)
    expect(await link(moveTo(stage.shop, phone, '203.0.113.6:51235'), payment.id)).toMatchObject({
      way: 'h5',
    })
  })

  test('whose address is none is offered no H5 pay, and pays with Alipay', async () => {
    const phone = await visit(stage.shop, '03', 'unknown')
    const order = await phone.order()
    expect(await phone.post(`/orders/${order.id}/payments`)).toMatchObject(conflict('address-unknown'))
    expect(await phone.pay(order.id, { collectBy: '06' })).toMatchObject({ way: 'alipay-wap' })
    const known = await visit(stage.shop, '03')
    const payment = await known.pay((await known.order()).id)
    const lost = moveTo(stage.shop, known, 'unknown')
    expect(await lost.post(`/payments/${payment.id}/launch`)).toMatchObject(conflict('address-unknown'))
  })
})

describe('an order that is paid at several doors', () => {
  test('another door closes the first one’s attempt, and there is one payment at a time', async () => {
    const phone = await visit(stage.shop, '03')
    const order = await phone.order()
    const byLink = await phone.pay(order.id)
    const byCode = await phone.pay(order.id, { collectBy: '04' })
    expect(byCode).toMatchObject({ way: 'native-qr', entryCode: '04' })
    await until(async () => (await stage.books.payment(byLink.id)).state === 'closed')
    expect((await scan(await qr(phone, byCode.id), 'bob')).body.result).toBe('ok')
    await until(async () => (await phone.result(order.id)).result === 'paid')
    const [step] = await stage.books.rows<{ evidence: object }>(
      "select evidence from history where subject_no = $1 and event = 'created'",
      [byCode.id],
    )
    expect(step!.evidence).toMatchObject({ doorCode: '03', entryCode: '04', way: 'native-qr' })
  })

  test('money at the first door is found before another one opens', async () => {
    await stage.weather({ api: 'notify' }, { lose: true })
    const phone = await visit(stage.shop, '03')
    const order = await phone.order()
    const payment = await phone.pay(order.id)
    await follow(await link(phone, payment.id), 'alice')
    expect(await phone.post(`/orders/${order.id}/payments`, { collectBy: '04' })).toMatchObject(
      conflict('order-paid'),
    )
  })

  test('WeChat on a PC: the official account’s customer is shown the PC’s code', async () => {
    const alice = await signIn(stage.shop, 'alice', 'official-account')
    const order = await alice.order()
    const payment = await alice.pay(order.id, { collectBy: '04' })
    const launch = await alice.post<NativeQrLaunch>(`/payments/${payment.id}/launch`)
    expect((await scan(launch.body, 'alice')).body.result).toBe('ok')
    await until(async () => (await alice.result(order.id)).result === 'paid')
  })

  test.each([
    [{ collectBy: '02' }, 'an entry that names its payer is not for other doors'],
    [{ collectBy: '01' }, 'nor is the official account'],
    [{ collectBy: '99' }, 'an entry that there is not'],
    [{ way: 'jsapi' }, 'a way that the entry has not'],
    [{ collectBy: '04', way: 'h5' }, 'a way of another entry'],
    [{ collectBy: 4 }, 'no code'],
    [{ way: 'cash' }, 'no way'],
    [{ openid: 'x' }, 'a field that no client may send'],
  ])('%j is refused: %s', async (request: object, _why) => {
    const phone = await visit(stage.shop, '03')
    const order = await phone.order()
    expect(await phone.post(`/orders/${order.id}/payments`, request)).toMatchObject({ status: 400 })
    expect((await phone.detail(order.id)).payments).toEqual([])
  })
})

describe('money that does not fit', () => {
  test.each(['03', '04'] as const)('at door %s is kept as an anomaly and pays nothing', async (entry) => {
    const visitor = await visit(stage.shop, entry)
    const order = await visitor.order()
    const payment = await visitor.pay(order.id)
    await stage.weather({ api: 'notify' }, { alter: { 'amount.total': 1 } })
    await stage.weather({ api: 'query' }, { error: 'SYSTEM_ERROR' })
    const launch = await visitor.launch(payment.id)
    await (launch.way === 'h5' ? follow(launch, 'alice') : scan(launch, 'alice'))
    await until(
      async () =>
        (await stage.books.rows('select kind from anomalies where out_trade_no = $1', [payment.id])).length >
        0,
    )
    expect((await stage.books.payment(payment.id)).state).toBe('pending')
    expect((await visitor.result(order.id)).result).not.toBe('paid')
  })
})

describe('the link that a cashier comes back with', () => {
  const statusOf = (orderId: string, status: string) =>
    callApi<object>(stage.shop, 'GET', `/api/03/orders/${orderId}/status?link=${encodeURIComponent(status)}`)

  test('shows state and amount in any browser, and nothing else, for an hour', async () => {
    const phone = await visit(stage.shop, '03')
    const order = await phone.order()
    const payment = await phone.pay(order.id)
    const launch = await link(phone, payment.id)
    const status = backFrom(launch).searchParams.get('status')!
    expect(await statusOf(order.id, status)).toMatchObject({
      status: 200,
      body: { result: 'checking', totalFen: order.totalFen },
    })
    await follow(launch, 'alice')
    await until(async () => (await phone.result(order.id)).result === 'paid')
    const { body } = await statusOf(order.id, status)
    expect(body).toEqual({ result: 'paid', displayState: 'paid', totalFen: order.totalFen })
    await stage.shop.advance(limits.statusLinkLifetimeMs)
    expect((await statusOf(order.id, status)).status).toBe(404)
  })

  test('is good for no other order, and not when a character is changed', async () => {
    const phone = await visit(stage.shop, '03')
    const [order, other] = [await phone.order(), await phone.order()]
    const status = backFrom(await link(phone, (await phone.pay(order.id)).id)).searchParams.get('status')!
    const [seconds, proof] = status.split('.') as [string, string]
    const forged = [
      status.slice(0, -1) + (status.endsWith('A') ? 'B' : 'A'),
      `${Number(seconds) + 1}.${proof}`,
      `${seconds}.`,
      proof,
      '',
    ]
    expect((await statusOf(other.id, status)).status).toBe(404)
    for (const text of forged) expect((await statusOf(order.id, text)).status).toBe(404)
    expect((await statusOf(order.id, 'x'.repeat(65))).status).toBe(400)
    expect((await statusOf(order.id, status)).status).toBe(200)
  })
})

test('the database itself refuses a payment whose way lacks what it demands', async () => {
  const desk = await visit(stage.shop, '04')
  const { id } = await desk.pay((await desk.order()).id)
  for (const change of [
    "way = 'jsapi'",
    "way = 'h5'",
    "payer_ip = '203.0.113.9'",
    "openid = 'o1'",
    "way = 'cash'",
  ])
    await expect(
      stage.books.rows(`update payments set ${change} where out_trade_no = $1`, [id]),
    ).rejects.toThrow(/check constraint/)
})
