import type { Request, Router } from 'express'
import { z } from 'zod'
import { explainSignature } from '../gateway/explain-signature.ts'
import type { NotifySender } from '../gateway/notify-sender.ts'
import { beijingTime } from '../world/clock.ts'
import type { World } from '../world/world.ts'
import { alipayTradeView } from './alipay-routes.ts'
import { refundView } from './refund-routes.ts'
import { readBody, refuse } from './respond.ts'
import { tradeView } from './trade-view.ts'

const CLOCK = z
  .strictObject({
    at: z.iso.datetime({ offset: true }).optional(),
    advanceMs: z.int().optional(),
    /** The next time that clocks in Beijing show this, e.g. "10:00" for the bill of today. */
    toTime: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of the day in Beijing, e.g. "10:00"')
      .optional(),
    frozen: z.boolean().optional(),
  })
  .refine((body) => Object.values(body).some((value) => value !== undefined), {
    message: 'one of at (ISO 8601), advanceMs, toTime and frozen says what to do',
  })
  .refine((body) => body.toTime === undefined || (body.at ?? body.advanceMs) === undefined, {
    message: 'toTime goes without at and advanceMs',
  })

const DAY_MS = 86_400_000
/** Beyond these WeChat's dates no longer look like dates. */
const EARLIEST_MS = Date.UTC(2000, 0)
const LATEST_MS = Date.UTC(2200, 0)

const RESTORE = z.strictObject({ id: z.string() })
const SNAPSHOT = z.strictObject({ name: z.string().trim().max(60).optional() })

/** The newest so many, as `?limit=` asks; all of them without it. The newest stand last. */
function newest<Item>(items: Item[], limit: unknown): Item[] {
  return typeof limit === 'string' && /^[1-9]\d{0,5}$/.test(limit) ? items.slice(-Number(limit)) : items
}

/** Whether something is about the order that `?outTradeNo=` names; everything is where it names none. */
const isOf =
  ({ query: { outTradeNo } }: Request) =>
  (one: { outTradeNo: string | null }): boolean =>
    outTradeNo === undefined || one.outTradeNo === outTradeNo

/** Where the clock is to go; null: nowhere. */
function momentOf({ at, advanceMs, toTime }: z.infer<typeof CLOCK>, nowMs: number): number | null {
  if (toTime !== undefined) {
    const todayMs = Date.parse(`${beijingTime(nowMs).slice(0, 10)}T${toTime}:00+08:00`)
    return todayMs > nowMs ? todayMs : todayMs + DAY_MS
  }
  if (at === undefined && advanceMs === undefined) return null
  return (at === undefined ? nowMs : Date.parse(at)) + (advanceMs ?? 0)
}

/** What is so: ledger, inbox, clock, and the whole state at once. */
export function addStateRoutes(router: Router, world: World, sender: NotifySender): void {
  router.get('/ledger', (req, res) => {
    const { outTradeNo, mchid, limit } = req.query
    const isAsked = (one: { mchid: string; outTradeNo: string }) =>
      (outTradeNo === undefined || one.outTradeNo === outTradeNo) &&
      (mchid === undefined || one.mchid === mchid)
    // Refunds first: looking at them may end some, which the trades and balances below then show.
    const refunds = newest(world.refunds.all().filter(isAsked), limit)
    const trades = newest([...world.ledger.trades()].filter(isAsked), limit)
    const atAlipay = [...world.alipayTrades.all()].filter((trade) =>
      isAsked({ mchid: trade.sellerId, outTradeNo: trade.outTradeNo }),
    )
    res.json({
      trades: trades.map((trade) => tradeView(world, trade)),
      refunds: refunds.map(refundView),
      alipayTrades: newest(atAlipay, limit).map((trade) => alipayTradeView(world, trade)),
      balances: world.funds.balances(),
      frozen: world.shippings.frozen(),
    })
  })
  router.get('/calls', (req, res) => {
    res.json({ calls: newest(world.inbox.calls().filter(isOf(req)), req.query.limit) })
  })
  router.get('/calls/:id', (req, res) => {
    const call = world.inbox.call(Number(req.params.id))
    if (!call) return refuse(res, 404, `call ${req.params.id} is not remembered: see GET /_sandbox/calls`)
    const isSigned = call.url.startsWith('/v3/')
    res.json({ ...call, signature: isSigned ? explainSignature(world.merchants, call) : null })
  })
  router.get('/notifications', (req, res) => {
    const notifications = newest(world.inbox.notifications().filter(isOf(req)), req.query.limit)
    res.json({ notifications, pending: sender.pendingCount() })
  })
  router.post('/notifications/:id/resend', (req, res) => {
    const { id } = req.params
    if (!sender.resend(id)) {
      return refuse(res, 404, `notification ${id} is not remembered: see GET /_sandbox/notifications`)
    }
    res.status(202).json({})
  })
  router.get('/clock', (_req, res) => void res.json(world.clock.read()))
  router.post('/clock', (req, res) => {
    const body = readBody(req, res, CLOCK)
    if (!body) return
    const atMs = momentOf(body, world.clock.nowMs())
    if (atMs !== null && !(atMs >= EARLIEST_MS && atMs < LATEST_MS)) {
      return refuse(res, 400, 'the clock stays between the years 2000 and 2200')
    }
    if (body.frozen !== undefined) world.clock.setFrozen(body.frozen)
    if (atMs !== null) world.clock.setMs(atMs)
    res.json(world.clock.read())
  })
  router.post('/reset', (_req, res) => {
    world.reset()
    res.json({})
  })
  addSnapshotRoutes(router, world)
}

/** The whole state, kept and brought back. */
function addSnapshotRoutes(router: Router, world: World): void {
  const ids = () => world.snapshots().map(({ id }) => id)
  router.get('/snapshots', (_req, res) => {
    res.json({ snapshots: world.snapshots() })
  })
  router.post('/snapshot', (req, res) => {
    const body = readBody(req, res, SNAPSHOT)
    if (!body) return
    const snapshot = world.snapshot(body.name)
    res.status(201).json({ ...snapshot, kept: ids() })
  })
  router.post('/restore', (req, res) => {
    const body = readBody(req, res, RESTORE)
    if (!body) return
    if (!world.restore(body.id)) return refuse(res, 404, noSnapshot(body.id, ids()))
    res.json({})
  })
}

function noSnapshot(id: string, kept: readonly string[]): string {
  const others = kept.length === 0 ? '' : ` (kept: ${kept.join(', ')})`
  return `no snapshot ${id.slice(0, 20)}: take one with POST /_sandbox/snapshot${others}`
}
