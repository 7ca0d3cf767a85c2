import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openSandbox } from '../support/sandbox-client.ts'
import type { SandboxClient, SandboxMerchant } from '../support/sandbox-client.ts'

/** What api.weixin.qq.com gives a mini-program's server, in the shapes that published SDKs read. */
const MCHID = '1900000001'
let sandbox: SandboxClient
let official: SandboxMerchant['appids'][number]
let mini: SandboxMerchant['appids'][number]
let token: string

const tokenOf = async ({ appid, appsecret }: typeof mini): Promise<string> =>
  (
    await sandbox.post('/cgi-bin/stable_token', {
      grant_type: 'client_credential',
      appid,
      secret: appsecret,
    })
  ).body.access_token

const post = (path: string, body: unknown) => sandbox.post(`${path}?access_token=${token}`, body)
const open = (url: string) => sandbox.control('/links/open', { url })

beforeAll(async () => {
  sandbox = await openSandbox()
  ;[official, mini] = sandbox.merchant(MCHID).appids as [typeof official, typeof mini]
  token = await tokenOf(mini)
})
afterAll(() => sandbox.close())

test.each([
  '/wxa/generate_urllink',
  '/wxa/query_urllink',
  '/wxa/generatescheme',
  '/wxa/queryscheme',
  '/wxa/business/getuserphonenumber',
  '/wxa/sec/order/upload_shipping_info',
  '/wxa/sec/order/get_order',
  '/wxa/sec/order/get_order_list',
  '/wxa/sec/order/notify_confirm_receive',
  '/wxa/sec/order/is_trade_managed',
  '/wxa/sec/order/is_trade_management_confirmation_completed',
])('%s asks for the access_token of a mini-program', async (path) => {
  const foreign = await tokenOf(official)
  const refused = async (value: string) =>
    (await sandbox.post(`${path}?access_token=${value}`, {})).body.errcode
  expect(await refused('')).toBe(41001)
  expect(await refused('short')).toBe(40014)
  expect(await refused('x'.repeat(136))).toBe(40001)
  expect(await refused(foreign)).toBe(48001)
  expect((await sandbox.get(path)).body.errcode).toBe(43002)
})

describe('a URL Link', () => {
  const make = async (more: object = {}): Promise<string> => {
    const { body } = await post('/wxa/generate_urllink', {
      path: '/pages/pay/pay',
      query: 'payment=P1',
      ...more,
    })
    expect(body).toEqual({
      errcode: 0,
      errmsg: 'ok',
      url_link: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/wxaurl\/\w{11}$/),
    })
    return body.url_link
  }

  test('opens its page of the mini-program with its query, and says that a link did it', async () => {
    expect((await open(await make())).body).toEqual({
      appid: mini.appid,
      path: 'pages/pay/pay',
      query: 'payment=P1',
      scene: 1194,
    })
  })

  test('carries what was appended as cq behind its own query, from the page in the browser too', async () => {
    const url = await make()
    expect((await open(`${url}?cq=${encodeURIComponent('door=03&a=b')}`)).body.query).toBe(
      'payment=P1&door=03&a=b',
    )
    const page = await sandbox.get(`${new URL(url).pathname}?cq=door%3D03`)
    const href = /href="([^"]+)"/.exec(page.text)![1]!.replaceAll('&amp;', '&').replaceAll('&#38;', '&')
    expect(href).toMatch(/^weixin:\/\/dl\/business\/\?t=/)
    expect((await open(href)).body).toMatchObject({ query: 'payment=P1&door=03', scene: 1194 })
  })

  test('can be asked about, and tells how many openings are left today', async () => {
    const url = await make({ env_version: 'trial', expire_type: 1, expire_interval: 2 })
    const { body } = await post('/wxa/query_urllink', { url_link: url })
    expect(body.url_link_info).toEqual({
      appid: mini.appid,
      path: 'pages/pay/pay',
      query: 'payment=P1',
      create_time: expect.any(Number),
      expire_time: expect.any(Number),
      env_version: 'trial',
    })
    expect(body.url_link_info.expire_time - body.url_link_info.create_time).toBe(2 * 86_400)
    const left = async () =>
      (await post('/wxa/query_urllink', { query_type: 1 })).body.quota_info.remain_visit_quota
    const before = await left()
    await open(url)
    expect(before - (await left())).toBe(1)
  })

  test('opens nothing once its time is over', async () => {
    const url = await make({ expire_type: 1, expire_interval: 1 })
    await sandbox.control('/clock', { advanceMs: 86_400_000 })
    expect(await open(url)).toMatchObject({ status: 410, body: { message: '链接已失效' } })
    token = await tokenOf(mini)
  })

  test('what is no link opens nothing', async () => {
    for (const url of ['https://evil.example/x', 'weixin://dl/business/', 'weixin://dl/business/?t=nobody'])
      expect((await open(url)).status).toBe(404)
  })
})

test('a URL Scheme opens with scene 1065', async () => {
  const { body } = await post('/wxa/generatescheme', { jump_wxa: { path: '', query: '' }, is_expire: false })
  expect(body.openlink).toMatch(/^weixin:\/\/dl\/business\/\?t=\w+$/)
  expect((await open(body.openlink)).body).toEqual({ appid: mini.appid, path: '', query: '', scene: 1065 })
  const { scheme_info: told } = (await post('/wxa/queryscheme', { scheme: body.openlink })).body
  expect(told.expire_time - told.create_time).toBe(30 * 86_400)
})

test('a phone number comes for the code of its button', async () => {
  const { code } = (await sandbox.control('/phone-codes', { user: 'alice', appid: mini.appid })).body
  const { body } = await post('/wxa/business/getuserphonenumber', { code })
  const { phoneNumber } = (await sandbox.control('/users')).body.users[0]
  expect(body).toEqual({
    errcode: 0,
    errmsg: 'ok',
    phone_info: {
      phoneNumber,
      purePhoneNumber: phoneNumber,
      countryCode: '86',
      watermark: { timestamp: expect.any(Number), appid: mini.appid },
    },
  })
  expect(phoneNumber).toMatch(/^1\d{10}$/)
})

describe('an OAuth grant', () => {
  const exchange = async (scope: string) => {
    const { code } = (await sandbox.control('/codes', { user: 'alice', appid: official.appid, scope })).body
    return sandbox.get(
      `/sns/oauth2/access_token?appid=${official.appid}&secret=${official.appsecret}&code=${code}&grant_type=authorization_code`,
    )
  }

  test('is refreshed with the same refresh_token, and both access_tokens are good', async () => {
    const { body: first } = await exchange('snsapi_userinfo')
    const { body: second } = await sandbox.get(
      `/sns/oauth2/refresh_token?appid=${official.appid}&grant_type=refresh_token&refresh_token=${first.refresh_token}`,
    )
    expect(second).toMatchObject({ openid: first.openid, refresh_token: first.refresh_token })
    expect(second.access_token).not.toBe(first.access_token)
    for (const { access_token, openid } of [first, second])
      expect(
        (await sandbox.get(`/sns/auth?access_token=${access_token}&openid=${openid}`)).body.errcode,
      ).toBe(0)
  })

  test('of somebody in snapshot mode is a virtual account, which no order can name', async () => {
    const { body: real } = await exchange('snsapi_userinfo')
    await sandbox.control('/users/alice', { isSnapshot: true })
    const { body: virtual } = await exchange('snsapi_userinfo')
    expect(virtual.is_snapshotuser).toBe(1)
    expect(virtual.openid).toHaveLength(28)
    expect([virtual.openid, virtual.unionid]).not.toEqual([real.openid, real.unionid])
    const order = {
      appid: official.appid,
      mchid: MCHID,
      description: '茶',
      out_trade_no: 'VIRTUAL-1',
      notify_url: 'http://127.0.0.1/notify',
      amount: { total: 1 },
      payer: { openid: virtual.openid },
    }
    const refused = await sandbox.call(MCHID, 'POST', '/v3/pay/transactions/jsapi', order)
    expect(refused).toMatchObject({ status: 400, body: { message: expect.stringContaining('openid') } })
    await sandbox.control('/users/alice', { isSnapshot: false })
    const { body: again } = await exchange('snsapi_userinfo')
    expect(again).toMatchObject({ openid: real.openid })
    expect(again).not.toHaveProperty('is_snapshotuser')
  })
})

describe('money of a mini-program whose orders are managed', () => {
  const at = (path: string, body: unknown) => post(`/wxa/sec/order/${path}`, body)
  const frozen = async () => (await sandbox.control('/ledger')).body.frozen[MCHID] ?? 0
  const received = (outTradeNo: string) =>
    sandbox.control('/shippings/received', { mchid: MCHID, outTradeNo })
  const paid = async (outTradeNo: string) => {
    const { body } = await sandbox.call(MCHID, 'POST', '/v3/pay/transactions/jsapi', {
      appid: mini.appid,
      mchid: MCHID,
      description: '茶',
      out_trade_no: outTradeNo,
      notify_url: 'http://127.0.0.1/notify',
      amount: { total: 500 },
      payer: { openid: sandbox.openid('alice', mini.appid) },
    })
    await sandbox.control('/pay', { prepayId: body.prepay_id, user: 'alice' })
  }
  const ship = (outTradeNo: string, changes: object = {}) =>
    at('upload_shipping_info', {
      order_key: { order_number_type: 1, mchid: MCHID, out_trade_no: outTradeNo },
      logistics_type: 4,
      delivery_mode: 1,
      shipping_list: [{ item_desc: '茶*1' }],
      upload_time: '2022-12-15T13:29:35.120+08:00',
      payer: { openid: sandbox.openid('alice', mini.appid) },
      ...changes,
    })

  beforeAll(async () => {
    token = await tokenOf(mini)
    await sandbox.control(`/apps/${mini.appid}`, { isTradeManaged: true })
  })

  test('is frozen until the goods were shipped and received, and cannot be withdrawn meanwhile', async () => {
    await paid('FROZEN-1')
    expect(await frozen()).toBe(500)
    const refused = await sandbox.control('/transfers', { mchid: MCHID, amountFen: -500 })
    expect([refused.status, refused.body.message]).toEqual([422, 'only 0 fen are there to be withdrawn'])
    expect((await received('FROZEN-1')).status).toBe(409)
    await ship('FROZEN-1')
    expect(await frozen()).toBe(500)
    expect((await received('FROZEN-1')).body.frozen).toEqual({})
    expect((await sandbox.control('/transfers', { mchid: MCHID, amountFen: -500 })).status).toBe(201)
  })

  test('is free two days after goods were picked up, and what was refunded is not frozen', async () => {
    await paid('FROZEN-2')
    await sandbox.call(MCHID, 'POST', '/v3/refund/domestic/refunds', {
      out_trade_no: 'FROZEN-2',
      out_refund_no: 'FROZEN-2R',
      amount: { refund: 200, total: 500, currency: 'CNY' },
    })
    expect(await frozen()).toBe(300)
    await ship('FROZEN-2')
    await sandbox.control('/clock', { advanceMs: 2 * 86_400_000 })
    expect(await frozen()).toBe(0)
    token = await tokenOf(mini)
  })

  test('can be asked about by order and as a list', async () => {
    await paid('FROZEN-3')
    const order = async () =>
      (await at('get_order', { merchant_id: MCHID, merchant_trade_no: 'FROZEN-3' })).body.order
    expect(await order()).toEqual({
      transaction_id: expect.any(String),
      merchant_id: MCHID,
      merchant_trade_no: 'FROZEN-3',
      description: '茶',
      paid_amount: 500,
      openid: sandbox.openid('alice', mini.appid),
      trade_create_time: expect.any(Number),
      pay_time: expect.any(Number),
      order_state: 1,
      in_complaint: false,
      shipping: {},
    })
    const { transaction_id: transactionId } = await order()
    await ship('FROZEN-3', { order_key: { order_number_type: 2, transaction_id: transactionId } })
    expect(await order()).toMatchObject({
      order_state: 2,
      shipping: { finish_shipping: true, finish_shipping_count: 1, goods_desc: '茶*1' },
    })
    const first = (await at('get_order_list', { page_size: 2 })).body
    expect([first.order_list.length, first.has_more]).toEqual([2, true])
    const rest = (await at('get_order_list', { last_index: first.last_index })).body
    expect(rest).toMatchObject({ has_more: false, order_list: [{ merchant_trade_no: 'FROZEN-3' }] })
    const shipped = (await at('get_order_list', { order_state: 2 })).body.order_list
    expect(shipped.map((one: { merchant_trade_no: string }) => one.merchant_trade_no)).toEqual(['FROZEN-3'])
    expect((await at('is_trade_managed', { appid: mini.appid })).body.is_trade_managed).toBe(true)
  })

  test('parcels add up until all are on their way', async () => {
    await paid('FROZEN-4')
    const parcel = (number: string, seconds: number, isAll: boolean) =>
      ship('FROZEN-4', {
        logistics_type: 1,
        delivery_mode: 2,
        is_all_delivered: isAll,
        shipping_list: [{ tracking_no: number, express_company: 'YTO', item_desc: '茶' }],
        upload_time: `2022-12-15T13:29:${seconds}.120+08:00`,
      })
    const shipping = async () =>
      (await at('get_order', { merchant_id: MCHID, merchant_trade_no: 'FROZEN-4' })).body.order
    await parcel('A', 10, false)
    expect(await shipping()).toMatchObject({ order_state: 1, shipping: { finish_shipping: false } })
    await parcel('B', 11, true)
    const { order_state: state, shipping: said } = await shipping()
    expect(state).toBe(2)
    expect(said.shipping_list.map((one: { tracking_no: string }) => one.tracking_no)).toEqual(['A', 'B'])
  })
})

test('settings of an app, and what is switched for a person, outlive a snapshot and end with a reset', async () => {
  const settings = async () =>
    (await sandbox.control('/apps')).body.apps.find(({ appid }: { appid: string }) => appid === mini.appid)
  const alice = async () => (await sandbox.control('/users')).body.users[0]
  await sandbox.control(`/apps/${mini.appid}`, { linksADay: 1 })
  await sandbox.control('/users/alice', { isHighRisk: true })
  const { id } = (await sandbox.control('/snapshot', {})).body
  await sandbox.control('/reset', {})
  expect([(await settings()).linksADay, (await alice()).isHighRisk]).toEqual([500_000, false])
  await sandbox.control('/restore', { id })
  expect([(await settings()).linksADay, (await alice()).isHighRisk]).toEqual([1, true])
})

test('a bad setting is refused with the name of the field', async () => {
  const refused = await sandbox.control(`/apps/${mini.appid}`, { ipList: ['localhost'], linksADay: -1 })
  expect(refused.status).toBe(400)
  expect(refused.body.message).toMatch(/ipList.*linksADay/)
  expect((await sandbox.control('/apps/wx0', {})).status).toBe(404)
  expect((await sandbox.control('/users/nobody', {})).status).toBe(404)
})

test('system busy comes with weather', async () => {
  const rule = { match: { api: 'link', times: 1 }, effect: { error: '-1' } }
  await sandbox.control('/rules', rule)
  token = await tokenOf(mini)
  const { body } = await post('/wxa/generate_urllink', {})
  expect(body).toEqual({ errcode: -1, errmsg: expect.stringMatching(/^system error, rid: /) })
})
