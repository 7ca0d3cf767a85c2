import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { askedOrigin } from '../world/asked-origin.ts'
import { answerKey } from '../world/merchants.ts'
import type { Merchant } from '../world/merchants.ts'
import { markOf } from '../world/weather.ts'
import type { Effect } from '../world/weather.ts'
import type { World } from '../world/world.ts'
import { alter } from './alter.ts'
import { authenticate } from './authorization.ts'
import { parseBody, readBytes } from './body.ts'
import type { Answer, Call, FileAnswer, Route } from './call.ts'
import { badParameter, NUMBERS, Refused } from './refusal.ts'
import { findRoute } from './routes.ts'
import { requestId, signatureHeaders } from './signature.ts'

/** What is about to be sent. */
interface Outgoing {
  status: number
  body: Record<string, unknown> | FileAnswer | null
  number: string
  /** Null: the answer is not signed. */
  signer: Merchant | null
  verdict: string
  weather: Effect
}

const CALM: Effect = {}

/** The HTTP face of WeChat Pay APIv3: takes every request whose path begins with /v3/. */
export function createGateway(world: World): (req: IncomingMessage, res: ServerResponse) => void {
  return (req, res) => {
    void answer(world, req, res).catch(() => res.destroy())
  }
}

async function answer(world: World, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const startedAt = performance.now()
  const body = await readBytes(req)
  const seen: Seen = { merchant: null, outTradeNo: null }
  const outgoing = body === null ? tooLarge() : decide(world, req, body, seen)
  const record = (sent: Sent | null) => {
    const url = req.url ?? '/'
    world.inbox.recordCall({
      at: world.clock.nowText(),
      method: req.method ?? '',
      url,
      headers: req.headers,
      body: body?.toString() ?? '',
      verdict: sent ? outgoing.verdict : `${outgoing.verdict}, connection dropped by a rule`,
      status: sent ? outgoing.status : 0,
      answerHeaders: sent?.headers ?? {},
      answer: sent?.payload ?? '',
      durationMs: performance.now() - startedAt,
      mchid: seen.merchant?.mchid ?? null,
      outTradeNo: seen.outTradeNo ?? claimedNumber(url, body),
      ...markOf(outgoing.weather),
    })
  }
  if (outgoing.weather.delayMs !== undefined) await pause(outgoing.weather.delayMs)
  if (outgoing.weather.dropBefore || outgoing.weather.dropAfter) {
    record(null)
    req.socket.destroy()
    return
  }
  record(send(req, res, outgoing))
}

/**
 * The out_trade_no that a refused request names in its address or body, unverified. Lets a search for the order find a
 * call that was refused before it was read, e.g. for its signature.
 */
function claimedNumber(url: string, body: Buffer | null): string | null {
  const inUrl = /\/out-trade-no\/([\w*|-]{1,32})(?=[/?]|$)/.exec(url)?.[1]
  const inBody = /"out_trade_no"\s*:\s*"([\w*|-]{1,32})"/.exec(body?.toString() ?? '')?.[1]
  return inUrl ?? inBody ?? null
}

/** What is learnt about a request on the way, for the inbox. */
interface Seen {
  merchant: Merchant | null
  outTradeNo: string | null
}

/** From bytes to an answer. Never throws. */
function decide(world: World, req: IncomingMessage, bytes: Buffer, seen: Seen): Outgoing {
  const method = req.method ?? ''
  const url = req.url ?? '/'
  const [path = '', query = ''] = splitOnce(url, '?')
  const found = findRoute(method, path)
  if (typeof found === 'number') {
    return {
      status: found,
      body: null,
      number: NUMBERS.ok,
      signer: null,
      verdict: String(found),
      weather: CALM,
    }
  }
  let weather: Effect = CALM
  try {
    requireUserAgent(found.route, req)
    const { authorization } = req.headers
    seen.merchant = authenticate(world.merchants, { method, url, authorization, body: bytes })
    const params = decodeParams(found.params)
    const body = parseBody(bytes, req.headers)
    seen.outTradeNo =
      params['outTradeNo'] ??
      textOrNull(body['out_trade_no'] ?? body['combine_out_trade_no']) ??
      orderOfRefund(world, params, body, seen.merchant)
    weather = strike(world, found.route, seen, body)
    if (weather.dropBefore) throw new Refused({ status: 0, code: '', message: 'not done', number: '0' })
    if (weather.error) throw fromWeather(weather.error)
    const call: Call = {
      world,
      merchant: seen.merchant,
      params,
      query: new URLSearchParams(query),
      body,
      serial: String(req.headers['wechatpay-serial'] ?? ''),
      origin: askedOrigin(req),
      weather,
    }
    return done(found.route.run(call), seen.merchant, weather)
  } catch (error) {
    return refused(error, seen.merchant, weather)
  }
}

/** The order behind a call about a refund, by whatever number it names. */
function orderOfRefund(
  world: World,
  params: Record<string, string>,
  body: Record<string, unknown>,
  { mchid }: Merchant,
): string | null {
  const byTransaction = world.ledger.findByTransaction(textOrNull(body['transaction_id']) ?? '')
  const refund =
    world.refunds.findById(params['refundId'] ?? '') ??
    world.refunds.find(mchid, params['outRefundNo'] ?? textOrNull(body['out_refund_no']) ?? '')
  const found = byTransaction ?? refund
  return found?.mchid === mchid ? found.outTradeNo : null
}

function strike(world: World, route: Route, seen: Seen, body: Record<string, unknown>): Effect {
  // Most calls name only the order: the appid is the one it was placed with.
  const placed = world.ledger.find(seen.merchant?.mchid ?? '', seen.outTradeNo ?? '')
  return world.weather.strike({
    api: route.api,
    mchid: seen.merchant?.mchid,
    appid: textOrNull(body['appid'] ?? body['sp_appid'] ?? body['combine_appid']) ?? placed?.appid,
    outTradeNo: seen.outTradeNo ?? undefined,
  })
}

const isFile = (body: Outgoing['body']): body is FileAnswer => body !== null && Buffer.isBuffer(body['file'])

function done(body: Answer | FileAnswer, merchant: Merchant, weather: Effect): Outgoing {
  const signer = isFile(body) ? null : merchant
  return { status: body === null ? 204 : 200, body, number: NUMBERS.ok, signer, verdict: 'ok', weather }
}

function refused(error: unknown, merchant: Merchant | null, weather: Effect): Outgoing {
  if (!(error instanceof Refused)) {
    process.stderr.write(`sandbox gateway: ${error instanceof Error ? error.stack : String(error)}\n`)
    error = new Refused({ status: 500, code: 'SYSTEM_ERROR', message: '系统异常，请稍后重试', number: '-1' })
  }
  const { status, code, message, detail, number } = error as Refused
  const body = { code, message, ...(detail && { detail }) }
  return {
    status,
    body,
    number,
    signer: status === 401 ? null : merchant,
    verdict: `${code} ${message}`.trim(),
    weather,
  }
}

function tooLarge(): Outgoing {
  const body = { code: 'INVALID_REQUEST', message: '请求体过大' }
  return { status: 413, body, number: NUMBERS.outOfRange, signer: null, verdict: 'too large', weather: CALM }
}

/** What really went out. */
interface Sent {
  headers: Record<string, string>
  payload: string
}

function send(req: IncomingMessage, res: ServerResponse, outgoing: Outgoing): Sent {
  const { weather } = outgoing
  if (isFile(outgoing.body)) return sendFile(res, outgoing.body)
  const honest = outgoing.body && alter(outgoing.body, weather.alter)
  const signed = honest ? JSON.stringify(honest) : ''
  const payload = weather.tamper && honest ? JSON.stringify(alter(honest, weather.tamper)) : signed
  const requested = req.headers['wechatpay-serial']
  const headers: Record<string, string> = {
    'Request-ID': requestId(outgoing.number),
    ...(outgoing.signer &&
      signatureHeaders(answerKey(outgoing.signer, String(requested ?? '')), signed, weather)),
    // Without a body too: WxJava reads the type of a 204 and throws when there is none.
    'Content-Type': 'application/json; charset=utf-8',
    ...(outgoing.status !== 204 && { 'Content-Length': String(Buffer.byteLength(payload)) }),
    ...(outgoing.status === 413 && { Connection: 'close' }),
  }
  res.writeHead(outgoing.status, headers)
  res.end(payload)
  return { headers, payload }
}

function sendFile(res: ServerResponse, { file, contentType }: FileAnswer): Sent {
  const headers = {
    'Request-ID': requestId(NUMBERS.ok),
    'Content-Type': contentType,
    'Content-Length': String(file.length),
  }
  res.writeHead(200, headers)
  res.end(file)
  return { headers, payload: file.toString() }
}

/** https://pay.weixin.qq.com/doc/v3/merchant/4012081709: refused before the signature is looked at, and unsigned. */
function requireUserAgent(route: Route, req: IncomingMessage): void {
  if (!route.needsUserAgent || (req.headers['user-agent'] && req.headers.accept)) return
  throw new Refused({
    status: 400,
    code: 'INVALID_REQUEST',
    message: 'Http头缺少Accept或User-Agent',
    number: NUMBERS.parameter,
  })
}

function fromWeather({ status, code, message }: NonNullable<Effect['error']>): Refused {
  const number =
    code.startsWith('FREQUENCY') || code.startsWith('RATELIMIT') ? NUMBERS.frequency : NUMBERS.parameter
  return new Refused({ status, code, message: message ?? code, number })
}

function decodeParams(raw: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(raw).map(([name, value]) => {
      try {
        return [name, decodeURIComponent(value)]
      } catch {
        throw badParameter(`/uri_template/${name}`, value, 'URL编码不合法')
      }
    }),
  )
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value.slice(0, 64) : null
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator)
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}
