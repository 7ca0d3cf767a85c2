import type { Router } from 'express'
import { z } from 'zod'
import { REFUND_ENDS } from '../world/refunds.ts'
import { EFFECTS_AT } from '../world/weather-reach.ts'
import { WEATHER_APIS } from '../world/weather.ts'
import type { Effect } from '../world/weather.ts'
import type { World } from '../world/world.ts'
import { readBody, refuse } from './respond.ts'

const MATCH = z.strictObject({
  api: z.enum(WEATHER_APIS).optional(),
  mchid: z.string().optional(),
  appid: z.string().optional(),
  outTradeNo: z.string().optional(),
  over: z.strictObject({ count: z.int().min(1).max(100_000), inMs: z.int().min(1) }).optional(),
  nth: z.int().min(1).optional(),
  probability: z.number().min(0).max(1).optional(),
  seed: z.int().optional(),
  times: z.int().min(1).optional(),
  ttl: z.int().min(1).optional(),
})

/** What an error code means over HTTP, for rules that give the code only. */
const STATUS_OF: Record<string, number> = {
  PARAM_ERROR: 400,
  INVALID_REQUEST: 400,
  ORDERPAID: 400,
  ORDER_CLOSED: 400,
  MCH_NOT_EXISTS: 400,
  APPID_MCHID_NOT_MATCH: 400,
  SIGN_ERROR: 401,
  NO_AUTH: 403,
  OUT_TRADE_NO_USED: 403,
  TRADE_ERROR: 403,
  RULE_LIMIT: 403,
  NOT_ENOUGH: 403,
  ORDER_NOT_EXIST: 404,
  RESOURCE_NOT_EXISTS: 404,
  FREQUENCY_LIMITED: 429,
  RATELIMIT_EXCEEDED: 429,
  SYSTEM_ERROR: 500,
  SERVICE_UNAVAILABLE: 503,
}

const ERROR = z.union([
  z.string().transform((code) => ({ status: STATUS_OF[code] ?? 500, code })),
  z.strictObject({
    status: z.int().min(400).max(599),
    code: z.string(),
    message: z.string().optional(),
  }),
])

const fields = z.record(z.string(), z.unknown())
const EFFECT = z
  .strictObject({
    error: ERROR.optional(),
    delayMs: z.int().min(0).max(600_000).optional(),
    dropBefore: z.boolean().optional(),
    dropAfter: z.boolean().optional(),
    corruptSignature: z.boolean().optional(),
    signtest: z.boolean().optional(),
    wrongSerial: z.boolean().optional(),
    staleMs: z.int().optional(),
    alter: fields.optional(),
    tamper: fields.optional(),
    refundEnd: z.enum(REFUND_ENDS).optional(),
    refuseEarlyClose: z.boolean().optional(),
    couponFen: z.int().min(1).optional(),
    duplicate: z.int().min(1).max(100).optional(),
    reorder: z.boolean().optional(),
    lose: z.boolean().optional(),
  })
  .refine((effect) => Object.keys(effect).length > 0, { message: 'says what happens' })

const RULE = z
  .strictObject({ match: MATCH.default({}), effect: EFFECT })
  .superRefine(({ match: { api }, effect }, context) => {
    if (api === undefined) return
    for (const name of Object.keys(effect)) {
      const can = EFFECTS_AT[api]
      if (can.includes(name as keyof Effect)) continue
      const message = `does nothing at ${api}: there are ${can.join(', ')}`
      context.addIssue({ code: 'custom', path: ['effect', name], message })
    }
  })
const ROTATION = z.strictObject({
  mchid: z.string(),
  from: z.literal('certificate').optional(),
  to: z.enum(['public-key', 'certificate']),
  percent: z.number().min(0).max(100).default(100),
})

/** Weather, and the migration from platform certificate to public key. */
export function addRuleRoutes(router: Router, world: World): void {
  router.get('/rules', (_req, res) => void res.json({ rules: world.weather.all() }))
  router.post('/rules', (req, res) => {
    const body = readBody(req, res, RULE)
    if (body) res.status(201).json(world.weather.add(body.match, body.effect))
  })
  router.delete('/rules', (_req, res) => {
    world.weather.clear()
    res.json({})
  })
  router.delete('/rules/:id', (req, res) => {
    if (!world.weather.remove(String(req.params.id))) {
      return refuse(res, 404, `no rule ${req.params.id}: see GET /_sandbox/rules`)
    }
    res.json({})
  })
  router.post('/keys/rotate', (req, res) => {
    const body = readBody(req, res, ROTATION)
    if (!body) return
    const merchant = world.merchants.byMchid.get(body.mchid)
    if (!merchant) return refuse(res, 404, `no merchant ${body.mchid}: see GET /_sandbox/merchants`)
    merchant.mode = body.to === 'certificate' ? 'certificate' : 'migrating'
    merchant.publicKeyPercent = body.to === 'certificate' ? 0 : body.percent
    world.keepKeys()
    res.json({ mchid: merchant.mchid, mode: merchant.mode, publicKeyPercent: merchant.publicKeyPercent })
  })
}
