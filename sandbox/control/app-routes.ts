import type { Router } from 'express'
import { z } from 'zod'
import { judgeJsConfig } from '../platform/js-config.ts'
import type { World } from '../world/world.ts'
import { readBody, refuse } from './respond.ts'

const quota = z.int().min(0).optional()
const SETTINGS = z.strictObject({
  isTradeManaged: z.boolean().optional(),
  ipList: z.array(z.ipv4('an IPv4 address, e.g. "203.0.113.9"')).nullable().optional(),
  isPublished: z.boolean().optional(),
  pages: z.array(z.string().min(1)).nullable().optional(),
  jsDomains: z.array(z.hostname('a host without scheme and port, e.g. "shop.example"')).nullable().optional(),
  codesAMinute: quota,
  tokensADay: quota,
  linksADay: quota,
  linkOpensADay: quota,
})

const RECEIVED = z.strictObject({ mchid: z.string(), outTradeNo: z.string() })
const LINK = z.strictObject({ url: z.string().max(2_048) })
const JS_CONFIG = z.strictObject({
  appid: z.string(),
  timestamp: z.string(),
  nonceStr: z.string(),
  signature: z.string(),
  urls: z.array(z.string().max(8_192)).min(1).max(2),
})
const PHONE_CODE = z.strictObject({ user: z.string(), appid: z.string() })

/** Why a link opens nothing: what the person reads on WeChat's page, and what the developer is told. */
const DEAD_LINKS = {
  unknown: { message: '链接不存在', reason: 'nobody ever made this link' },
  expired: { message: '链接已失效', reason: 'its time is over: make a new one' },
  'used-up': { message: '今日访问次数已达上限', reason: 'linkOpensADay of this app is used up' },
}

/** What is set for apps on WeChat's own pages, and what opening a link or a button leads to. */
export function addAppRoutes(router: Router, world: World): void {
  const { settings, people, links, merchants } = world
  router.get('/apps', (_req, res) => {
    const apps = [...merchants.apps.values()]
    res.json({ apps: apps.map(({ appid, name, kind }) => ({ name, kind, ...settings.of(appid) })) })
  })
  router.post('/apps/:appid', (req, res) => {
    const appid = String(req.params.appid)
    const body = readBody(req, res, SETTINGS)
    if (!body) return
    if (!merchants.apps.has(appid)) return refuse(res, 404, `no app ${appid}: see GET /_sandbox/apps`)
    res.json(settings.change(appid, body))
  })
  router.post('/links/open', (req, res) => {
    const body = readBody(req, res, LINK)
    if (!body) return
    const opened = links.open(body.url)
    if (typeof opened !== 'string') return void res.json(opened)
    res.status(opened === 'unknown' ? 404 : 410).json(DEAD_LINKS[opened])
  })
  router.post('/js-config', (req, res) => {
    const body = readBody(req, res, JS_CONFIG)
    if (!body) return
    const refusal = judgeJsConfig(world, body)
    res.status(refusal ? 422 : 200).json(refusal ?? {})
  })
  router.post('/shippings/received', (req, res) => {
    const body = readBody(req, res, RECEIVED)
    if (!body) return
    const trade = world.ledger.find(body.mchid, body.outTradeNo)
    const shipping = trade && world.shippings.find(trade)
    if (!trade || !shipping || world.shippings.stateOf(trade) !== 2)
      return refuse(res, 409, 'only what was shipped and not yet received can be received')
    world.shippings.save({ ...shipping, receivedAtMs: world.clock.nowMs() })
    res.json({ frozen: world.shippings.frozen() })
  })
  router.post('/phone-codes', (req, res) => {
    const body = readBody(req, res, PHONE_CODE)
    if (!body) return
    const app = merchants.apps.get(body.appid)
    if (!people.find(body.user)) return refuse(res, 404, `no user ${body.user}: see GET /_sandbox/users`)
    if (app?.kind !== 'mini-program')
      return refuse(res, 404, `no mini-program ${body.appid}: see GET /_sandbox/apps`)
    res.json({ code: world.codes.issue({ appid: app.appid, personId: body.user, scope: 'phone' }) })
  })
}
