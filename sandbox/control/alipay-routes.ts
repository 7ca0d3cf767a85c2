import type { Router } from 'express'
import { z } from 'zod'
import type { Alipay } from '../alipay/alipay.ts'
import type { AlipayTrade } from '../world/alipay-trades.ts'
import { OUTCOMES } from '../world/cashier.ts'
import type { World } from '../world/world.ts'
import { readBody } from './respond.ts'

const PAY = z.strictObject({
  /** Of a pay page (gateway.do?…), or what a QR code holds. */
  alipayUrl: z.url(),
  user: z.string(),
  outcome: z.enum(OUTCOMES).default('paid'),
})

const iso = (atMs: number | null) => (atMs === null ? null : new Date(atMs).toISOString())

/** A trade at Alipay as the ledger route shows it. */
export function alipayTradeView(world: World, trade: AlipayTrade): object {
  return {
    appId: trade.appId,
    sellerId: trade.sellerId,
    outTradeNo: trade.outTradeNo,
    tradeNo: trade.tradeNo,
    productCode: trade.productCode,
    tradeStatus: world.alipayTrades.statusOf(trade),
    amountFen: trade.amountFen,
    subject: trade.subject,
    notifyUrl: trade.notifyUrl,
    buyer: trade.buyer,
    createdAt: iso(trade.createdAtMs),
    expiresAt: iso(trade.expiresAtMs),
    paidAt: iso(trade.paidAtMs),
    closedAt: iso(trade.closedAtMs),
    refunds: trade.refunds.map(({ atMs, ...refund }) => ({ ...refund, at: iso(atMs) })),
  }
}

/** Alipay's apps with their keys, and paying there without a browser. */
export function addAlipayRoutes(router: Router, world: World, alipay: Alipay): void {
  router.get('/alipay', (_req, res) => {
    res.json({
      apps: [...world.alipayApps.values()].map((app) => ({
        appId: app.appId,
        name: app.name,
        sellerId: app.sellerId,
        appPrivateKeyPem: app.appPrivateKeyPem,
        alipayPublicKeyPem: app.alipayPublicKeyPem,
      })),
    })
  })
  router.post('/pay', (req, res, next) => {
    const isAlipay = typeof req.body === 'object' && req.body !== null && 'alipayUrl' in req.body
    if (!isAlipay) return next()
    const body = readBody(req, res, PAY)
    if (!body) return
    const result = alipay.pay(body.alipayUrl, body.user, body.outcome)
    res.status('subCode' in result ? 422 : 200).json(result)
  })
}
