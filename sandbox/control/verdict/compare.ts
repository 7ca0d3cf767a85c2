import type { BookLine } from './books.ts'
import { compareRefunds, missingRefund } from './compare-refunds.ts'
import type { Difference } from './difference.ts'
import { CHANNEL_NAMES, truthKey } from './truth.ts'
import type { Truth, TrueTrade } from './truth.ts'

/** After its last moment to pay, a payment is to be final in the books within so much business time. */
const FINAL_WITHIN_MS = 5 * 60_000
const OPEN: readonly string[] = ['created', 'pending', 'closing']

/** What was looked at, and what is wrong. */
export interface Comparison {
  differences: Difference[]
  /** Lines of the books, and paid trades at WeChat and Alipay, that were compared. */
  lines: number
  trades: number
}

/** Whose trades count: those of the merchants in the books, and those notified to that server. */
export interface Scope {
  nowMs: number
  isNotified(trade: TrueTrade): boolean
}

/** Line by line of the books against what WeChat and Alipay know, then what they know and no line named. */
export async function compare(
  truth: Truth,
  books: AsyncIterable<BookLine>,
  { nowMs, isNotified }: Scope,
): Promise<Comparison> {
  const seen = new Set<string>()
  const mchids = new Set<string>()
  const surplus: BookLine[] = []
  const keptBy = new Map<string, string>()
  const differences: Difference[] = []
  for await (const line of books) {
    const key = truthKey(line)
    const trade = truth.get(key)
    seen.add(key)
    mchids.add(line.mchid)
    differences.push(...comparePayment(trade, line, nowMs), ...compareRefunds(trade, line))
    if (line.state !== 'paid') continue
    const other = keptBy.get(line.orderId)
    if (line.kept && other !== undefined) differences.push(keptTwice(line, other))
    if (line.kept) keptBy.set(line.orderId, line.outTradeNo)
    else if (trade?.isPaid) surplus.push(line)
  }
  differences.push(...surplus.flatMap((line) => unreturned(line, truth.get(truthKey(line))!, keptBy)))
  const inScope = [...truth.values()].filter((trade) => mchids.has(trade.mchid) || isNotified(trade))
  const unseen = inScope.filter((trade) => !seen.has(truthKey(trade)))
  differences.push(...unseen.flatMap(unknownToBooks))
  return { differences, lines: seen.size, trades: inScope.filter(({ isPaid }) => isPaid).length }
}

function comparePayment(trade: TrueTrade | undefined, line: BookLine, nowMs: number): Difference[] {
  const { channel, mchid, outTradeNo, state } = line
  const name = CHANNEL_NAMES[channel]
  const about = { channel, mchid, outTradeNo, actual: trade ? stateOf(trade) : null, books: state }
  if (trade?.isPaid && state !== 'paid') {
    const message = `paid at ${name} with ${trade.amountFen} fen, ${state} in the books`
    return [{ ...about, kind: 'lost', message }]
  }
  if (state === 'paid' && !trade?.isPaid) {
    const message = `paid in the books with ${line.amountFen} fen, ${trade ? 'not paid' : 'unknown'} at ${name}`
    return [{ ...about, kind: 'invented', message }]
  }
  if (state === 'paid' && trade && trade.amountFen !== line.amountFen) {
    const amounts = { actual: trade.amountFen, books: line.amountFen }
    const message = `${trade.amountFen} fen at ${name}, ${line.amountFen} in the books`
    return [{ ...about, ...amounts, kind: 'wrong-amount', message }]
  }
  if (trade && OPEN.includes(state) && nowMs > trade.expiresAtMs + FINAL_WITHIN_MS) {
    const message = `${state} in the books, though its last moment to pay was ${new Date(trade.expiresAtMs).toISOString()}`
    return [{ ...about, kind: 'open-too-long', message }]
  }
  if (trade?.isPayable && state === 'closed') {
    return [
      {
        ...about,
        kind: 'still-payable',
        message: `closed in the books, and ${name} still takes money for it`,
      },
    ]
  }
  return []
}

const stateOf = ({ isPaid, isPayable }: TrueTrade) => (isPaid ? 'paid' : isPayable ? 'open' : 'not paid')

function keptTwice({ channel, mchid, outTradeNo, orderId }: BookLine, other: string): Difference {
  return {
    kind: 'doubled',
    channel,
    mchid,
    outTradeNo,
    message: `order ${orderId} keeps this payment and ${other}`,
  }
}

/** Money that pays for nothing goes back, all of it. */
function unreturned(line: BookLine, trade: TrueTrade, keptBy: Map<string, string>): Difference[] {
  const { channel, mchid, outTradeNo, orderId } = line
  const back = [...trade.refunds.values()].filter(({ status }) => status !== 'CLOSED')
  const leftFen = trade.amountFen - back.reduce((sum, { amountFen }) => sum + amountFen, 0)
  if (leftFen <= 0) return []
  const kept = keptBy.get(orderId)
  const message =
    kept === undefined
      ? `paid, order ${orderId} does not keep it, and ${leftFen} fen of it were not given back`
      : `order ${orderId} was paid by ${kept} already, and ${leftFen} fen of this payment were not given back`
  return [{ kind: kept === undefined ? 'unreturned' : 'doubled', channel, mchid, outTradeNo, message }]
}

/** A trade of the merchant that no line of the books names. Unpaid it cost nobody anything. */
function unknownToBooks(trade: TrueTrade): Difference[] {
  if (!trade.isPaid) return []
  const { channel, mchid, outTradeNo, amountFen } = trade
  const message = `paid at ${CHANNEL_NAMES[channel]} with ${amountFen} fen, and the books have no such payment`
  return [
    { kind: 'lost', channel, mchid, outTradeNo, actual: 'paid', books: null, message },
    ...[...trade.refunds.values()].map((refund) => missingRefund(trade, refund)),
  ]
}
