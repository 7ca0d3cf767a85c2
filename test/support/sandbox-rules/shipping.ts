import type { Reply } from '../sandbox-client.ts'
import { otherMiniProgram, post, tokenOf, whileSet } from './app.ts'
import { DAY_MS, MCHID, MINUTE_MS } from './rule.ts'
import type { Rule, Stage } from './rule.ts'

type Fields = Record<string, unknown>

const UPLOAD = '/wxa/sec/order/upload_shipping_info'
const PARCEL = { tracking_no: 'YT1234567890', express_company: 'YTO', item_desc: '白瓷盖碗*1' }

const managed = (stage: Stage, ask: () => Promise<Reply>) => whileSet(stage, { isTradeManaged: true }, ask)

/** An order that alice has paid. */
async function paid(stage: Stage): Promise<string> {
  const { outTradeNo, prepayId } = await stage.placed()
  await stage.pay(prepayId)
  return outTradeNo
}

const nowOf = async (stage: Stage): Promise<number> => (await stage.sandbox.control('/clock')).body.nowMs

const beijing = (ms: number) => new Date(ms + 8 * 3_600_000).toISOString().replace('Z', '+08:00')

/** A right upload, with changes. `laterMs` keeps one upload behind another. */
async function upload(stage: Stage, outTradeNo: string, changes: Fields = {}, laterMs = 0): Promise<Reply> {
  return post(stage, UPLOAD, {
    order_key: { order_number_type: 1, mchid: MCHID, out_trade_no: outTradeNo },
    logistics_type: 1,
    delivery_mode: 1,
    shipping_list: [PARCEL],
    upload_time: beijing((await nowOf(stage)) + laterMs),
    payer: { openid: stage.sandbox.openid('alice', stage.miniAppid) },
    ...changes,
  })
}

/** Uploads for a fresh order of a mini-program whose orders are managed. */
const uploaded = (stage: Stage, changes: Fields = {}) =>
  managed(stage, async () => upload(stage, await paid(stage), changes))

const key = (order_key: Fields): Fields => ({ order_key })
const parcel = (changes: Fields): Fields => ({ shipping_list: [{ ...PARCEL, ...changes }] })
const split = (count: number): Fields => ({
  delivery_mode: 2,
  is_all_delivered: true,
  shipping_list: Array.from({ length: count }, (_, index) => ({ ...PARCEL, tracking_no: `YT${index}` })),
})

const rule = (name: string, errcode: number, changes: Fields, keeping: Fields = {}): Rule => ({
  id: `shipping.${name}`,
  broken: (stage) => uploaded(stage, changes),
  answers: { status: 200, errcode },
  kept: (stage) => uploaded(stage, keeping),
})

const FORM_RULES: Rule[] = [
  rule('order-number-type', 268485194, key({ order_number_type: 3 })),
  rule('transaction-id', 268485195, key({ order_number_type: 2 })),
  rule('mchid', 268485196, key({ order_number_type: 1, out_trade_no: 'X' })),
  rule('out-trade-no', 268485197, key({ order_number_type: 1, mchid: MCHID })),
  rule('order-exists', 10060001, key({ order_number_type: 1, mchid: MCHID, out_trade_no: 'NOBODY' })),
  rule('logistics-type', 10060005, { logistics_type: 5 }, { logistics_type: 4 }),
  rule('delivery-mode', 268485224, { delivery_mode: 3 }),
  rule('split-by-express', 10060006, { ...split(2), logistics_type: 2 }, split(2)),
  rule('split-says-all', 10060007, { ...split(2), is_all_delivered: undefined }, split(2)),
  rule('unified-is-one', 268485228, { shipping_list: [PARCEL, PARCEL] }),
  rule('parcels', 10060024, split(16), split(15)),
  rule('list', 47001, { shipping_list: PARCEL }),
  rule('tracking-no', 268485226, parcel({ tracking_no: '' })),
  rule('express-company', 268485227, parcel({ express_company: '' })),
  rule('tracking-no-length', 10060026, parcel({ tracking_no: '1'.repeat(129) })),
  rule('express-company-length', 10060025, parcel({ express_company: 'A'.repeat(129) })),
  rule('item-desc', 10060008, parcel({ item_desc: '' })),
  rule(
    'item-desc-length',
    10060009,
    parcel({ item_desc: '茶'.repeat(121) }),
    parcel({ item_desc: '茶'.repeat(120) }),
  ),
  rule(
    'contact-of-sf',
    10060014,
    parcel({ express_company: 'SF' }),
    parcel({ express_company: 'SF', contact: { receiver_contact: '138****1234' } }),
  ),
  rule('upload-time', 268485216, { upload_time: '1671081575' }),
  rule('payer', 10060031, { payer: { openid: 'o0000000000000000000000000000' } }),
]

/** Uploads so often for one order, each a minute later, and returns the last answer. */
const again = (stage: Stage, times: number, stepMs = MINUTE_MS) =>
  managed(stage, async () => {
    const outTradeNo = await paid(stage)
    let reply = await upload(stage, outTradeNo)
    for (let time = 1; time < times; time += 1) reply = await upload(stage, outTradeNo, {}, time * stepMs)
    return reply
  })

/** Uploads, lets time pass, and uploads anew. */
const afterDays = (stage: Stage, ms: number) =>
  managed(stage, async () => {
    const outTradeNo = await paid(stage)
    await upload(stage, outTradeNo)
    await stage.advance(ms)
    return upload(stage, outTradeNo)
  })

const refunded = (stage: Stage, total: number) =>
  managed(stage, async () => {
    const outTradeNo = await paid(stage)
    await stage.sandbox.call(MCHID, 'POST', '/v3/refund/domestic/refunds', {
      out_trade_no: outTradeNo,
      out_refund_no: `${outTradeNo}R`,
      amount: { refund: total, total: 8_800, currency: 'CNY' },
    })
    return upload(stage, outTradeNo)
  })

const STATE_RULES: Rule[] = [
  {
    id: 'shipping.managed',
    broken: async (stage) => upload(stage, await paid(stage)),
    answers: { errcode: 48001 },
    kept: (stage) => uploaded(stage),
  },
  {
    id: 'shipping.paid-while-managed',
    async broken(stage) {
      const outTradeNo = await paid(stage)
      await stage.advance(MINUTE_MS)
      return managed(stage, () => upload(stage, outTradeNo))
    },
    answers: { errcode: 10060001, errmsg: /^支付单不存在, rid: / },
    kept: (stage) => uploaded(stage),
  },
  {
    id: 'shipping.of-app',
    broken: (stage) =>
      managed(stage, async () => {
        const other = otherMiniProgram(stage)
        const key = { order_number_type: 1, mchid: MCHID, out_trade_no: await paid(stage) }
        const token = await tokenOf(stage, other)
        const ask = () => post(stage, UPLOAD, { order_key: key }, token)
        return whileSet(stage, { isTradeManaged: true }, ask, other.appid)
      }),
    answers: { errcode: 10060001 },
    kept: (stage) => uploaded(stage),
  },
  {
    id: 'shipping.anew-once',
    broken: (stage) => again(stage, 3),
    answers: { errcode: 10060003 },
    kept: (stage) => again(stage, 2),
  },
  {
    id: 'shipping.upload-time-increases',
    broken: (stage) => again(stage, 2, -MINUTE_MS),
    answers: { errcode: 10060023 },
    kept: (stage) => again(stage, 2),
  },
  {
    id: 'shipping.received',
    broken: (stage) => afterDays(stage, 10 * DAY_MS),
    answers: { errcode: 10060002 },
    kept: (stage) => afterDays(stage, 10 * DAY_MS - MINUTE_MS),
  },
  {
    id: 'shipping.refunded',
    broken: (stage) => refunded(stage, 8_800),
    answers: { errcode: 10060004 },
    kept: (stage) => refunded(stage, 8_799),
  },
]

/** Reminds of an order that was shipped with these changes. */
const reminded = (stage: Stage, { ships = true, changes = {}, times = 1, beforeMs = 0 } = {}) =>
  managed(stage, async () => {
    const outTradeNo = await paid(stage)
    if (ships) await upload(stage, outTradeNo, changes)
    const receivedTime = Math.floor(((await nowOf(stage)) - beforeMs) / 1_000) + 1
    const remind = () =>
      post(stage, '/wxa/sec/order/notify_confirm_receive', {
        merchant_id: MCHID,
        merchant_trade_no: outTradeNo,
        received_time: receivedTime,
      })
    for (let time = 1; time < times; time += 1) await remind()
    return remind()
  })

const remindRule = (name: string, errcode: number, how: Parameters<typeof reminded>[1]): Rule => ({
  id: `shipping-reminder.${name}`,
  broken: (stage) => reminded(stage, how),
  answers: { errcode },
  kept: (stage) => reminded(stage),
})

/** Asks about one order, or lists them. */
const asked = (stage: Stage, path: string, fields: (outTradeNo: string) => Fields) =>
  managed(stage, async () => post(stage, `/wxa/sec/order/${path}`, fields(await paid(stage))))
const byNumber = (merchant_trade_no: string) => ({ merchant_id: MCHID, merchant_trade_no })

const QUERY_RULES: Rule[] = [
  {
    id: 'shipping-query.order-exists',
    broken: (stage) => asked(stage, 'get_order', () => byNumber('NOBODY')),
    answers: { errcode: 10060001 },
    kept: (stage) => asked(stage, 'get_order', byNumber),
  },
  {
    id: 'shipping-query.numbers',
    broken: (stage) => asked(stage, 'get_order', () => ({ merchant_id: MCHID })),
    answers: { errcode: 10060014 },
    kept: (stage) => asked(stage, 'get_order', byNumber),
  },
  {
    id: 'shipping-list.last-index',
    broken: (stage) => asked(stage, 'get_order_list', () => ({ last_index: 'nobody' })),
    answers: { errcode: 10060011 },
    kept: (stage) => asked(stage, 'get_order_list', () => ({ last_index: '' })),
  },
  {
    id: 'is-trade-managed.appid-missing',
    broken: (stage) => post(stage, '/wxa/sec/order/is_trade_managed', {}),
    answers: { errcode: 40097 },
    kept: (stage) => post(stage, '/wxa/sec/order/is_trade_managed', { appid: stage.miniAppid }),
  },
  {
    id: 'is-trade-managed.appid',
    broken: (stage) => post(stage, '/wxa/sec/order/is_trade_managed', { appid: stage.officialAppid }),
    answers: { errcode: 40013 },
    kept: (stage) => post(stage, '/wxa/sec/order/is_trade_managed', { appid: stage.miniAppid }),
  },
]

export const SHIPPING_RULES: Rule[] = [
  ...FORM_RULES,
  ...STATE_RULES,
  remindRule('shipped', 10060028, { ships: false }),
  remindRule('by-express', 10060032, { changes: { logistics_type: 4 } }),
  remindRule('after-shipping', 10060029, { beforeMs: MINUTE_MS }),
  remindRule('once', 10060030, { times: 2 }),
  ...QUERY_RULES,
]
