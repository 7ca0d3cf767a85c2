import type { BusinessClock } from './clock.ts'
import { beijingTime } from './clock.ts'
import type { Funds } from './funds.ts'
import type { Journal, Register } from './journal.ts'
import { digits, hexDigits } from './random.ts'

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
  notifyUrl: string
  amountFen: number
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

/** Right to open the cashier for a trade. */
export interface Prepay {
  id: string
  trade: Trade
  createdAtMs: number
}

/** Merchants number their orders; a partner's numbers are unique over all its sub-merchants. */
type TradeKey = string

/** The gateway's own truth. */
export interface Ledger {
  registers: Register[]
  find(mchid: string, outTradeNo: string): Trade | undefined
  findByTransaction(transactionId: string): Trade | undefined
  findPrepay(id: string): Prepay | undefined
  /** The trade's state now: an order nobody paid closes itself. */
  stateOf(trade: Trade): TradeState
  open(trade: Trade): void
  /** A fresh prepay_id for an open trade. */
  addPrepay(trade: Trade): Prepay
  claim(trade: Trade, personId: string): void
  markPaid(trade: Trade, personId: string): void
  markClosed(trade: Trade): void
  /** Some of it was given back, or is about to be. */
  markRefunded(trade: Trade): void
  trades(): Iterable<Trade>
}

/** Unpaid orders close by themselves after seven days, or at their expiry when that is later. */
const SELF_CLOSE_MS = 7 * 86_400_000

const keyOf = (mchid: string, outTradeNo: string): TradeKey => `${mchid} ${outTradeNo}`

/** Whose money a trade or a refund moves. */
export const payeeOf = ({ mchid, subMchid }: { mchid: string; subMchid: string | null }): string =>
  subMchid ?? mchid

/** A prepay as it is kept: its trade by key. */
interface PrepayRecord {
  id: string
  mchid: string
  outTradeNo: string
  createdAtMs: number
}

export function createLedger(clock: BusinessClock, funds: Funds, journal: () => Journal): Ledger {
  const trades = new Map<TradeKey, Trade>()
  const byTransaction = new Map<string, Trade>()
  const prepays = new Map<string, Prepay>()
  const index = (trade: Trade) => {
    trades.set(keyOf(trade.mchid, trade.outTradeNo), trade)
    if (trade.transactionId !== null) byTransaction.set(trade.transactionId, trade)
  }
  const write = (trade: Trade) => {
    index(trade)
    journal().append('trade', trade)
  }
  const ledger: Ledger = {
    registers: [
      tradeRegister(trades, byTransaction, funds, index),
      prepayRegister(prepays, (mchid, outTradeNo) => trades.get(keyOf(mchid, outTradeNo))),
    ],
    find: (mchid, outTradeNo) => trades.get(keyOf(mchid, outTradeNo)),
    findByTransaction: (transactionId) => byTransaction.get(transactionId),
    findPrepay: (id) => prepays.get(id),
    stateOf(trade) {
      if (trade.state !== 'NOTPAY') return trade.state
      const closesAtMs = Math.max(trade.expiresAtMs, trade.createdAtMs + SELF_CLOSE_MS)
      return clock.nowMs() >= closesAtMs ? 'CLOSED' : 'NOTPAY'
    },
    open: write,
    addPrepay(trade) {
      const nowMs = clock.nowMs()
      const moment = beijingTime(nowMs).replace(/\D/g, '').slice(0, 14)
      const prepay: Prepay = { id: `wx${moment}${hexDigits(20).toLowerCase()}`, trade, createdAtMs: nowMs }
      trade.prepayCount += 1
      prepays.set(prepay.id, prepay)
      write(trade)
      journal().append('prepay', prepayRecord(prepay))
      return prepay
    },
    claim(trade, personId) {
      if (trade.claimedBy === personId) return
      trade.claimedBy = personId
      write(trade)
    },
    markPaid(trade, personId) {
      const nowMs = clock.nowMs()
      trade.state = 'SUCCESS'
      trade.paidBy = personId
      trade.paidAtMs = nowMs
      trade.transactionId = `4200002${digits(3)}${beijingTime(nowMs).replace(/\D/g, '').slice(0, 8)}${digits(10)}`
      funds.count(payeeOf(trade), trade.amountFen)
      write(trade)
    },
    markClosed(trade) {
      trade.state = 'CLOSED'
      write(trade)
    },
    markRefunded(trade) {
      if (trade.state === 'REFUND') return
      trade.state = 'REFUND'
      write(trade)
    },
    trades: () => trades.values(),
  }
  return ledger
}

function tradeRegister(
  trades: Map<TradeKey, Trade>,
  byTransaction: Map<string, Trade>,
  funds: Funds,
  index: (trade: Trade) => void,
): Register {
  const taken = (trade: Trade | undefined) => (trade && trade.paidAtMs !== null ? trade.amountFen : 0)
  return {
    kind: 'trade',
    entities: () => trades.values(),
    load(trade: Trade) {
      // Its earlier lines may have been counted already.
      const byFen = taken(trade) - taken(trades.get(keyOf(trade.mchid, trade.outTradeNo)))
      if (byFen !== 0) funds.count(payeeOf(trade), byFen)
      index(trade)
    },
    clear() {
      trades.clear()
      byTransaction.clear()
    },
  }
}

function prepayRecord(prepay: Prepay): PrepayRecord {
  const { mchid, outTradeNo } = prepay.trade
  return { id: prepay.id, mchid, outTradeNo, createdAtMs: prepay.createdAtMs }
}

function prepayRegister(
  prepays: Map<string, Prepay>,
  find: (mchid: string, outTradeNo: string) => Trade | undefined,
): Register {
  return {
    kind: 'prepay',
    *entities() {
      for (const prepay of prepays.values()) yield prepayRecord(prepay)
    },
    load(record: PrepayRecord) {
      const trade = find(record.mchid, record.outTradeNo)
      if (trade) prepays.set(record.id, { id: record.id, trade, createdAtMs: record.createdAtMs })
    },
    clear: () => prepays.clear(),
  }
}
