import { createHash } from 'node:crypto'
import {
  CASH_ONLY,
  INSURANCE_ONLY,
  INSURANCE_REFUND,
  OF_INSURANCE,
} from './sandbox-rules/medical-requests.ts'
import { billedDay } from './sandbox-rules/bill-requests.ts'
import { MINUTE_MS, SECOND_MS } from './sandbox-rules/rule.ts'
import type { Stage } from './sandbox-rules/rule.ts'

/** An answer as a client reads it. */
export interface Answered {
  status: number
  data: Record<string, unknown>
}

/** What is sent beside the address. */
export interface Given {
  /** For the {names} of the address. */
  path?: Record<string, string>
  query?: Record<string, string>
  body?: object
}

/** Who walks: a merchant or a partner, and the client that speaks for it. */
export interface Walker {
  mchid: string
  isPartner: boolean
  /** Sends, verifies, and rejects what is not 2xx. The address is as WeChat publishes it. */
  send(method: 'GET' | 'POST', address: string, given: Given): Promise<Answered>
  /** Under the key of WeChat that the client names. */
  encrypt(text: string): string
}

const TYPES = ['jsapi', 'native', 'h5', 'app'] as const
type Type = (typeof TYPES)[number]
const SUB = '1900000013'
const H5_SCENE = { scene_info: { payer_client_ip: '14.23.150.211', h5_info: { type: 'Wap' } } }
const TOTAL_FEN = 8_800

/** What the parts of the walk share. */
interface Walk {
  stage: Stage
  walker: Walker
  /** For jsapi, native and h5, and for app. */
  appidFor(type: Type): string
  openid: string
}

/** One walker at every address of the gateway, each in the states that show something. Rejects at the first refusal. */
export async function walkGateway(stage: Stage, walker: Walker): Promise<void> {
  const { appids } = stage.sandbox.merchant(walker.mchid)
  const mobile = appids.find(({ kind }) => kind === 'mobile-app')?.appid ?? ''
  // The first that is no app is the official account, with which everybody may order.
  const appid = appids[0]!.appid
  const openid = stage.sandbox.openid('alice', appid)
  const walk: Walk = { stage, walker, openid, appidFor: (type) => (type === 'app' ? mobile : appid) }
  await walkOrders(walk)
  await walkRefunds(walk)
  await walkCombines(walk)
  await walkMedical(walk)
  await walker.send('GET', '/v3/certificates', {})
  await walkBills(walk)
}

const ordersAt = ({ walker }: Walk) =>
  walker.isPartner ? '/v3/pay/partner/transactions' : '/v3/pay/transactions'
const caller = ({ walker }: Walk): Record<string, string> =>
  walker.isPartner ? { sp_mchid: walker.mchid, sub_mchid: SUB } : { mchid: walker.mchid }
const subMchid = ({ walker }: Walk): Record<string, string> => (walker.isPartner ? { sub_mchid: SUB } : {})

/** Places an order of ¥88 and returns its number with what opens the cashier. */
async function place(
  walk: Walk,
  type: Type,
  changes: object = {},
): Promise<{ outTradeNo: string; ticket: string }> {
  const { stage, walker, openid } = walk
  const outTradeNo = stage.freshNumber()
  const appid = walk.appidFor(type)
  const named = walker.isPartner ? { sp_appid: appid } : { appid }
  const payer = walker.isPartner ? { sp_openid: openid } : { openid }
  const { data } = await walker.send('POST', `${ordersAt(walk)}/${type}`, {
    body: {
      ...named,
      ...caller(walk),
      description: '明前龙井 “礼盒” & <茶>',
      out_trade_no: outTradeNo,
      attach: '二楼',
      notify_url: stage.receiver.url,
      amount: { total: TOTAL_FEN, currency: 'CNY' },
      ...(type === 'jsapi' && { payer }),
      ...(type === 'h5'
        ? H5_SCENE
        : { scene_info: { payer_client_ip: '14.23.150.211', device_id: 'POS1:1' } }),
      ...changes,
    },
  })
  return { outTradeNo, ticket: String(data['prepay_id'] ?? data['code_url'] ?? data['h5_url']) }
}

/** Alice pays, whatever opens the cashier. */
async function pay({ stage }: Walk, ticket: string, couponFen = 0): Promise<void> {
  const way = ticket.startsWith('wx') ? 'prepayId' : ticket.startsWith('weixin:') ? 'codeUrl' : 'h5Url'
  const { status, text } = await stage.sandbox.control('/pay', { [way]: ticket, user: 'alice', couponFen })
  if (status !== 200) throw new Error(`alice cannot pay: ${text}`)
}

async function paidOrder(walk: Walk, couponFen = 0): Promise<string> {
  const { outTradeNo, ticket } = await place(walk, 'jsapi')
  await pay(walk, ticket, couponFen)
  return outTradeNo
}

/** Open, paid with a coupon, by transaction number, refunded and closed: all that a query can say. */
async function walkOrders(walk: Walk): Promise<void> {
  const at = ordersAt(walk)
  const query = caller(walk)
  const ask = (outTradeNo: string) =>
    walk.walker.send('GET', `${at}/out-trade-no/{out_trade_no}`, {
      path: { out_trade_no: outTradeNo },
      query,
    })
  for (const type of TYPES) {
    const { outTradeNo, ticket } = await place(walk, type)
    await ask(outTradeNo)
    if (type === 'app') continue
    await pay(walk, ticket, 800)
    const { data } = await ask(outTradeNo)
    const transactionId = String(data['transaction_id'])
    await walk.walker.send('GET', `${at}/id/{transaction_id}`, {
      path: { transaction_id: transactionId },
      query,
    })
  }
  const { outTradeNo } = await place(walk, 'native')
  const path = { out_trade_no: outTradeNo }
  await walk.walker.send('POST', `${at}/out-trade-no/{out_trade_no}/close`, { path, body: query })
  await ask(outTradeNo)
}

const refundBody = (walk: Walk, outTradeNo: string, refundFen: number) => ({
  ...subMchid(walk),
  out_trade_no: outTradeNo,
  out_refund_no: walk.stage.freshNumber(),
  reason: '已售完',
  amount: { refund: refundFen, total: TOTAL_FEN, currency: 'CNY' },
})

const REFUNDS = '/v3/refund/domestic/refunds'

/** Under way, done, with a coupon, and abnormal to a card. */
async function walkRefunds(walk: Walk): Promise<void> {
  const { stage, walker } = walk
  const body = refundBody(walk, await paidOrder(walk, 800), 3_000)
  await walker.send('POST', REFUNDS, { body })
  await stage.advance(MINUTE_MS)
  const ask = () =>
    walker.send('GET', `${REFUNDS}/{out_refund_no}`, {
      path: { out_refund_no: body.out_refund_no },
      query: subMchid(walk),
    })
  await ask()
  await walker.send('POST', REFUNDS, { body })
  const lost = refundBody(walk, await paidOrder(walk), TOTAL_FEN)
  const { data } = await walker.send('POST', REFUNDS, { body: lost })
  const refundId = String(data['refund_id'])
  await stage.sandbox.control(`/refunds/${refundId}`, { end: 'ABNORMAL' })
  await walker.send('POST', `${REFUNDS}/{refund_id}/apply-abnormal-refund`, {
    path: { refund_id: refundId },
    body: {
      ...subMchid(walk),
      out_refund_no: lost.out_refund_no,
      type: 'USER_BANK_CARD',
      bank_type: 'ICBC_DEBIT',
      bank_account: walker.encrypt('6222020000001234567'),
      real_name: walker.encrypt('小林'),
    },
  })
  await stage.advance(10 * SECOND_MS)
}

const COMBINES = '/v3/combine-transactions'

/** Every way to combine; one is paid and partly refunded, one closed. */
async function walkCombines(walk: Walk): Promise<void> {
  const { stage, walker } = walk
  const part = () => ({
    mchid: walker.mchid,
    ...subMchid(walk),
    attach: '茶室',
    amount: { total_amount: TOTAL_FEN, currency: 'CNY' },
    out_trade_no: stage.freshNumber(),
    description: '白瓷盖碗',
  })
  const combine = async (type: Type) => {
    const body = {
      combine_appid: walk.appidFor(type),
      combine_mchid: walker.mchid,
      combine_out_trade_no: stage.freshNumber(),
      sub_orders: [part(), part()],
      notify_url: stage.receiver.url,
      ...(type === 'jsapi' && { combine_payer_info: { openid: walk.openid } }),
      ...(type === 'h5' && H5_SCENE),
    }
    const { data } = await walker.send('POST', `${COMBINES}/${type}`, { body })
    const path = { combine_out_trade_no: body.combine_out_trade_no }
    const ask = () => walker.send('GET', `${COMBINES}/out-trade-no/{combine_out_trade_no}`, { path })
    await ask()
    return { body, path, ask, ticket: String(data['prepay_id'] ?? data['code_url'] ?? data['h5_url']) }
  }
  const paid = await combine('jsapi')
  await pay(walk, paid.ticket, 800)
  await paid.ask()
  await walker.send('POST', REFUNDS, {
    body: refundBody(walk, paid.body.sub_orders[0]!.out_trade_no, TOTAL_FEN),
  })
  await paid.ask()
  for (const type of ['h5', 'app'] as const) await combine(type)
  const { body, path, ask } = await combine('native')
  const parts = body.sub_orders.map(({ mchid, out_trade_no }) => ({ mchid, out_trade_no, ...subMchid(walk) }))
  await walker.send('POST', `${COMBINES}/out-trade-no/{combine_out_trade_no}/close`, {
    path,
    body: { combine_appid: body.combine_appid, sub_orders: parts },
  })
  await ask()
}

const MEDICAL = '/v3/med-ins'

/** Each mixture of insurance and cash: ordered, paid and asked for; the insurance's refund told. */
async function walkMedical(walk: Walk): Promise<void> {
  const { stage, walker } = walk
  for (const changes of [{}, CASH_ONLY, INSURANCE_ONLY]) {
    const { outTradeNo, ticket } = await place(walk, 'jsapi')
    const { data } = await walker.send('POST', `${MEDICAL}/orders`, {
      body: { ...medicalBody(walk, outTradeNo), prepay_id: ticket, ...changes },
    })
    const mixTradeNo = String(data['mix_trade_no'])
    const ask = (name: string, value: string) =>
      walker.send('GET', `${MEDICAL}/orders/${name.replaceAll('_', '-')}/{${name}}`, {
        path: { [name]: value },
        query: subMchid(walk),
      })
    await ask('out_trade_no', outTradeNo)
    await stage.sandbox.control('/pay', { mixTradeNo, user: 'alice' })
    await ask('mix_trade_no', mixTradeNo)
    if (changes === CASH_ONLY) continue
    await walker.send('POST', `${MEDICAL}/refunds/notify`, {
      query: { mix_trade_no: mixTradeNo },
      body: { ...subMchid(walk), ...INSURANCE_REFUND, out_refund_no: stage.freshNumber() },
    })
    await ask('mix_trade_no', mixTradeNo)
  }
}

const medicalBody = (walk: Walk, outTradeNo: string) => ({
  mix_pay_type: 'CASH_AND_INSURANCE',
  order_type: 'REG_PAY',
  appid: walk.appidFor('jsapi'),
  openid: walk.openid,
  ...subMchid(walk),
  payer: {
    name: walk.walker.encrypt('小林'),
    id_digest: walk.walker.encrypt(createHash('md5').update('44030019000101123X').digest('hex')),
    card_type: 'ID_CARD',
  },
  out_trade_no: outTradeNo,
  serial_no: '1217752501201',
  ...OF_INSURANCE,
  city_id: '530100',
  med_inst_name: '城南医院',
  med_inst_no: '1217752501201407033233368318',
  total_fee: 18_800,
  med_ins_gov_fee: 6_000,
  med_ins_self_fee: 3_000,
  med_ins_other_fee: 1_000,
  med_ins_cash_fee: TOTAL_FEN,
  wechat_pay_cash_fee: TOTAL_FEN,
  callback_url: walk.stage.receiver.url,
})

/** Both bills of yesterday, plain and compressed, and their files. */
async function walkBills(walk: Walk): Promise<void> {
  const { stage, walker } = walk
  await paidOrder(walk)
  // A partner's own account moves by transfers only: what it collects is its sub-merchants'.
  await stage.sandbox.control('/transfers', { mchid: walker.mchid, amountFen: 100 })
  const bill_date = await billedDay(stage)
  for (const kind of ['tradebill', 'fundflowbill']) {
    for (const compressed of [undefined, { tar_type: 'GZIP' }]) {
      const { data } = await walker.send('GET', `/v3/bill/${kind}`, { query: { bill_date, ...compressed } })
      const { pathname, searchParams } = new URL(String(data['download_url']))
      await walker.send('GET', pathname, { query: Object.fromEntries(searchParams) })
    }
  }
}
