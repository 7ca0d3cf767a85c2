import { MCHID, MINUTE_MS } from './rule.ts'
import type { Rule, Stage } from './rule.ts'

const PAYER_IP = '203.0.113.7'
const MERCHANT_PAGE = 'http://127.0.0.1:3000/orders/1'

/** How a visit to the page differs from a right one. */
interface Visit {
  /** null: none is sent. */
  referer?: string | null
  userAgent?: string
  ip?: string
  payerIp?: string
  /** Put behind the h5_url, as the one thing that may be. */
  redirectUrl?: string
  changeUrl?(url: string): string
  waitMs?: number
}

const BROWSER = 'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/137.0.0.0 Mobile Safari/537.36'

/** Orders by h5 and goes to the h5_url as a phone's browser does. */
async function visit({ h5Shop, order }: Stage, changes: Visit = {}) {
  const sandbox = await h5Shop()
  const { payerIp = PAYER_IP, redirectUrl, changeUrl = (url: string) => url } = changes
  const { payer: _payer, ...body } = order()
  const scene = { payer_client_ip: payerIp, h5_info: { type: 'Wap' } }
  const path = '/v3/pay/transactions/h5'
  const { body: placed } = await sandbox.call(MCHID, 'POST', path, { ...body, scene_info: scene })
  if (changes.waitMs !== undefined) await sandbox.control('/clock', { advanceMs: changes.waitMs })
  const back = redirectUrl === undefined ? '' : `&redirect_url=${encodeURIComponent(redirectUrl)}`
  const { pathname, search } = new URL(changeUrl(placed.h5_url))
  return sandbox.get(`${pathname}${search}${back}`, {
    'user-agent': changes.userAgent ?? BROWSER,
    'x-forwarded-for': changes.ip ?? PAYER_IP,
    ...(changes.referer !== null && { referer: changes.referer ?? MERCHANT_PAGE }),
  })
}

/** A page that says no is a page: what it says is the answer, and that it wakes nothing. */
const page = (id: string, broken: Visit, sentence: string, kept: Visit = {}): Rule => ({
  id,
  broken: (stage) => visit(stage, broken),
  answers: { status: 200, text: new RegExp(`^(?!.*weixin://).*<h1>${sentence}</h1>`, 's') },
  kept: async (stage) => {
    const reply = await visit(stage, kept)
    return reply.text.includes('weixin://wap/pay?') ? reply : { ...reply, status: 500 }
  },
})

export const H5_PAY_RULES: Rule[] = [
  page(
    'h5-pay.outside-wechat',
    { userAgent: `${BROWSER} MicroMessenger/8.0.60` },
    '请在微信外打开订单，进行支付',
  ),
  page(
    'h5-pay.link-unchanged',
    { changeUrl: (url) => url.replace(/.$/, (last) => (last === '0' ? '1' : '0')) },
    '支付请求已失效，请重新发起支付',
  ),
  page('h5-pay.referer', { referer: null }, '商家参数格式有误，请联系商家解决'),
  page('h5-pay.referer-domain', { referer: 'http://shop.example/' }, '商家存在未配置的参数，请联系商家解决'),
  page(
    'h5-pay.redirect-domain',
    { redirectUrl: 'http://shop.example/orders/1' },
    '商家存在未配置的参数，请联系商家解决',
    { redirectUrl: MERCHANT_PAGE },
  ),
  page('h5-pay.client-ip', { ip: '203.0.113.8' }, '网络环境未能通过安全验证，请稍后再试'),
  page('h5-pay.client-ip-loopback', { payerIp: '127.0.0.1' }, '由于商家传入的H5交易参数有误'),
  page('h5-pay.five-minutes', { waitMs: 5 * MINUTE_MS }, '支付请求已失效，请重新发起支付', {
    waitMs: 5 * MINUTE_MS - 1_000,
  }),
]
