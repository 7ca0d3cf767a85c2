import type { Channel } from './truth.ts'

/** What can be wrong between WeChat or Alipay and a merchant's books. */
export const DIFFERENCE_KINDS = [
  /** Paid at WeChat or Alipay, not in the books. */
  'lost',
  /** Paid in the books, not there. */
  'invented',
  /** Two payments are kept for one order, or one too many was paid and not given back. */
  'doubled',
  /** Paid without paying for anything, and not given back. */
  'unreturned',
  'wrong-amount',
  /** The channel gives back, and the books do not know. */
  'refund-missing',
  /** The books have a refund that the channel does not have. */
  'refund-invented',
  'refund-amount',
  'refund-state',
  /** Open in the books, minutes after the last moment to pay. */
  'open-too-long',
  /** Closed in the books, and somebody can still pay it. */
  'still-payable',
] as const
export type DifferenceKind = (typeof DIFFERENCE_KINDS)[number]

/** One thing that is wrong. */
export interface Difference {
  kind: DifferenceKind
  channel: Channel
  mchid: string
  outTradeNo: string
  outRefundNo?: string
  /** What WeChat or Alipay says and what the books say: a state, or an amount in fen. Null: nothing. */
  actual?: string | number | null
  books?: string | number | null
  /** One sentence. */
  message: string
}
