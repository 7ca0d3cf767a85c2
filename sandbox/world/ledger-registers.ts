import type { Funds } from './funds.ts'
import type { Register } from './journal.ts'
import { onePiece } from './texts.ts'
import { isCombine, payeeOf, sharing, tradeKey } from './trade.ts'
import type { Combine, Prepay, Trade, TradeRef } from './trade.ts'

/** Everything in the ledger, by its keys. */
interface LedgerBooks {
  trades: Map<string, Trade>
  combines: Map<string, Combine>
  byTransaction: Map<string, Trade>
  prepays: Map<string, Prepay>
}

export const emptyBooks = (): LedgerBooks => ({
  trades: new Map(),
  combines: new Map(),
  byTransaction: new Map(),
  prepays: new Map(),
})

/** Puts a trade under its keys. */
export function enter({ trades, combines, byTransaction }: LedgerBooks, trade: Trade): void {
  if (isCombine(trade)) {
    combines.set(tradeKey(trade), trade)
    return
  }
  const key = tradeKey(trade)
  if (trades.get(key) !== trade) trades.set(onePiece(key), trade)
  if (trade.transactionId !== null) byTransaction.set(trade.transactionId, trade)
}

/** A prepay as it is kept: its trade by key. */
interface PrepayRecord extends TradeRef {
  id: string
  isCombine?: true
  /** Absent: an older sandbox kept it, to which each was as good as the newest. */
  ordinal?: number
  createdAtMs: number
}

export function prepayRecord({ id, trade, ordinal, createdAtMs }: Prepay): PrepayRecord {
  const { mchid, outTradeNo } = trade
  return { id, mchid, outTradeNo, ordinal, createdAtMs, ...(isCombine(trade) && { isCombine: true }) }
}

/** A trade as an older sandbox kept it: it knew no coupons and no combined orders. */
const complete = <Kind extends Trade>(kept: Kind): Kind => ({
  ...sharing(kept),
  couponFen: kept.couponFen ?? 0,
  combined: kept.combined ?? null,
})

/** A later line changes the trade that is there: prepays hold on to it. */
const replace = <Kind extends Trade>(known: Kind | undefined, kept: Kind): Kind =>
  known ? Object.assign(known, complete(kept)) : complete(kept)

/** The ledger's registers, in the order in which they can be loaded: prepays name trades. */
export function ledgerRegisters(books: LedgerBooks, funds: Funds): Register[] {
  return [tradeRegister(books, funds), combineRegister(books), prepayRegister(books)]
}

function tradeRegister(books: LedgerBooks, funds: Funds): Register {
  const taken = (trade: Trade | undefined) => (trade && trade.paidAtMs !== null ? trade.amountFen : 0)
  return {
    kind: 'trade',
    entities: () => books.trades.values(),
    load(trade: Trade) {
      // Its earlier lines may have been counted already.
      const byFen = taken(trade) - taken(books.trades.get(tradeKey(trade)))
      if (byFen !== 0) funds.count(payeeOf(trade), byFen)
      enter(books, replace(books.trades.get(tradeKey(trade)), trade))
    },
    clear() {
      books.trades.clear()
      books.byTransaction.clear()
    },
  }
}

/** A combined order moves no money of its own. */
function combineRegister(books: LedgerBooks): Register {
  return {
    kind: 'combine',
    entities: () => books.combines.values(),
    load: (combine: Combine) => enter(books, replace(books.combines.get(tradeKey(combine)), combine)),
    clear: () => books.combines.clear(),
  }
}

function prepayRegister({ trades, combines, prepays }: LedgerBooks): Register {
  return {
    kind: 'prepay',
    *entities() {
      for (const prepay of prepays.values()) yield prepayRecord(prepay)
    },
    load({ id, createdAtMs, ordinal, ...ref }: PrepayRecord) {
      const trade = (ref.isCombine ? combines : trades).get(tradeKey(ref))
      if (trade) prepays.set(id, { id, trade, ordinal: ordinal ?? trade.prepayCount, createdAtMs })
    },
    clear: () => prepays.clear(),
  }
}
