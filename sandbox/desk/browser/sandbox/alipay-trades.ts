import type { AlipayTradeView, RefundView, TradeView } from './views.ts'

/** Alipay's words for how a trade stands, in WeChat's; what was given back is told by its refunds. */
const STATES: Record<string, string> = {
  WAIT_BUYER_PAY: 'NOTPAY',
  TRADE_SUCCESS: 'SUCCESS',
  TRADE_FINISHED: 'SUCCESS',
  TRADE_CLOSED: 'CLOSED',
}

/** A trade at Alipay as a row of the one ledger. */
export function asTrade(trade: AlipayTradeView): TradeView {
  const { outTradeNo, amountFen, createdAt, expiresAt, paidAt } = trade
  return {
    isAtAlipay: true,
    mchid: trade.sellerId,
    appid: trade.appId,
    subMchid: null,
    subAppid: null,
    outTradeNo,
    transactionId: trade.tradeNo,
    tradeType: trade.productCode,
    tradeState: trade.refunds.length > 0 ? 'REFUND' : (STATES[trade.tradeStatus] ?? trade.tradeStatus),
    amountFen,
    description: trade.subject,
    notifyUrl: trade.notifyUrl ?? '—',
    payerOpenid: null,
    paidBy: trade.buyer,
    createdAt,
    expiresAt,
    paidAt,
  }
}

/** What went back of it: at Alipay a refund is over as soon as it is answered. */
export const refundsOf = (trade: AlipayTradeView): RefundView[] =>
  trade.refunds.map(({ outRequestNo, amountFen, at }) => ({
    mchid: trade.sellerId,
    outTradeNo: trade.outTradeNo,
    outRefundNo: outRequestNo,
    refundId: `${trade.tradeNo} ${outRequestNo}`,
    status: 'SUCCESS',
    amountFen,
    onPlatform: false,
    steps: [{ status: 'SUCCESS', at }],
  }))
