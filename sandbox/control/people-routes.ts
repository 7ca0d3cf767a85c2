import type { Router } from 'express'
import { z } from 'zod'
import { OUTCOMES } from '../world/cashier.ts'
import type { World } from '../world/world.ts'
import { readBody, refuse } from './respond.ts'

const NEW_USER = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'a short lower-case name, e.g. "carol"'),
  name: z.string().min(1).max(32).optional(),
  balanceFen: z.int().min(0).default(1_000_000),
})

/** What may be changed about a person: the purse, and how WeChat looks at them. */
const PERSON = z.strictObject({
  balanceFen: z.int().min(0).max(100_000_000_000).optional(),
  isSnapshot: z.boolean().optional(),
  isHighRisk: z.boolean().optional(),
})

const CODE = z.strictObject({
  user: z.string(),
  appid: z.string(),
  /** Only for official accounts. */
  scope: z.enum(['snsapi_base', 'snsapi_userinfo']).default('snsapi_base'),
})

/** Anything but texts is refused by the cashier itself, in WeChat's words. */
const anyText = z.unknown().transform((value) => (typeof value === 'string' ? value : ''))
const LAUNCH = z.object({
  user: z.string(),
  appid: z.string(),
  /** Only of wx.requestMedicalInsurancePay. */
  mixTradeNo: z.string().optional(),
  timeStamp: anyText,
  nonceStr: anyText,
  package: anyText,
  signType: anyText,
  paySign: anyText,
  /** The address of the web page that asks; without it a mini-program does. */
  page: z.string().optional(),
})

const LINK = z.strictObject({ user: z.string(), link: z.string().max(2048) })

const couponFen = z.int().min(0).optional()
const ACT = z.strictObject({ outcome: z.enum(OUTCOMES), couponFen })

const WAYS_TO_PAY = ['prepayId', 'codeUrl', 'h5Url', 'mixTradeNo', 'outTradeNo'] as const
const PAY = z
  .strictObject({
    prepayId: z.string().optional(),
    codeUrl: z.string().optional(),
    h5Url: z.string().optional(),
    /** An order that is there, by its numbers: the person comes back to it. */
    mchid: z.string().optional(),
    outTradeNo: z.string().optional(),
    /** A medical insurance order, with its cash part. */
    mixTradeNo: z.string().optional(),
    user: z.string(),
    outcome: z.enum(OUTCOMES).default('paid'),
    couponFen,
  })
  .refine((body) => WAYS_TO_PAY.filter((name) => body[name]).length === 1, {
    message: `exactly one of ${WAYS_TO_PAY.join(', ')} (with mchid) says what to pay`,
  })

/** What people do: users, codes, the cashier, and paying without a client. */
export function addPeopleRoutes(router: Router, world: World): void {
  router.get('/users', (_req, res) => void res.json({ users: world.people.all().map(world.people.view) }))
  router.post('/users', (req, res) => {
    const body = readBody(req, res, NEW_USER)
    if (!body) return
    if (world.people.find(body.id)) return refuse(res, 409, `there is already a user ${body.id}`)
    const person = world.people.add({ id: body.id, name: body.name ?? body.id, balanceFen: body.balanceFen })
    res.status(201).json(world.people.view(person))
  })
  router.post('/users/:id', (req, res) => {
    const body = readBody(req, res, PERSON)
    if (!body) return
    const person = world.people.find(String(req.params.id))
    if (!person) return refuse(res, 404, `no user ${req.params.id}: see GET /_sandbox/users`)
    const { balanceFen = person.balanceFen, ...switches } = body
    world.people.changeBalance(person, balanceFen - person.balanceFen)
    world.people.change(person, switches)
    res.json(world.people.view(person))
  })
  router.post('/codes', (req, res) => {
    const body = readBody(req, res, CODE)
    if (!body) return
    const app = world.merchants.apps.get(body.appid)
    if (!world.people.find(body.user))
      return refuse(res, 404, `no user ${body.user}: see GET /_sandbox/users`)
    if (!app) return refuse(res, 404, `no app ${body.appid}: see GET /_sandbox/merchants`)
    const scope = app.kind === 'official-account' ? body.scope : 'login'
    res.json({ code: world.codes.issue({ appid: app.appid, personId: body.user, scope }) })
  })
  router.post('/cashier', (req, res) => {
    const body = readBody(req, res, LAUNCH)
    if (!body) return
    const { user, ...parameters } = body
    const opened = world.cashier.launch({ personId: user, ...parameters })
    res.status('errMsg' in opened ? 422 : 200).json(opened)
  })
  router.post('/cashier/link', (req, res) => {
    const body = readBody(req, res, LINK)
    if (!body) return
    const opened = world.cashier.openLink(body.link, body.user)
    res.status('errMsg' in opened ? 422 : 200).json(opened)
  })
  router.post('/cashier/:id', (req, res) => {
    const body = readBody(req, res, ACT)
    if (!body) return
    const result = world.cashier.act(String(req.params.id), body)
    if (!result) return refuse(res, 404, 'this cashier is closed: launch it again')
    // The cashier was open and the order went away under it: the client hears a failure, and nobody can try again.
    res.json('errMsg' in result ? { result: 'fail', message: result.message, isOver: true } : result)
  })
  router.post('/pay', (req, res) => {
    const body = readBody(req, res, PAY)
    if (!body) return
    if (body.mixTradeNo !== undefined) {
      const result = world.cashier.payMedical(body.mixTradeNo, body.user, body)
      return void res.status('errMsg' in result ? 422 : 200).json(result)
    }
    const { outTradeNo, mchid = '' } = body
    const trade = outTradeNo === undefined ? null : world.ledger.find(mchid, outTradeNo)
    if (trade === undefined) {
      return refuse(res, 404, `no order ${outTradeNo} of ${mchid}: see GET /_sandbox/ledger`)
    }
    const result = trade
      ? world.cashier.payTrade(trade, body.user, body)
      : world.cashier.pay(prepayOf(body), body.user, body)
    res.status('errMsg' in result ? 422 : 200).json(result)
  })
}

/** What a code or a link leads to; an empty text leads nowhere, as the cashier will say. */
function prepayOf({ prepayId, codeUrl, h5Url }: z.infer<typeof PAY>): string {
  return prepayId ?? /[?&](?:pr|prepay_id)=([^&]+)/.exec(codeUrl ?? h5Url ?? '')?.[1] ?? ''
}
