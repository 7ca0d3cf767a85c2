import type { Trade } from '../world/trade.ts'
import type { World } from '../world/world.ts'

const iso = (atMs: number | null) => (atMs === null ? null : new Date(atMs).toISOString())

/** A trade as the control plane shows it: our words, not WeChat's. */
export function tradeView(world: World, trade: Trade): object {
  return {
    mchid: trade.mchid,
    appid: trade.appid,
    subMchid: trade.subMchid,
    subAppid: trade.subAppid,
    outTradeNo: trade.outTradeNo,
    transactionId: trade.transactionId,
    tradeType: trade.tradeType,
    tradeState: world.ledger.stateOf(trade),
    amountFen: trade.amountFen,
    description: trade.description,
    attach: trade.attach,
    notifyUrl: trade.notifyUrl,
    payerOpenid: trade.payerOpenid,
    paidBy: trade.paidBy,
    prepayCount: trade.prepayCount,
    createdAt: iso(trade.createdAtMs),
    expiresAt: iso(trade.expiresAtMs),
    paidAt: iso(trade.paidAtMs),
  }
}
