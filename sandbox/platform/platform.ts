import { setTimeout as pause } from 'node:timers/promises'
import express from 'express'
import type { Request, RequestHandler, Response } from 'express'
import type { WeatherApi } from '../world/weather.ts'
import type { World } from '../world/world.ts'
import { code2session, createOauthTokens, textOf } from './login.ts'
import type { Query } from './login.ts'
import { authorize, choosePerson } from './oauth-page.ts'
import { replyCgi, replySns } from './reply.ts'
import { createAppTokens } from './tokens.ts'

/** api.weixin.qq.com and open.weixin.qq.com, as far as login needs them. */
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
  const json = express.json({ limit: '64kb', type: () => true })
  const form = express.urlencoded({ limit: '16kb', extended: false })
  const route = (api: WeatherApi, reply: typeof replySns, run: (req: Request, query: Query) => object) =>
    inWeather(world, api, reply, run)
  router.get(
    '/sns/jscode2session',
    route('jscode2session', replySns, (_req, query) => code2session(world, query)),
  )
  router.get(
    '/sns/oauth2/access_token',
    route('oauth-token', replySns, (_req, query) => oauth.exchange(query)),
  )
  router.get(
    '/sns/userinfo',
    route('oauth-token', replySns, (_req, query) => oauth.userinfo(query)),
  )
  router.get(
    '/cgi-bin/token',
    route('token', replyCgi, (_req, query) => tokens.ordinary(query)),
  )
  router.post(
    '/cgi-bin/stable_token',
    json,
    route('token', replyCgi, (req) => tokens.stable(req.body)),
  )
  router.get(
    '/cgi-bin/ticket/getticket',
    route('token', replyCgi, (_req, query) => tokens.ticket(query)),
  )
  router.get('/connect/oauth2/authorize', (req, res) => authorize(world, req, res))
  router.post('/connect/oauth2/authorize', (req, res) => authorize(world, req, res))
  router.post('/connect/person', form, (req, res) => choosePerson(world, req, res))
  return router
}

/** Lets weather strike, records the call, and answers in the address's own shape. */
function inWeather(
  world: World,
  api: WeatherApi,
  reply: (res: Response, body: object) => void,
  run: (req: Request, query: Query) => object,
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
      ? { errcode: Number(weather.error.code) || -1, errmsg: weather.error.message ?? 'system error' }
      : run(req, query)
    if (weather.dropAfter) return void req.socket.destroy()
    reply(res, answer)
    world.inbox.recordCall({
      at: world.clock.read().now,
      method: req.method,
      url: req.originalUrl,
      headers: req.headers,
      body: '',
      verdict: 'errcode' in answer && answer.errcode !== 0 ? `errcode ${String(answer.errcode)}` : 'ok',
      status: 200,
      answerHeaders: {},
      answer: JSON.stringify(answer),
      durationMs: performance.now() - startedAt,
      mchid: null,
      outTradeNo: null,
    })
  }
}
