import { setTimeout as pause } from 'node:timers/promises'
import express from 'express'
import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express'
import type { App } from '../world/merchants.ts'
import { markOf } from '../world/weather.ts'
import type { WeatherApi } from '../world/weather.ts'
import type { World } from '../world/world.ts'
import { textOf } from './app.ts'
import type { Query } from './app.ts'
import { showLinkPage } from './link-page.ts'
import { generateScheme, generateUrlLink, queryScheme, queryUrlLink } from './links.ts'
import { code2session } from './login.ts'
import { authorize, choosePerson } from './oauth-page.ts'
import { createOauthTokens } from './oauth-tokens.ts'
import { getUserPhoneNumber } from './phone-number.ts'
import { platformError, replyCgi, replySns } from './reply.ts'
import { notifyConfirmReceive, uploadShipping } from './shipping.ts'
import { getOrder, getOrderList, isManagementConfirmed, isTradeManaged } from './shipping-queries.ts'
import { createAppTokens } from './tokens.ts'

/** What an address of api.weixin.qq.com does. */
type Run = (req: Request, query: Query) => object
/** What an address does for the mini-program whose access_token stands in the query. */
type RunForApp = (world: World, app: App, body: unknown) => object

/** The addresses that take a mini-program's access_token and a JSON body. */
const FOR_MINI_PROGRAMS: [path: string, api: WeatherApi, run: RunForApp][] = [
  ['/wxa/generate_urllink', 'link', generateUrlLink],
  ['/wxa/query_urllink', 'link', queryUrlLink],
  ['/wxa/generatescheme', 'link', generateScheme],
  ['/wxa/queryscheme', 'link', queryScheme],
  ['/wxa/business/getuserphonenumber', 'phone-number', getUserPhoneNumber],
  ['/wxa/sec/order/upload_shipping_info', 'shipping', whileManaged(uploadShipping)],
  ['/wxa/sec/order/get_order', 'shipping', whileManaged(getOrder)],
  ['/wxa/sec/order/get_order_list', 'shipping', whileManaged(getOrderList)],
  ['/wxa/sec/order/notify_confirm_receive', 'shipping', whileManaged(notifyConfirmReceive)],
  ['/wxa/sec/order/is_trade_managed', 'shipping', isTradeManaged],
  ['/wxa/sec/order/is_trade_management_confirmation_completed', 'shipping', isManagementConfirmed],
]

/** 48001 for a mini-program whose orders are not managed. */
function whileManaged(run: RunForApp): RunForApp {
  return (world, app, body) =>
    world.settings.of(app.appid).isTradeManaged ? run(world, app, body) : platformError(48001)
}

/** api.weixin.qq.com, open.weixin.qq.com and wxaurl.cn, as far as signing in and paying need them. */
export function createPlatform(world: World): express.Router {
  const router = express.Router()
  const oauth = createOauthTokens(world)
  const tokens = createAppTokens(world)
  world.addRegister({
    kind: 'platform-tokens',
    entities: () => [],
    load() {},
    clear() {
      oauth.clear()
      tokens.clear()
    },
  })
  const fromIp = (req: Request) => req.socket.remoteAddress ?? ''
  const get = (path: string, api: WeatherApi, reply: typeof replySns, run: Run) => {
    router.get(path, inWeather(world, api, reply, run))
    router.all(path, (_req, res) => reply(res, platformError(43001)))
  }
  const post = (path: string, api: WeatherApi, run: Run) => {
    router.post(path, readJson, inWeather(world, api, replyCgi, run), answerUnreadable)
    router.all(path, (_req, res) => replyCgi(res, platformError(43002)))
  }
  get('/sns/jscode2session', 'jscode2session', replySns, (_req, query) => code2session(world, query))
  get('/sns/oauth2/access_token', 'oauth-token', replySns, (_req, query) => oauth.exchange(query))
  get('/sns/oauth2/refresh_token', 'oauth-token', replySns, (_req, query) => oauth.refresh(query))
  get('/sns/auth', 'oauth-token', replySns, (_req, query) => oauth.check(query))
  get('/sns/userinfo', 'oauth-token', replySns, (_req, query) => oauth.userinfo(query))
  get('/cgi-bin/token', 'token', replyCgi, (req, query) => tokens.ordinary(query, fromIp(req)))
  get('/cgi-bin/ticket/getticket', 'token', replyCgi, (_req, query) => tokens.ticket(query))
  post('/cgi-bin/stable_token', 'token', (req) => tokens.stable(req.body, fromIp(req)))
  for (const [path, api, run] of FOR_MINI_PROGRAMS)
    post(path, api, (req, query) => {
      const app = tokens.holder(query)
      if ('errcode' in app) return app
      return app.kind === 'mini-program' ? run(world, app, req.body) : platformError(48001)
    })
  router.get('/wxaurl/:ticket', (req, res) => showLinkPage(world, req, res))
  router.get('/connect/oauth2/authorize', (req, res) => authorize(world, req, res))
  router.post('/connect/oauth2/authorize', (req, res) => authorize(world, req, res))
  const form = express.urlencoded({ limit: '16kb', extended: false })
  router.post('/connect/person', form, (req, res) => choosePerson(world, req, res))
  return router
}

/** A JSON object, however it is labelled: WeChat does not look at the Content-Type. */
const readJson: RequestHandler[] = [
  express.json({ limit: '64kb', type: () => true }),
  (req, res, next) => {
    const isEmpty = req.body === undefined || req.headers['content-length'] === '0'
    if (isEmpty) return replyCgi(res, platformError(44002))
    if (!isPrintable(req.body)) return replyCgi(res, platformError(47001))
    next()
  },
]

/** What is nested some thousand deep can be read and not printed again. */
function isPrintable(body: unknown): boolean {
  try {
    JSON.stringify(body)
    return true
  } catch {
    return false
  }
}

/** A body that is no JSON; anything else is somebody else's fault. */
const answerUnreadable: ErrorRequestHandler = (error: { type?: unknown }, _req, res, next) => {
  if (error.type !== 'entity.parse.failed') return next(error)
  replyCgi(res, platformError(47001))
}

/** Lets weather strike, records the call, and answers in the address's own shape. */
function inWeather(
  world: World,
  api: WeatherApi,
  reply: (res: Response, body: object) => void,
  run: Run,
): RequestHandler {
  return async (req, res) => {
    const startedAt = performance.now()
    const at = req.originalUrl.indexOf('?')
    const query = new URLSearchParams(at === -1 ? '' : req.originalUrl.slice(at + 1))
    const appid = query.get('appid') ?? textOf((req.body as { appid?: unknown } | undefined)?.appid)
    const weather = world.weather.strike({ api, appid })
    if (weather.delayMs !== undefined) await pause(weather.delayMs)
    if (weather.dropBefore) return void req.socket.destroy()
    const answer: object = weather.error
      ? platformError(Number(weather.error.code) || -1, weather.error.message)
      : run(req, query)
    if (weather.dropAfter) return void req.socket.destroy()
    reply(res, answer)
    world.inbox.recordCall({
      at: world.clock.nowText(),
      method: req.method,
      url: req.originalUrl,
      headers: req.headers,
      body: req.body === undefined ? '' : JSON.stringify(req.body),
      verdict: 'errcode' in answer && answer.errcode !== 0 ? `errcode ${String(answer.errcode)}` : 'ok',
      status: 200,
      answerHeaders: {},
      answer: JSON.stringify(answer),
      durationMs: performance.now() - startedAt,
      mchid: null,
      outTradeNo: null,
      ...markOf(weather),
    })
  }
}
