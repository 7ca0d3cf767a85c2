import type { RefundStatus } from '../../world/refunds.ts'
import type { BookLine, BookRefund } from './books.ts'
import type { Difference } from './difference.ts'
import { CHANNEL_NAMES } from './truth.ts'
import type { TrueRefund, TrueTrade } from './truth.ts'

/** What the books may say of a refund of which the channel says this. */
const SAME: Record<RefundStatus, readonly string[]> = {
  PROCESSING: ['submitted', 'processing'],
  SUCCESS: ['succeeded'],
  ABNORMAL: ['abnormal'],
  CLOSED: ['closed'],
}
/** In these states the channel was not asked yet, never answered, or said no. */
const MAY_BE_UNKNOWN: readonly string[] = ['created', 'submitted', 'refused']

/** Refund by refund of one payment, by out_refund_no. */
export function compareRefunds(trade: TrueTrade | undefined, line: BookLine): Difference[] {
  const inBooks = new Map(line.refunds.map((refund) => [refund.outRefundNo, refund]))
  const missing = [...(trade?.refunds.values() ?? [])].filter(({ outRefundNo }) => !inBooks.has(outRefundNo))
  return [
    ...missing.map((refund) => missingRefund(line, refund)),
    ...line.refunds.flatMap((refund) => compareRefund(line, trade?.refunds.get(refund.outRefundNo), refund)),
  ]
}

/** The books do not have it. */
export function missingRefund(
  { channel, mchid, outTradeNo }: Pick<TrueTrade, 'channel' | 'mchid' | 'outTradeNo'>,
  { outRefundNo, amountFen, status }: TrueRefund,
): Difference {
  const message = `${CHANNEL_NAMES[channel]} has a refund of ${amountFen} fen (${status}) that the books do not know`
  const about = { channel, mchid, outTradeNo, outRefundNo }
  return { ...about, kind: 'refund-missing', actual: amountFen, books: null, message }
}

function compareRefund(line: BookLine, real: TrueRefund | undefined, refund: BookRefund): Difference[] {
  const { channel, mchid, outTradeNo } = line
  const name = CHANNEL_NAMES[channel]
  const about = { channel, mchid, outTradeNo, outRefundNo: refund.outRefundNo }
  if (!real) {
    if (MAY_BE_UNKNOWN.includes(refund.state)) return []
    const message = `the books have a refund that is ${refund.state}; ${name} has none of that number`
    return [{ ...about, kind: 'refund-invented', actual: null, books: refund.amountFen, message }]
  }
  const found: Difference[] = []
  if (real.amountFen !== refund.amountFen) {
    const message = `${name} gives back ${real.amountFen} fen, the books say ${refund.amountFen}`
    const amounts = { actual: real.amountFen, books: refund.amountFen }
    found.push({ ...about, kind: 'refund-amount', ...amounts, message })
  }
  if (!SAME[real.status].includes(refund.state)) {
    const message = `the refund is ${real.status} at ${name} and ${refund.state} in the books`
    found.push({ ...about, kind: 'refund-state', actual: real.status, books: refund.state, message })
  }
  return found
}
