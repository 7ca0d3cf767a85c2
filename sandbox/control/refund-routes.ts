import type { Router } from 'express'
import { z } from 'zod'
import { Refused } from '../gateway/refusal.ts'
import { requireRefundable } from '../gateway/refund-rules.ts'
import { digits } from '../world/random.ts'
import { REFUND_ENDS, refundCost, refundStatus } from '../world/refunds.ts'
import type { Refund } from '../world/refunds.ts'
import type { World } from '../world/world.ts'
import { readBody, refuse } from './respond.ts'

const NEW_REFUND = z.strictObject({
  mchid: z.string(),
  outTradeNo: z.string(),
  /** Without it: all that is left. */
  amountFen: z.int().min(1).optional(),
  /** The address set on the platform for refunds; without it nobody is notified. */
  notifyUrl: z.url({ protocol: /^https?$/ }).optional(),
  end: z.enum(REFUND_ENDS).default('SUCCESS'),
})
const END = z.strictObject({ end: z.enum(REFUND_ENDS) })
const TRANSFER = z.strictObject({
  mchid: z.string(),
  amountFen: z.int().refine((fen) => fen !== 0, 'positive: a top-up, negative: a withdrawal'),
})

const iso = (atMs: number) => new Date(atMs).toISOString()

/** A refund as the control plane shows it: our words, not WeChat's. */
export function refundView(refund: Refund): object {
  return {
    mchid: refund.mchid,
    subMchid: refund.subMchid,
    outTradeNo: refund.outTradeNo,
    outRefundNo: refund.outRefundNo,
    refundId: refund.refundId,
    status: refundStatus(refund),
    amountFen: refund.amountFen,
    onPlatform: refund.parameters === null,
    channel: refund.channel,
    receivedAccount: refund.receivedAccount,
    notifyUrl: refund.notifyUrl,
    steps: refund.steps.map(({ status, atMs }) => ({ status, at: iso(atMs) })),
  }
}

/** Refunds made on WeChat's own platform, how a refund ends, and money between merchants and their banks. */
export function addRefundRoutes(router: Router, world: World): void {
  router.post('/refunds', (req, res) => {
    const body = readBody(req, res, NEW_REFUND)
    if (!body) return
    const trade = world.ledger.find(body.mchid, body.outTradeNo)
    if (!trade)
      return refuse(res, 404, `no order ${body.outTradeNo} of ${body.mchid}: see GET /_sandbox/ledger`)
    const refunded = world.refunds.ofTrade(trade).reduce((sum, refund) => sum + refundCost(refund), 0)
    const amountFen = body.amountFen ?? Math.max(trade.amountFen - refunded, 1)
    try {
      requireRefundable(world, trade, amountFen)
    } catch (error) {
      if (error instanceof Refused) return refuse(res, 422, `${error.code} ${error.message}`)
      throw error
    }
    const made = world.refunds.open({
      trade,
      outRefundNo: digits(29),
      amountFen,
      notifyUrl: body.notifyUrl ?? null,
      fundsAccount: 'AVAILABLE',
      from: [],
      parameters: null,
      end: body.end,
    })
    res.status(201).json(refundView(made))
  })
  router.post('/refunds/:id', (req, res) => {
    const body = readBody(req, res, END)
    if (!body) return
    const refund = world.refunds.findById(String(req.params.id))
    if (!refund) return refuse(res, 404, `no refund ${req.params.id}: see GET /_sandbox/ledger`)
    if (refundStatus(refund) !== 'PROCESSING') {
      return refuse(res, 409, `this refund is ${refundStatus(refund)}: only one under way can be ended`)
    }
    world.refunds.settle(refund, body.end)
    res.json(refundView(refund))
  })
  router.post('/transfers', (req, res) => {
    const body = readBody(req, res, TRANSFER)
    if (!body) return
    const { mchid, amountFen } = body
    const ofWechat = [...world.merchants.byMchid.values()].some(
      (merchant) => merchant.mchid === mchid || merchant.subMerchants.some((sub) => sub.mchid === mchid),
    )
    const isKnown = ofWechat || [...world.alipayApps.values()].some(({ sellerId }) => sellerId === mchid)
    if (!isKnown) return refuse(res, 404, `no merchant ${mchid}: see GET /_sandbox/merchants`)
    const freeFen = world.funds.balanceOf(mchid) - (world.shippings.frozen()[mchid] ?? 0)
    if (amountFen < 0 && freeFen + amountFen < 0) {
      return refuse(res, 422, `only ${freeFen} fen are there to be withdrawn`)
    }
    world.funds.transfer(mchid, amountFen)
    res.status(201).json({ mchid, balanceFen: world.funds.balanceOf(mchid) })
  })
}
