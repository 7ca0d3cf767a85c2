import type { BusinessClock } from './clock.ts'
import { beijingDigits } from './clock.ts'
import type { Funds } from './funds.ts'
import type { Journal, Register } from './journal.ts'
import { emptyBooks, enter, ledgerRegisters, prepayRecord } from './ledger-registers.ts'
import { hexDigits } from './random.ts'
import { onePiece } from './texts.ts'
import { isCombine, newTransactionId, payeeOf, tradeKey } from './trade.ts'
import type { Combine, Prepay, Trade, TradeRef, TradeState } from './trade.ts'

/** The gateway's own truth. */
export interface Ledger {
  registers: Register[]
  find(mchid: string, outTradeNo: string): Trade | undefined
  findCombine(mchid: string, outTradeNo: string): Combine | undefined
  findByTransaction(transactionId: string): Trade | undefined
  findPrepay(id: string): Prepay | undefined
  /** The trade's state now: an order nobody paid closes itself. */
  stateOf(trade: Trade): TradeState
  open(trade: Trade): void
  /** Opens the combined order and its parts. */
  openCombine(combine: Combine, parts: readonly Trade[]): void
  partsOf(combine: Combine): Trade[]
  /** A fresh prepay_id for an open trade, or for one that is opened by it. */
  addPrepay(trade: Trade): Prepay
  claim(trade: Trade, personId: string): void
  /** Of a combined order every part is paid. A coupon pays so many fen of it, but never all. */
  markPaid(trade: Trade, personId: string, couponFen?: number): void
  /** Of a combined order every part is closed. */
  markClosed(trade: Trade): void
  /** Some of it was given back, or is about to be. */
  markRefunded(trade: Trade): void
  trades(): Iterable<Trade>
}

/** Unpaid orders close by themselves after seven days, or at their expiry when that is later. */
const SELF_CLOSE_MS = 7 * 86_400_000
const selfClosesAtMs = ({ createdAtMs, expiresAtMs }: Trade) =>
  Math.max(expiresAtMs, createdAtMs + SELF_CLOSE_MS)

export function createLedger(clock: BusinessClock, funds: Funds, journal: () => Journal): Ledger {
  const books = emptyBooks()
  const write = (trade: Trade) => {
    enter(books, trade)
    journal().append(isCombine(trade) ? 'combine' : 'trade', trade)
  }
  const find = (ref: TradeRef) => books.trades.get(tradeKey(ref))
  const partsOf = ({ parts }: Combine) => parts.map((part) => find(part)!)
  /** What happens to a combined order happens to its parts in the same write. */
  const together = (trade: Trade, work: (one: Trade) => void) => {
    journal().together(() => {
      for (const one of isCombine(trade) ? [...partsOf(trade), trade] : [trade]) {
        work(one)
        write(one)
      }
    })
  }
  const ledger: Ledger = {
    registers: ledgerRegisters(books, funds),
    find: (mchid, outTradeNo) => find({ mchid, outTradeNo }),
    findCombine: (mchid, outTradeNo) => books.combines.get(tradeKey({ mchid, outTradeNo })),
    findByTransaction: (transactionId) => books.byTransaction.get(transactionId),
    findPrepay: (id) => books.prepays.get(id),
    stateOf: (trade) =>
      trade.state === 'NOTPAY' && clock.nowMs() >= selfClosesAtMs(trade) ? 'CLOSED' : trade.state,
    open: write,
    openCombine: (combine, parts) => journal().together(() => [...parts, combine].forEach(write)),
    partsOf,
    addPrepay(trade) {
      const nowMs = clock.nowMs()
      const id = onePiece(`wx${beijingDigits(nowMs)}${hexDigits(20).toLowerCase()}`)
      trade.prepayCount += 1
      const prepay: Prepay = { id, trade, ordinal: trade.prepayCount, createdAtMs: nowMs }
      books.prepays.set(id, prepay)
      journal().together(() => {
        write(trade)
        journal().append('prepay', prepayRecord(prepay))
      })
      return prepay
    },
    claim(trade, personId) {
      if (trade.claimedBy === personId) return
      trade.claimedBy = personId
      write(trade)
    },
    markPaid(trade, personId, couponFen = 0) {
      const nowMs = clock.nowMs()
      let leftFen = couponFen
      together(trade, (one) => {
        // Parts come first, and what they used is the coupon of the whole.
        const usedFen = isCombine(one) ? couponFen - leftFen : Math.min(leftFen, one.amountFen - 1)
        const transactionId = one.transactionId ?? newTransactionId(nowMs)
        Object.assign(one, { state: 'SUCCESS', paidBy: personId, paidAtMs: nowMs, transactionId })
        one.couponFen = usedFen
        if (isCombine(one)) return
        leftFen -= usedFen
        funds.count(payeeOf(one), one.amountFen)
      })
    },
    markClosed: (trade) => together(trade, (one) => void (one.state = 'CLOSED')),
    markRefunded(trade) {
      if (trade.state === 'REFUND') return
      trade.state = 'REFUND'
      write(trade)
    },
    trades: () => books.trades.values(),
  }
  return ledger
}
