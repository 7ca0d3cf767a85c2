import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Order, Quote } from '../../contract/order.ts'
import type { AddressPick, ShippingField } from '../../contract/shipping.ts'
import type { Shop } from '../../contract/shop.ts'
import { shopSchema } from '../../server/http/schemas/shop.ts'
import { transact } from '../../server/store/database.ts'
import { forgetExpiredAddressPicks } from '../../server/store/prune.ts'
import { forgetUnlaunchedOrders } from '../../server/store/prune-orders.ts'
import { callApi, expectOk, newKey, signIn } from '../support/customer.ts'
import { moneyStage } from '../support/money-stage.ts'
import { expectProblem } from '../support/problem.ts'
import { openSubscriber, type Subscriber } from '../support/subscriber.ts'
import { until } from '../support/until.ts'

const stage = moneyStage()
const lines = [{ productId: 'tea-puer', quantity: 1 }]
const address = {
  name: '陈小明',
  phone: '020-81167888',
  region: '广东省 广州市 海珠区',
  detail: '新港中路 397 号 3 栋 201',
}
let erp: Subscriber
beforeAll(async () => {
  erp = await openSubscriber()
})
afterAll(() => erp.close())

const shopLinks: Shop = {
  contactUrl: 'https://work.weixin.qq.com/kfid/kfc1',
  contactPhone: '+86 571 8888 0000',
  contactInMiniProgram: true,
  termsUrl: 'https://shop.example.com/terms.html',
  privacyUrl: null,
  licenceUrl: 'https://shop.example.com/licence.html',
}
const ask = (...shippingFields: ShippingField[]) =>
  stage.shop.restart((config) => ({
    ...config,
    shop: shopLinks,
    shippingFields,
    subscribers: [erp.config('erp', [randomBytes(32)])],
  }))
const place = (shipping: unknown, key = newKey()) =>
  stage.alice.post<Order>('/orders', { lines, shipping }, key)
const rowsOf = (orderId: string) =>
  stage.books.rows('select * from order_shipping where order_id = $1', [orderId])

test('a shop tells anyone how it is reached, and what it has not configured as null', async () => {
  const read = () => callApi<Shop>(stage.shop, 'GET', '/api/shop')
  const nothing = { ...shopLinks, contactUrl: null, contactPhone: null, contactInMiniProgram: false }
  expect(await expectOk(read())).toEqual({ ...nothing, termsUrl: null, licenceUrl: null })
  await ask()
  const { status, body } = await read()
  expect([status, body]).toEqual([200, shopLinks])
  expect(shopSchema.parse(body)).toEqual(shopLinks)
})

describe('a shop that asks for an address and a note', () => {
  beforeAll(() => ask('address', 'note'))

  test('says so with the price', async () => {
    const quote = await expectOk(stage.alice.post<Quote>('/quotes', { lines }))
    expect(quote.shippingFields).toEqual(['address', 'note'])
  })

  test.each([
    ['no address', undefined, 'shipping.address', '请填写收货地址'],
    ['no name', { address: { ...address, name: ' ' } }, 'body.shipping.address.name', '请填写收货人'],
    ['no phone', { address: { ...address, phone: '' } }, 'body.shipping.address.phone', '请填写手机号'],
    [
      'letters for a phone number',
      { address: { ...address, phone: 'call me' } },
      'body.shipping.address.phone',
      '请填写能联系到的手机号或座机号',
    ],
    [
      'two digits and spaces for a phone number',
      { address: { ...address, phone: '1               1' } },
      'body.shipping.address.phone',
      '请填写能联系到的手机号或座机号',
    ],
    [
      'a name that cannot be seen',
      { address: { ...address, name: '\u200b\u2060' } },
      'body.shipping.address.name',
      '请填写收货人',
    ],
    ['no region', { address: { ...address, region: '' } }, 'body.shipping.address.region', '请填写所在地区'],
    ['no street', { address: { ...address, detail: '' } }, 'body.shipping.address.detail', '请填写详细地址'],
    ['a NUL in it', { address, note: '门口\u0000' }, 'body.shipping.note', '有无法保存的字符，请删去后重试'],
    ['a phone of its own', { address, phone: '13800138000' }, 'shipping.phone', '本店不需要这一项'],
  ])('refuses an order with %s, and says where', async (_what, shipping, path, message) => {
    const problem = expectProblem(await place(shipping), 400)
    expect(
      problem.errors!.map((error) => ({ ...error, path: error.path.replace(/^body\./, '') })),
    ).toContainEqual({ path: path.replace(/^body\./, ''), message })
  })

  test('keeps them with the order: for its customer and operators, and for nobody else', async () => {
    const order = await expectOk(place({ address, note: '  放在门口 ' }))
    const shipping = { note: '放在门口', phone: null, address }
    expect(order).not.toHaveProperty('shipping')
    expect((await stage.alice.detail(order.id)).shipping).toEqual(shipping)
    expect((await stage.lin.order(order.id)).shipping).toEqual(shipping)
    const bob = await signIn(stage.shop, 'bob')
    expectProblem(await bob.get(`/orders/${order.id}`), 404)
    expect(JSON.stringify((await stage.lin.order(order.id)).timeline)).not.toContain('陈小明')
  })

  test('prints on one line each, in the direction that it is read', async () => {
    const odd = { ...address, name: '陈\r\n小明', detail: '新港\u0007中路\u202e397 号\t3 栋\u2028201' }
    const order = await expectOk(place({ address: odd, note: '门口\n按铃' }))
    expect((await stage.lin.order(order.id)).shipping).toEqual({
      note: '门口\n按铃',
      phone: null,
      address: { ...address, name: '陈 小明', detail: '新港 中路 397 号 3 栋 201' },
    })
  })

  test('tells its own systems that there is an address, and not which', async () => {
    const order = await expectOk(place({ address }))
    const payment = await stage.alice.pay(order.id)
    await stage.alice.cashier(await stage.alice.launch(payment.id), 'paid')
    const message = await until(async () => erp.messages.find(({ event }) => event.data.id === order.id))
    expect(message.event.data).toMatchObject({ hasShipping: true })
    expect(JSON.stringify(message.event)).not.toContain('陈小明')
  })

  test('takes the same key with another address for another order', async () => {
    const key = newKey()
    const order = await expectOk(place({ address }, key))
    expect((await expectOk(place({ address }, key))).id).toBe(order.id)
    expectProblem(await place({ address: { ...address, name: '别人' } }, key), 409)
  })

  test('deletes them some time after the order has closed unpaid', async () => {
    const order = await expectOk(place({ address }))
    expect(await rowsOf(order.id)).toHaveLength(1)
    await stage.shop.advance(40 * 60_000)
    await until(async () => (await stage.alice.detail(order.id)).state === 'closed')
    const { db, clock } = stage.shop.server.services
    await transact(db, (writer) => forgetUnlaunchedOrders(writer, clock.now()))
    expect(await rowsOf(order.id)).toEqual([])
  })
})

test('a shop that asks for a phone number gets one, and stores no address', async () => {
  await ask('phone')
  const order = await expectOk(place({ phone: '138 0013 8000' }))
  expect((await stage.alice.detail(order.id)).shipping).toEqual({
    note: null,
    phone: '138 0013 8000',
    address: null,
  })
  expectProblem(await place(undefined), 400)
  expectProblem(await place({ phone: '13800138000', address }), 400)
})

test('a shop that asks for nothing stores nothing', async () => {
  await ask()
  expect((await expectOk(stage.alice.post<Quote>('/quotes', { lines }))).shippingFields).toEqual([])
  const order = await stage.alice.order()
  expect((await stage.alice.detail(order.id)).shipping).toBeNull()
  expectProblem(await place({ note: '你好' }), 400)
})

test('an address that the native page has left is for the web-view of the same account, for ten minutes', async () => {
  const bob = await signIn(stage.shop, 'bob')
  const pick = randomBytes(16).toString('hex')
  const picked = async (who: typeof bob, which = pick) =>
    (await expectOk(who.get<AddressPick>(`/address-picks/${which}`))).address
  expect(await picked(stage.alice)).toBeNull()
  await expectOk(stage.alice.post('/address-picks', { pick, address }))
  expect(await picked(stage.alice)).toEqual(address)
  expect(await picked(bob)).toBeNull()
  const next = randomBytes(16).toString('hex')
  await expectOk(stage.alice.post('/address-picks', { pick: next, address: { ...address, name: '李雷' } }))
  expect(await picked(stage.alice)).toBeNull()
  expect(await picked(stage.alice, next)).toMatchObject({ name: '李雷' })
  await stage.shop.advance(10 * 60_000)
  expect(await picked(stage.alice, next)).toBeNull()
  const { db, clock } = stage.shop.server.services
  await transact(db, (writer) => forgetExpiredAddressPicks(writer, clock.now()))
  expect(await stage.books.rows('select * from address_picks')).toEqual([])
})
