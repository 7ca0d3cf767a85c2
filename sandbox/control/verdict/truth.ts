import type { RefundStatus } from '../../world/refunds.ts'
import { refundStatus } from '../../world/refunds.ts'
import type { World } from '../../world/world.ts'

/** A refund as its channel knows it. Alipay has made it, or there is none. */
export interface TrueRefund {
  outRefundNo: string
  amountFen: number
  status: RefundStatus
}

/** Who takes the money, as the books name it. */
export type Channel = 'wechatpay' | 'alipay'

/** How a sentence names it. */
export const CHANNEL_NAMES: Record<Channel, string> = { wechatpay: 'WeChat', alipay: 'Alipay' }

/** An order as its channel knows it. */
export interface TrueTrade {
  channel: Channel
  /** At Alipay: seller_id. */
  mchid: string
  outTradeNo: string
  notifyUrl: string
  isPaid: boolean
  /** Nobody paid it yet, and somebody still can. */
  isPayable: boolean
  amountFen: number
  /** The last moment to pay. */
  expiresAtMs: number
  /** By out_refund_no; at Alipay out_request_no. */
  refunds: Map<string, TrueRefund>
}

/** What WeChat and Alipay know, by channel, merchant and out_trade_no. */
export type Truth = Map<string, TrueTrade>

type TradeNumber = Pick<TrueTrade, 'channel' | 'mchid' | 'outTradeNo'>

export const truthKey = ({ channel, mchid, outTradeNo }: TradeNumber): string =>
  `${channel} ${mchid} ${outTradeNo}`

/** The whole ledger, of both. */
export function ledgerTruth(world: World): Truth {
  const trades = [...wechatTrades(world), ...alipayTrades(world)]
  return new Map(trades.map((trade) => [truthKey(trade), trade]))
}

function* wechatTrades(world: World): Generator<TrueTrade> {
  const nowMs = world.clock.nowMs()
  for (const trade of world.ledger.trades()) {
    const { mchid, outTradeNo, notifyUrl, amountFen, expiresAtMs } = trade
    const refunds = world.refunds.ofTrade(trade).map((refund): [string, TrueRefund] => {
      const { outRefundNo, amountFen: backFen } = refund
      return [outRefundNo, { outRefundNo, amountFen: backFen, status: refundStatus(refund) }]
    })
    yield {
      channel: 'wechatpay',
      mchid,
      outTradeNo,
      notifyUrl,
      isPaid: trade.paidAtMs !== null,
      isPayable: world.ledger.stateOf(trade) === 'NOTPAY' && nowMs < expiresAtMs,
      amountFen,
      expiresAtMs,
      refunds: new Map(refunds),
    }
  }
}

function* alipayTrades({ alipayTrades: book }: World): Generator<TrueTrade> {
  for (const trade of book.all()) {
    const refunds = trade.refunds.map(({ outRequestNo, amountFen }): [string, TrueRefund] => {
      return [outRequestNo, { outRefundNo: outRequestNo, amountFen, status: 'SUCCESS' }]
    })
    yield {
      channel: 'alipay',
      mchid: trade.sellerId,
      outTradeNo: trade.outTradeNo,
      notifyUrl: trade.notifyUrl ?? '',
      isPaid: trade.paidAtMs !== null,
      isPayable: book.statusOf(trade) === 'WAIT_BUYER_PAY',
      amountFen: trade.amountFen,
      expiresAtMs: trade.expiresAtMs,
      refunds: new Map(refunds),
    }
  }
}
