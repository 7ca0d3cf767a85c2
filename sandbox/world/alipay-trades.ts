import type { BusinessClock } from './clock.ts'
import { beijingDigits } from './clock.ts'
import type { Funds } from './funds.ts'
import type { Journal, Register } from './journal.ts'
import type { People, Person } from './people.ts'
import { digits } from './random.ts'
import { createSignal } from './signal.ts'

/** https://opendocs.alipay.com/apis/api_1/alipay.trade.query: all that trade_status can be. */
export type AlipayStatus = 'WAIT_BUYER_PAY' | 'TRADE_SUCCESS' | 'TRADE_CLOSED' | 'TRADE_FINISHED'

/** One refund. Alipay has made it, or refused it, when it answers. */
export interface AlipayRefund {
  outRequestNo: string
  amountFen: number
  reason: string | null
  atMs: number
}

/** What a trade is made of; the rest follows. */
export interface AlipayTradeWish {
  appId: string
  sellerId: string
  outTradeNo: string
  /** QUICK_WAP_WAY, FAST_INSTANT_TRADE_PAY, or of a QR code: FACE_TO_FACE_PAYMENT. */
  productCode: string
  subject: string
  body: string | null
  passbackParams: string | null
  amountFen: number
  notifyUrl: string | null
  /** The last moment to pay. */
  expiresAtMs: number
}

/** One trade at Alipay. It exists from the moment a buyer opens the cashier, not before. Plain JSON. */
export interface AlipayTrade extends AlipayTradeWish {
  tradeNo: string
  createdAtMs: number
  /** Whoever opened the cashier first; nobody else may pay. */
  buyer: string
  paidAtMs: number | null
  closedAtMs: number | null
  refunds: AlipayRefund[]
}

/** Alipay's own truth. */
export interface AlipayTrades {
  register: Register
  find(appId: string, outTradeNo: string): AlipayTrade | undefined
  findByTradeNo(tradeNo: string): AlipayTrade | undefined
  /** Its status now: time closes what nobody paid, and finishes what cannot be refunded any more. */
  statusOf(trade: AlipayTrade): AlipayStatus
  open(wish: AlipayTradeWish, buyer: string): AlipayTrade
  /** Takes the buyer's money. */
  markPaid(trade: AlipayTrade, buyer: Person): void
  markClosed(trade: AlipayTrade): void
  /** Gives money back to the buyer. */
  addRefund(trade: AlipayTrade, refund: Omit<AlipayRefund, 'atMs'>): void
  all(): Iterable<AlipayTrade>
  /** Calls back inside the write in which a trade became paid. */
  onPaid(listener: (trade: AlipayTrade) => void): void
}

/** What the book works with. */
export interface AlipayTradesDeps {
  clock: BusinessClock
  funds: Funds
  people: People
  journal: () => Journal
}

/** Refunds are taken for twelve months. https://opendocs.alipay.com/apis/api_1/alipay.trade.refund */
const REFUNDABLE_MS = 365 * 86_400_000

/** Fen given back so far. */
export const refundedFen = ({ refunds }: AlipayTrade): number =>
  refunds.reduce((sum, { amountFen }) => sum + amountFen, 0)

const keyOf = (appId: string, outTradeNo: string) => `${appId} ${outTradeNo}`
/** What the seller has of it. */
const taken = (trade: AlipayTrade | undefined) =>
  trade && trade.paidAtMs !== null ? trade.amountFen - refundedFen(trade) : 0

export function createAlipayTrades(deps: AlipayTradesDeps): AlipayTrades {
  const { clock, funds, people, journal } = deps
  const byNumber = new Map<string, AlipayTrade>()
  const byTradeNo = new Map<string, AlipayTrade>()
  const counted = new Map<string, number>()
  const paid = createSignal<AlipayTrade>()
  /** Keeps the trade, and the seller's purse in step with it. */
  const index = (trade: AlipayTrade) => {
    byNumber.set(keyOf(trade.appId, trade.outTradeNo), trade)
    byTradeNo.set(trade.tradeNo, trade)
    const byFen = taken(trade) - (counted.get(trade.tradeNo) ?? 0)
    counted.set(trade.tradeNo, taken(trade))
    if (byFen !== 0) funds.count(trade.sellerId, byFen)
  }
  const write = (trade: AlipayTrade) => {
    index(trade)
    journal().append('alipay-trade', trade)
  }
  return {
    register: {
      kind: 'alipay-trade',
      entities: () => byNumber.values(),
      load: index,
      clear() {
        for (const map of [byNumber, byTradeNo, counted]) map.clear()
      },
    },
    find: (appId, outTradeNo) => byNumber.get(keyOf(appId, outTradeNo)),
    findByTradeNo: (tradeNo) => byTradeNo.get(tradeNo),
    statusOf: (trade) => statusAt(trade, clock.nowMs()),
    open(wish, buyer) {
      const createdAtMs = clock.nowMs()
      const day = beijingDigits(createdAtMs).slice(0, 8)
      const tradeNo = `${day}22001${digits(15)}`
      const rest = { tradeNo, createdAtMs, buyer, paidAtMs: null, closedAtMs: null, refunds: [] }
      const trade: AlipayTrade = { ...wish, ...rest }
      write(trade)
      return trade
    },
    markPaid(trade, buyer) {
      journal().together(() => {
        people.changeBalance(buyer, -trade.amountFen)
        trade.paidAtMs = clock.nowMs()
        write(trade)
        paid.tell(trade)
      })
    },
    markClosed(trade) {
      trade.closedAtMs = clock.nowMs()
      write(trade)
    },
    addRefund(trade, refund) {
      journal().together(() => {
        trade.refunds.push({ ...refund, atMs: clock.nowMs() })
        const buyer = people.find(trade.buyer)
        if (buyer) people.changeBalance(buyer, refund.amountFen)
        write(trade)
      })
    },
    all: () => byNumber.values(),
    onPaid: paid.listen,
  }
}

function statusAt(trade: AlipayTrade, nowMs: number): AlipayStatus {
  if (trade.paidAtMs === null) {
    return trade.closedAtMs === null && nowMs < trade.expiresAtMs ? 'WAIT_BUYER_PAY' : 'TRADE_CLOSED'
  }
  if (refundedFen(trade) >= trade.amountFen) return 'TRADE_CLOSED'
  return nowMs < trade.paidAtMs + REFUNDABLE_MS ? 'TRADE_SUCCESS' : 'TRADE_FINISHED'
}
