import type { Router } from 'express'
import { z } from 'zod'
import type { NotifySender } from '../gateway/notify-sender.ts'
import type { World } from '../world/world.ts'
import { refundView } from './refund-routes.ts'
import { readBody, refuse } from './respond.ts'
import { tradeView } from './trade-view.ts'

const CLOCK = z
  .strictObject({
    at: z.iso.datetime({ offset: true }).optional(),
    advanceMs: z.int().optional(),
    frozen: z.boolean().optional(),
  })
  .refine((body) => body.at !== undefined || body.advanceMs !== undefined || body.frozen !== undefined, {
    message: 'one of at (ISO 8601), advanceMs and frozen says what to do',
  })

/** Beyond these WeChat's dates no longer look like dates. */
const EARLIEST_MS = Date.UTC(2000, 0)
const LATEST_MS = Date.UTC(2200, 0)

const RESTORE = z.strictObject({ id: z.string() })

/** What is so: ledger, inbox, clock, and the whole state at once. */
export function addStateRoutes(router: Router, world: World, sender: NotifySender): void {
  router.get('/ledger', (req, res) => {
    const { outTradeNo, mchid } = req.query
    const isAsked = (one: { mchid: string; outTradeNo: string }) =>
      (outTradeNo === undefined || one.outTradeNo === outTradeNo) &&
      (mchid === undefined || one.mchid === mchid)
    // Refunds first: looking at them may end some, which the trades and balances below then show.
    const refunds = world.refunds.all().filter(isAsked)
    const trades = [...world.ledger.trades()].filter(isAsked)
    res.json({
      trades: trades.map((trade) => tradeView(world, trade)),
      refunds: refunds.map(refundView),
      balances: world.funds.balances(),
    })
  })
  router.get('/calls', (_req, res) => void res.json({ calls: world.inbox.calls() }))
  router.get('/notifications', (_req, res) => {
    res.json({ notifications: world.inbox.notifications(), pending: sender.pendingCount() })
  })
  router.post('/notifications/:id/resend', (req, res) => {
    if (!sender.resend(String(req.params.id))) return refuse(res, 404, 'this notification is not remembered')
    res.status(202).json({})
  })
  router.get('/clock', (_req, res) => void res.json(world.clock.read()))
  router.post('/clock', (req, res) => {
    const body = readBody(req, res, CLOCK)
    if (!body) return
    const atMs = (body.at === undefined ? world.clock.nowMs() : Date.parse(body.at)) + (body.advanceMs ?? 0)
    if (!(atMs >= EARLIEST_MS && atMs < LATEST_MS)) {
      return refuse(res, 400, 'the clock stays between the years 2000 and 2200')
    }
    if (body.frozen !== undefined) world.clock.setFrozen(body.frozen)
    if (body.at !== undefined || body.advanceMs !== undefined) world.clock.setMs(atMs)
    res.json(world.clock.read())
  })
  router.post('/reset', (_req, res) => {
    world.reset()
    res.json({})
  })
  router.post('/snapshot', (_req, res) => void res.status(201).json({ id: world.snapshot() }))
  router.post('/restore', (req, res) => {
    const body = readBody(req, res, RESTORE)
    if (!body) return
    if (!world.restore(body.id))
      return refuse(res, 404, `no snapshot ${body.id}: take one with POST /_sandbox/snapshot`)
    res.json({})
  })
}
