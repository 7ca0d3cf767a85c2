import { beijingDigits } from './clock.ts'
import { digits } from './random.ts'
import { oneCopy, onePiece } from './texts.ts'

/** The ways to collect. Each has its own prepay address. */
export type TradeType = 'JSAPI' | 'NATIVE' | 'APP' | 'MWEB'

/** What WeChat Pay says about a trade. A failed attempt keeps NOTPAY. */
export type TradeState = 'NOTPAY' | 'SUCCESS' | 'REFUND' | 'CLOSED'

/** One order at WeChat Pay. In partner mode mchid and appid are the partner's (sp_mchid, sp_appid). */
export interface Trade {
  mchid: string
  outTradeNo: string
  appid: string
  subMchid: string | null
  subAppid: string | null
  tradeType: TradeType
  description: string
  attach: string | null
  deviceId: string | null
  /** Where the merchant saw the payer come from, when the order says so. */
  payerClientIp: string | null
  notifyUrl: string
  amountFen: number
  /** What a coupon paid of it; 0: none was used. */
  couponFen: number
  /** The combined order it is a part of: then it is paid, queried and closed by that one only. */
  combined: TradeRef | null
  /** The payer named at prepay, under `appid`, or under `subAppid` when `payerUnderSub`. Null: whoever comes first. */
  payerOpenid: string | null
  payerUnderSub: boolean
  /** Digest of all parameters: ordering again must repeat them. */
  parameters: string
  state: TradeState
  createdAtMs: number
  /** The last moment to pay. */
  expiresAtMs: number
  prepayCount: number
  transactionId: string | null
  paidAtMs: number | null
  /** Who paid, and who opened the cashier first: nobody else may. */
  paidBy: string | null
  claimedBy: string | null
}

/** A trade by its merchant's number. */
export interface TradeRef {
  mchid: string
  outTradeNo: string
}

/** Several orders paid at once, of which the payer sees one sum. Its money is that of its parts, its number its own. */
export interface Combine extends Trade {
  parts: readonly TradeRef[]
}

/** A trade that nobody has paid or touched. */
export function newTrade(
  given: Omit<
    Trade,
    'couponFen' | 'combined' | 'state' | 'prepayCount' | 'transactionId' | 'paidAtMs' | 'paidBy' | 'claimedBy'
  > & { combined?: TradeRef },
): Trade {
  return {
    ...sharing(given),
    combined: given.combined ?? null,
    couponFen: 0,
    state: 'NOTPAY',
    prepayCount: 0,
    transactionId: null,
    paidAtMs: null,
    paidBy: null,
    claimedBy: null,
  }
}

/** The texts that trades have in common are kept once. */
export function sharing<
  Kind extends Pick<Trade, 'mchid' | 'appid' | 'description' | 'notifyUrl' | 'payerOpenid'>,
>(trade: Kind): Kind {
  return {
    ...trade,
    mchid: oneCopy(trade.mchid),
    appid: oneCopy(trade.appid),
    description: oneCopy(trade.description),
    notifyUrl: oneCopy(trade.notifyUrl),
    payerOpenid: trade.payerOpenid === null ? null : oneCopy(trade.payerOpenid),
  }
}

/** WeChat's own number of a payment: 28 digits. */
export const newTransactionId = (nowMs: number): string =>
  onePiece(`4200002${digits(3)}${beijingDigits(nowMs).slice(0, 8)}${digits(10)}`)

/** What the payer's own purse gives: the rest is the coupon's. */
export const payerFen = ({ amountFen, couponFen }: Trade): number => amountFen - couponFen

/** Right to open the cashier for a trade. */
export interface Prepay {
  id: string
  trade: Trade
  /** Which of the trade's prepays it is, from 1. */
  ordinal: number
  createdAtMs: number
}

/** Merchants number their orders; a partner's numbers are unique over all its sub-merchants. */
export const tradeKey = ({ mchid, outTradeNo }: TradeRef): string => `${mchid} ${outTradeNo}`

/** Whose money a trade or a refund moves. */
export const payeeOf = ({ mchid, subMchid }: { mchid: string; subMchid: string | null }): string =>
  subMchid ?? mchid

/** Whether the cashier takes money for several orders. */
export const isCombine = (trade: Trade): trade is Combine => 'parts' in trade
