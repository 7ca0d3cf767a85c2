import type { RefundStatus } from '../../world/refunds.ts'
import { refundStatus } from '../../world/refunds.ts'
import type { World } from '../../world/world.ts'

/** A refund as WeChat knows it. */
export interface TrueRefund {
  outRefundNo: string
  amountFen: number
  status: RefundStatus
}

/** An order as WeChat knows it. */
export interface TrueTrade {
  mchid: string
  outTradeNo: string
  notifyUrl: string
  isPaid: boolean
  /** Nobody paid it yet, and somebody still can. */
  isPayable: boolean
  amountFen: number
  /** The last moment to pay. */
  expiresAtMs: number
  /** By out_refund_no. */
  refunds: Map<string, TrueRefund>
}

/** What WeChat knows, by merchant and out_trade_no. */
export type Truth = Map<string, TrueTrade>

export const truthKey = ({ mchid, outTradeNo }: { mchid: string; outTradeNo: string }): string =>
  `${mchid} ${outTradeNo}`

/** The whole ledger. */
export function ledgerTruth(world: World): Truth {
  const nowMs = world.clock.nowMs()
  const truth: Truth = new Map()
  for (const trade of world.ledger.trades()) {
    const { mchid, outTradeNo, notifyUrl, amountFen, expiresAtMs } = trade
    const refunds = world.refunds.ofTrade(trade).map((refund): [string, TrueRefund] => {
      const { outRefundNo, amountFen: backFen } = refund
      return [outRefundNo, { outRefundNo, amountFen: backFen, status: refundStatus(refund) }]
    })
    truth.set(truthKey(trade), {
      mchid,
      outTradeNo,
      notifyUrl,
      isPaid: trade.paidAtMs !== null,
      isPayable: world.ledger.stateOf(trade) === 'NOTPAY' && nowMs < expiresAtMs,
      amountFen,
      expiresAtMs,
      refunds: new Map(refunds),
    })
  }
  return truth
}
