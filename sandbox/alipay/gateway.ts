import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { alter } from '../gateway/alter.ts'
import { readBytes } from '../gateway/body.ts'
import type { AlipayApp } from '../world/alipay-apps.ts'
import { askedOrigin } from '../world/asked-origin.ts'
import { markOf } from '../world/weather.ts'
import type { Effect, WeatherApi } from '../world/weather.ts'
import type { World } from '../world/world.ts'
import type { Cashier, CashierRefusal } from './cashier.ts'
import { showFault } from './cashier-page.ts'
import { appOf, checkRequest, readBizContent } from './request-parameters.ts'
import type { AlipayCall } from './operations.ts'
import { close, precreate, query, queryRefund, refund } from './operations.ts'
import { PAGE_PRODUCT, readOrder, WAP_PRODUCT } from './order.ts'
import { AlipayRefused } from './refusal.ts'
import { readParameters } from './request.ts'
import { signText } from './signature.ts'
import type { Parameters } from './signature.ts'

type Node = Record<string, unknown>
type Method = Extract<WeatherApi, `alipay.trade.${string}`>

/** Answered as JSON. */
const OPERATIONS: Partial<Record<Method, (call: AlipayCall) => Node>> = {
  'alipay.trade.query': query,
  'alipay.trade.close': close,
  'alipay.trade.refund': refund,
  'alipay.trade.fastpay.refund.query': queryRefund,
  'alipay.trade.precreate': precreate,
}

/** Opened by the buyer's browser. */
const PAGES = { 'alipay.trade.wap.pay': WAP_PRODUCT, 'alipay.trade.page.pay': PAGE_PRODUCT } as const

/** What is about to be sent. */
interface Outgoing {
  node: Node
  /** Null: an app that Alipay does not know gets nothing signed. */
  signer: AlipayApp | null
  /** Instead of an answer: where the browser goes. */
  location: string | null
  verdict: string
  weather: Effect
}

/** What is learnt about a request on the way. */
interface Seen {
  /** Null: they cannot be read. */
  parameters: Parameters | null
  method: string
  app: AlipayApp | null
  outTradeNo: string | null
}

/** The HTTP face of Alipay's open platform: /gateway.do. */
export function createAlipayGateway(
  world: World,
  cashier: Cashier,
): (req: IncomingMessage, res: ServerResponse) => void {
  return (req, res) => {
    void answer(world, cashier, req, res).catch(() => res.destroy())
  }
}

async function answer(
  world: World,
  cashier: Cashier,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const startedAt = performance.now()
  const body = await readBytes(req)
  const parameters = body && readParameters(req.url ?? '', req.headers['content-type'] ?? '', body)
  const seen = newSeen(parameters)
  const outgoing = decide(world, cashier, seen, askedOrigin(req))
  const { weather } = outgoing
  const dropped = weather.dropBefore === true || weather.dropAfter === true
  const text = textOf(seen.method, outgoing)
  world.inbox.recordCall({
    at: world.clock.nowText(),
    method: req.method ?? '',
    url: req.url ?? '/',
    headers: req.headers,
    body: body?.toString() ?? '',
    verdict: dropped ? `${outgoing.verdict}, connection dropped by a rule` : outgoing.verdict,
    status: dropped ? 0 : outgoing.location === null ? 200 : 302,
    answerHeaders: {},
    answer: dropped ? '' : (outgoing.location ?? text),
    durationMs: performance.now() - startedAt,
    mchid: seen.app?.sellerId ?? null,
    outTradeNo: seen.outTradeNo,
    ...markOf(weather),
  })
  if (weather.delayMs !== undefined) await pause(weather.delayMs)
  if (dropped) return void req.socket.destroy()
  if (outgoing.location !== null) return void res.writeHead(302, { location: outgoing.location }).end()
  if (Object.hasOwn(PAGES, seen.method)) return showFault(res, outgoing.node)
  // Alipay says text/html and sends JSON.
  res.writeHead(200, { 'content-type': 'text/html;charset=utf-8' }).end(text)
}

const newSeen = (parameters: Parameters | null): Seen => ({
  parameters,
  method: parameters?.['method'] ?? '',
  app: null,
  outTradeNo: null,
})

/** Opens a merchant's address as a browser would, without one: the cashier's id, or what the buyer would read. */
export function openAddress(
  world: World,
  cashier: Cashier,
  address: string,
): { cashierId: string } | CashierRefusal {
  const seen = newSeen(readParameters(address, '', Buffer.alloc(0)))
  const { location, node } = decide(world, cashier, seen, '')
  if (location !== null) return { cashierId: location.slice(location.lastIndexOf('/') + 1) }
  return { message: String(node['sub_msg'] ?? ''), subCode: String(node['sub_code'] ?? '') }
}

/** From parameters to an answer. Never throws. */
function decide(world: World, cashier: Cashier, seen: Seen, origin: string): Outgoing {
  let weather: Effect = {}
  const no = (error: AlipayRefused): Outgoing => ({
    node: error.toNode(),
    signer: seen.app,
    location: null,
    verdict: `${error.subCode} ${error.message}`,
    weather,
  })
  try {
    const { parameters } = seen
    if (!parameters) throw new AlipayRefused('40002', 'isv.invalid-parameter', '请求参数不是UTF-8编码的表单')
    const app = appOf(world.alipayApps, parameters)
    seen.app = app
    const method = methodOf(seen.method)
    checkRequest(app, parameters)
    const biz = readBizContent(parameters)
    seen.outTradeNo = typeof biz['out_trade_no'] === 'string' ? biz['out_trade_no'].slice(0, 64) : null
    const outTradeNo = seen.outTradeNo ?? undefined
    weather = world.weather.strike({ api: method, mchid: app.sellerId, appid: app.appId, outTradeNo })
    if (weather.dropBefore) return no(new AlipayRefused('20000', 'not done', 'not done'))
    if (weather.error) throw fromWeather(weather.error)
    const call: AlipayCall = { world, cashier, app, parameters, biz, origin }
    const done = { signer: app, verdict: 'ok', weather }
    const operation = OPERATIONS[method]
    return operation
      ? { ...done, node: operation(call), location: null }
      : { ...done, node: {}, location: openPage(call, method as keyof typeof PAGES) }
  } catch (error) {
    if (error instanceof AlipayRefused) return no(error)
    process.stderr.write(`sandbox alipay: ${error instanceof Error ? error.stack : String(error)}\n`)
    return no(new AlipayRefused('20000', 'isp.unknow-error', '系统繁忙'))
  }
}

function methodOf(name: string): Method {
  if (name === '') throw new AlipayRefused('40001', 'isv.missing-method', '缺少方法名参数')
  if (Object.hasOwn(OPERATIONS, name) || Object.hasOwn(PAGES, name)) return name as Method
  throw new AlipayRefused('40002', 'isv.invalid-method', '不存在的方法名')
}

/** The merchant's address is good: the browser goes on to the cashier. */
function openPage(call: AlipayCall, method: keyof typeof PAGES): string {
  const { world, app, parameters, biz, cashier } = call
  const order = readOrder(app, { parameters, biz, nowMs: world.clock.nowMs() }, PAGES[method])
  return `/alipay/cashier/${cashier.present(order)}`
}

/** Codes of the acquiring business are 40004; isp., aop. and the like say that nobody knows. */
function fromWeather({ code, message }: NonNullable<Effect['error']>): AlipayRefused {
  return new AlipayRefused(code.startsWith('ACQ.') ? '40004' : '20000', code, message ?? code)
}

/**
 * The answer's text: the signature is over the exact bytes of the node, in which Alipay escapes every slash.
 * https://opendocs.alipay.com/common/02mse7
 */
function textOf(method: string, { node, signer, weather }: Outgoing): string {
  const known = Object.hasOwn(OPERATIONS, method) || Object.hasOwn(PAGES, method)
  const name = known ? `${method.replaceAll('.', '_')}_response` : 'error_response'
  const write = (value: Node) => JSON.stringify(value).replaceAll('/', '\\/')
  const honest = alter(node, weather.alter)
  const signature =
    signer && signText(signer.signingKey, write(honest) + (weather.corruptSignature ? ' ' : ''))
  const sent = write(alter(honest, weather.tamper))
  return `{"${name}":${sent}${signature ? `,"sign":"${signature}"` : ''}}`
}
