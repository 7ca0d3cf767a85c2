import { openAlipayMerchant } from '../support/alipay-merchant.ts'
import type { AlipayMerchant } from '../support/alipay-merchant.ts'
import { MCHID } from '../support/sandbox-rules/rule.ts'
import type { Stage } from '../support/sandbox-rules/rule.ts'
import type { Draw } from './draw.ts'

/** A right request to an address outside APIv3, into which a fault is put. */
interface Pattern {
  method: 'POST' | 'PUT'
  path: string
  body: Record<string, unknown>
}

/** Who knows the sandbox well: orders, tokens, keys and a phone that really are there. */
export interface Insider {
  url: string
  patterns: Pattern[]
  alipay: AlipayMerchant
}

/** Prepares what right requests name. */
export async function openInsider(stage: Stage): Promise<Insider> {
  const { sandbox, miniAppid: appid } = stage
  const { outTradeNo, prepayId } = await stage.placed()
  const { appsecret } = sandbox.merchant(MCHID).appids.find((app) => app.appid === appid)!
  const token = `/cgi-bin/token?grant_type=client_credential&appid=${appid}&secret=${appsecret}`
  const { access_token } = (await sandbox.get(token)).body
  const { id } = (await sandbox.control('/snapshot', {})).body
  const order = { mchid: MCHID, outTradeNo }
  const cashier = { user: 'alice', appid, ...sandbox.launch(MCHID, appid, prepayId) }
  const [phoneOn, ...phonePatterns] = patternsOfPhone(appid, sandbox.url)
  const on = await fetch(sandbox.url + phoneOn.path, {
    method: phoneOn.method,
    headers: { origin: sandbox.url, 'content-type': 'application/json' },
    body: JSON.stringify(phoneOn.body),
  })
  if (!on.ok) throw new Error(`the phone stays off: ${await on.text()}`)
  return {
    url: sandbox.url,
    alipay: await openAlipayMerchant(sandbox),
    patterns: [
      ...controlPatterns({ order, cashier, prepayId, appid, snapshot: id, url: sandbox.url }),
      phoneOn,
      ...phonePatterns,
      ...platformPatterns({ outTradeNo, appid, openid: sandbox.openid('alice', appid) }).map((one) => ({
        ...one,
        path: `${one.path}?access_token=${access_token}`,
      })),
    ],
  }
}

function controlPatterns(known: {
  order: { mchid: string; outTradeNo: string }
  cashier: Record<string, string>
  prepayId: string
  appid: string
  snapshot: string
  url: string
}): Pattern[] {
  const { order, cashier, prepayId, appid, snapshot, url } = known
  const link = `weixin://wxpay/bizpayurl/up?pr=${prepayId}&groupid=00`
  const match = { api: 'query', mchid: order.mchid, nth: 3, probability: 0.5, seed: 1, times: 1, ttl: 1 }
  const bodies: Record<string, Record<string, unknown>> = {
    users: { id: 'carol', name: 'Carol', balanceFen: 1 },
    'users/alice': { balanceFen: 1_000_000, isSnapshot: false, isHighRisk: false },
    codes: { user: 'alice', appid, scope: 'snsapi_base' },
    'phone-codes': { user: 'alice', appid },
    cashier: { ...cashier, page: `${url}/x` },
    'cashier/link': { user: 'alice', link },
    'cashier/x': { outcome: 'paid', couponFen: 1 },
    pay: { prepayId, user: 'alice', outcome: 'cancelled', couponFen: 1 },
    clock: { advanceMs: 1, frozen: false },
    rules: { match, effect: { alter: { 'amount.total': 1 } } },
    refunds: { ...order, amountFen: 1, notifyUrl: url, end: 'SUCCESS' },
    transfers: { mchid: order.mchid, amountFen: 1 },
    'keys/rotate': { mchid: order.mchid, to: 'public-key', percent: 50 },
    restore: { id: snapshot },
    'links/open': { url: `${url}/wxaurl/x` },
    'shippings/received': order,
    [`apps/${appid}`]: { isTradeManaged: false, ipList: null, isPublished: true, pages: null, linksADay: 9 },
  }
  return Object.entries(bodies).map(([path, body]) => ({ method: 'POST', path: `/_sandbox/${path}`, body }))
}

/** Switching it on, and what its mini-program asks for. */
function patternsOfPhone(appid: string, url: string): [Pattern, ...Pattern[]] {
  const look = { profile: 'ios', language: 'zh-CN', theme: 'light', font: 'normal' }
  const settings = { window: 'fuzz', user: 'alice', ...look, miniProgramAppid: appid }
  const header = { 'content-type': 'application/json', 'x-any': 'x' }
  const asked = { appid, url: `${url}/_sandbox/clock`, method: 'GET', header, body: null, timeoutMs: 5_000 }
  return [
    { method: 'PUT', path: '/_sandbox/phones/a', body: settings },
    { method: 'POST', path: '/_sandbox/phones/a/requests', body: asked },
  ]
}

function platformPatterns(known: { outTradeNo: string; appid: string; openid: string }): Pattern[] {
  const { outTradeNo, appid, openid } = known
  const page = { path: '/pages/home/home', query: 'a=1', env_version: 'release' }
  const key = { order_number_type: 1, mchid: MCHID, out_trade_no: outTradeNo }
  const goods = { tracking_no: 'SF1', express_company: 'SF', item_desc: '白瓷盖碗' }
  const bodies: Record<string, Record<string, unknown>> = {
    generate_urllink: { ...page, is_expire: true, expire_type: 1, expire_interval: 1 },
    generatescheme: { jump_wxa: page, is_expire: true, expire_type: 1, expire_interval: 1 },
    query_urllink: { url_link: 'https://wxaurl.cn/x', query_type: 0 },
    queryscheme: { scheme: 'weixin://dl/business/?t=x', query_type: 0 },
    'business/getuserphonenumber': { code: 'x' },
    'sec/order/upload_shipping_info': {
      order_key: key,
      logistics_type: 1,
      delivery_mode: 1,
      shipping_list: [{ ...goods, contact: { receiver_contact: '+86-177****1234' } }],
      upload_time: new Date().toISOString(),
      payer: { openid },
    },
    'sec/order/get_order': { merchant_id: MCHID, merchant_trade_no: outTradeNo },
    'sec/order/get_order_list': { pay_time_range: { begin_time: 1, end_time: 2 }, openid, page_size: 2 },
    'sec/order/notify_confirm_receive': {
      merchant_id: MCHID,
      merchant_trade_no: outTradeNo,
      received_time: 1,
    },
    'sec/order/is_trade_managed': { appid },
  }
  return Object.entries(bodies).map(([path, body]) => ({ method: 'POST', path: `/wxa/${path}`, body }))
}

const METHODS = [
  'alipay.trade.wap.pay',
  'alipay.trade.page.pay',
  'alipay.trade.precreate',
  'alipay.trade.query',
  'alipay.trade.close',
  'alipay.trade.refund',
  'alipay.trade.fastpay.refund.query',
] as const
const BIZ = {
  out_trade_no: 'FUZZ0001',
  subject: '白瓷盖碗',
  total_amount: '88.00',
  product_code: 'QUICK_WAP_WAY',
  refund_amount: '1.00',
  out_request_no: 'R1',
  timeout_express: '5m',
}

/** Path and query of a signed request to Alipay's gateway whose parameters or content are wrong somewhere. */
export function alipayAddress({ alipay, url }: Insider, draw: Draw, spoil: Spoil): string {
  const wrong = draw.one(['app_id', 'timestamp', 'charset', 'return_url', 'notify_url', draw.text(8), 'x'])
  const address = alipay.address(draw.chance(3) ? (draw.json() as object) : spoil(draw, BIZ), {
    method: draw.one(METHODS),
    ...(draw.chance(3) && { parameters: { [wrong]: draw.chance(2) ? null : draw.text(40).toWellFormed() } }),
    ...(draw.chance(6) && { bizText: draw.text(80).toWellFormed() }),
  })
  return address.slice(url.length)
}

/** Puts a fault into a body. */
export type Spoil = (draw: Draw, body: Record<string, unknown>) => Record<string, unknown>
