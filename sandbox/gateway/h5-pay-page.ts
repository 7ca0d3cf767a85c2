import express from 'express'
import type { Request } from 'express'
import { escapeHtml, page } from '../platform/html.ts'
import type { Prepay } from '../world/trade.ts'
import type { World } from '../world/world.ts'
import { H5_PAY_PATH, packageOf, wakeLink } from './h5-pay-link.ts'

/** An h5_url is good for five minutes. https://pay.weixin.qq.com/doc/v3/merchant/4012791834 */
const LINK_LIFETIME_MS = 5 * 60_000
/** So long after waking WeChat the page goes back by itself, paid or not. */
const RETURN_AFTER_MS = 5_000

/** What the customer reads, and for developers why. */
interface PageRefusal {
  message: string
  reason: string
}

/** WeChat's sentences: https://pay.weixin.qq.com/doc/v3/merchant/4012791845 (H5 pay, questions). */
const PAGE_REFUSALS = {
  inWeChat: {
    message: '请在微信外打开订单，进行支付',
    reason: 'H5 pay is for browsers outside WeChat; inside it, pay by JSAPI',
  },
  unknown: {
    message: '支付请求已失效，请重新发起支付',
    reason: 'prepay_id and package are not those of an h5_url: hand the link over as it came',
  },
  expired: {
    message: '支付请求已失效，请重新发起支付',
    reason: 'the h5_url is older than five minutes: order again with the same parameters for a fresh one',
  },
  noReferer: {
    message: '商家参数格式有误，请联系商家解决',
    reason: 'no Referer: go to the h5_url from a page of the registered domain, without no-referrer',
  },
  foreignReferer: {
    message: '商家存在未配置的参数，请联系商家解决',
    reason: 'Referer is not the domain registered for H5 pay: the one the sandbox was started with (--h5)',
  },
  foreignReturn: {
    message: '商家存在未配置的参数，请联系商家解决',
    reason: 'redirect_url is not a web address of the domain registered for H5 pay',
  },
  loopbackIp: {
    message: '由于商家传入的H5交易参数有误',
    reason: 'payer_client_ip is the server’s own: behind a proxy it must be read from X-Forwarded-For',
  },
  otherIp: {
    message: '网络环境未能通过安全验证，请稍后再试',
    reason: 'payer_client_ip of the order is not the address this visitor comes from',
  },
} satisfies Record<string, PageRefusal>

/** GET /cgi-bin/mmpayweb-bin/checkmweb: judges who comes, wakes WeChat, and goes back to the merchant. */
export function createH5PayPage(world: World): express.Router {
  const router = express.Router()
  router.get(H5_PAY_PATH, (req, res) => {
    const query = new URLSearchParams(req.originalUrl.slice(H5_PAY_PATH.length))
    const prepay = judge(world, req, query)
    res.status(200).set('cache-control', 'no-store').type('html')
    if ('reason' in prepay) res.send(refusalPage(req, prepay))
    else res.send(wakingPage(req, prepay, query.get('redirect_url')))
  })
  return router
}

function judge(world: World, req: Request, query: URLSearchParams): Prepay | PageRefusal {
  if (/MicroMessenger/i.test(req.headers['user-agent'] ?? '')) return PAGE_REFUSALS.inWeChat
  const prepay = world.ledger.findPrepay(query.get('prepay_id') ?? '')
  if (!prepay || prepay.trade.tradeType !== 'MWEB' || query.get('package') !== packageOf(prepay.id))
    return PAGE_REFUSALS.unknown
  const { referer } = req.headers
  if (!referer) return PAGE_REFUSALS.noReferer
  if (!isRegistered(world, referer)) return PAGE_REFUSALS.foreignReferer
  const back = query.get('redirect_url')
  if (back !== null && !isRegistered(world, back)) return PAGE_REFUSALS.foreignReturn
  const [seen, named] = [visitorIp(req), plainIp(prepay.trade.payerClientIp ?? '')]
  if (seen !== named) return isLoopback(named) ? PAGE_REFUSALS.loopbackIp : PAGE_REFUSALS.otherIp
  const isOld = world.clock.nowMs() >= prepay.createdAtMs + LINK_LIFETIME_MS
  return isOld ? PAGE_REFUSALS.expired : prepay
}

function isRegistered({ h5Host }: World, address: string): boolean {
  const url = URL.parse(address)
  return url !== null && /^https?:$/.test(url.protocol) && (h5Host === null || url.hostname === h5Host)
}

/** The phone's network is said by its proxy; a browser of this machine comes from it directly. */
function visitorIp(req: Request): string {
  const forwarded = req.headers['x-forwarded-for']
  const [first = ''] = String(forwarded ?? req.socket.remoteAddress ?? '').split(',')
  return plainIp(first.trim())
}

/** IPv4 comes to a socket of both families as ::ffff:127.0.0.1. */
function plainIp(address: string): string {
  return address.replace(/^::ffff:/i, '').toLowerCase()
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1'
}

function refusalPage(req: Request, { message, reason }: PageRefusal): string {
  return page(req, '微信支付', `<h1>${message}</h1><p>给开发者：${escapeHtml(reason)}</p>`)
}

/**
 * WeChat lies over this page as soon as it is woken. It goes back when the customer returns from there, and after five
 * seconds in any case: the merchant's page may be in front before anything is paid.
 */
function wakingPage(req: Request, { id }: Prepay, back: string | null): string {
  const plain = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c')
  const script = `
const back = ${plain(back)}
let wasHidden = false, isLeaving = false
function leave() {
  if (isLeaving) return
  isLeaving = true
  if (back === null) history.back()
  else location.replace(back)
}
document.addEventListener('visibilitychange', () => {
  if (document.hidden) wasHidden = true
  else if (wasHidden) leave()
})
setTimeout(leave, ${RETURN_AFTER_MS})
location.href = ${plain(wakeLink(id))}`
  const again = `<a href="${escapeHtml(wakeLink(id))}">没有打开微信？点这里再试</a>`
  return page(
    req,
    '微信支付',
    `<h1>正在打开微信支付</h1><p>支付结果以商家页面为准</p><p>${again}</p><script>${script}</script>`,
  )
}
