import { createAlarm } from './alarm.ts'
import type { BusinessClock } from './clock.ts'
import { beijingDigits } from './clock.ts'
import type { Funds } from './funds.ts'
import type { Journal, Register } from './journal.ts'
import type { Ledger } from './ledger.ts'
import type { People } from './people.ts'
import { digits } from './random.ts'
import { payeeOf, tradeKey } from './trade.ts'
import type { Trade } from './trade.ts'

/** How a refund can end. */
export const REFUND_ENDS = ['SUCCESS', 'ABNORMAL', 'CLOSED'] as const
export type RefundEnd = (typeof REFUND_ENDS)[number]
/** What WeChat Pay says about a refund. */
export type RefundStatus = 'PROCESSING' | RefundEnd

/** One refund at WeChat Pay. In partner mode mchid is the partner's. Plain JSON: it is kept over a restart. */
export interface Refund {
  refundId: string
  outRefundNo: string
  mchid: string
  subMchid: string | null
  outTradeNo: string
  amountFen: number
  /** What of it goes back into the coupon that was used, not to the payer. */
  discountFen: number
  /** Null: nobody is notified. */
  notifyUrl: string | null
  fundsAccount: string
  /** Out of which account how much, as the merchant wished. */
  from: { account: string; amount: number }[]
  /** Digest of all parameters: asking again must repeat them. Null: made on WeChat's own platform. */
  parameters: string | null
  channel: 'ORIGINAL' | 'OTHER_BANKCARD'
  receivedAccount: string
  /** The money goes to the merchant's own bank: the customer gets it from there. */
  toMerchant: boolean
  /** Every status it had, oldest first. */
  steps: { status: RefundStatus; atMs: number }[]
  /** How it ends once it is due, and when that is. */
  end: RefundEnd
  dueAtMs: number
}

/** What a refund is made of; the rest follows. */
export interface RefundWish extends Pick<
  Refund,
  'outRefundNo' | 'amountFen' | 'notifyUrl' | 'fundsAccount' | 'from' | 'parameters' | 'end'
> {
  trade: Trade
}

/** The book of refunds. */
export interface Refunds {
  register: Register
  find(mchid: string, outRefundNo: string): Refund | undefined
  findById(refundId: string): Refund | undefined
  ofTrade(trade: Trade): Refund[]
  all(): Refund[]
  /** Takes the money from the merchant; the customer has it when the refund succeeds, a few seconds later. */
  open(wish: RefundWish): Refund
  /** Ends a refund under way now. */
  settle(refund: Refund, end: RefundEnd): void
  /** An abnormal refund goes out once more, to a bank account. */
  redirect(refund: Refund, receivedAccount: string, toMerchant: boolean): void
  /** No refund ends by itself any more. */
  stop(): void
}

/** What the book works with. */
export interface RefundsDeps {
  clock: BusinessClock
  ledger: Ledger
  funds: Funds
  people: People
  journal: () => Journal
  /** Called inside the same journal write in which the refund ended. */
  onSettled: (refund: Refund) => void
}

/** WeChat promises minutes for a purse and days for a card; the sandbox takes a few seconds of business time. */
export const REFUND_MS = 3_000

export const refundStatus = (refund: Refund): RefundStatus => refund.steps.at(-1)!.status

/** Fen that the merchant misses because of it: a closed one gave them back. */
export const refundCost = (refund: Refund): number =>
  refundStatus(refund) === 'CLOSED' ? 0 : refund.amountFen

const keyOf = (mchid: string, outNo: string) => `${mchid} ${outNo}`

export function createRefunds(deps: RefundsDeps): Refunds {
  const { clock, ledger, funds, people, journal } = deps
  const byNumber = new Map<string, Refund>()
  const byId = new Map<string, Refund>()
  const byTrade = new Map<string, Map<string, Refund>>()
  const alarm = createAlarm<Refund>(clock, (refund) => settleDue(refund))

  const index = (refund: Refund) => {
    byNumber.set(keyOf(refund.mchid, refund.outRefundNo), refund)
    byId.set(refund.refundId, refund)
    const key = tradeKey(refund)
    const siblings = byTrade.get(key) ?? new Map<string, Refund>()
    byTrade.set(key, siblings.set(refund.refundId, refund))
  }
  const write = (refund: Refund) => journal().append('refund', refund)
  const settle = (refund: Refund, end: RefundEnd, atMs = clock.nowMs()) => {
    if (refundStatus(refund) !== 'PROCESSING') return
    alarm.remove(refund)
    journal().together(() => {
      refund.steps.push({ status: end, atMs })
      write(refund)
      if (end === 'CLOSED') funds.count(payeeOf(refund), refund.amountFen)
      const person = people.find(ledger.find(refund.mchid, refund.outTradeNo)?.paidBy ?? '')
      const backFen = refund.amountFen - refund.discountFen
      if (end === 'SUCCESS' && person && !refund.toMerchant) people.changeBalance(person, backFen)
      deps.onSettled(refund)
    })
  }
  const settleDue = (refund: Refund) => {
    if (clock.nowMs() >= refund.dueAtMs) settle(refund, refund.end, refund.dueAtMs)
  }
  /** Who looks after a jump of the clock sees what time has brought, also before the alarm rang. */
  const current = (refunds: Iterable<Refund | undefined> = []) => {
    const found = [...refunds].filter((refund) => refund !== undefined)
    found.forEach(settleDue)
    return found
  }
  return {
    register: refundRegister({ byId, byNumber, byTrade, alarm, index, funds }),
    find: (mchid, outRefundNo) => current([byNumber.get(keyOf(mchid, outRefundNo))])[0],
    findById: (refundId) => current([byId.get(refundId)])[0],
    ofTrade: (trade) => current(byTrade.get(tradeKey(trade))?.values()),
    all: () => current(byId.values()),
    open({ trade, ...wish }) {
      const earlier = current(byTrade.get(tradeKey(trade))?.values())
      const refund = newRefund(trade, wish, discountOf(trade, wish.amountFen, earlier), clock.nowMs())
      journal().together(() => {
        index(refund)
        write(refund)
        funds.count(payeeOf(refund), -refund.amountFen)
        ledger.markRefunded(trade)
      })
      alarm.set(refund, refund.dueAtMs)
      return refund
    },
    settle: (refund, end) => settle(refund, end),
    redirect(refund, receivedAccount, toMerchant) {
      const nowMs = clock.nowMs()
      Object.assign(refund, { channel: 'OTHER_BANKCARD', receivedAccount, toMerchant, end: 'SUCCESS' })
      refund.dueAtMs = nowMs + REFUND_MS
      refund.steps.push({ status: 'PROCESSING', atMs: nowMs })
      write(refund)
      alarm.set(refund, refund.dueAtMs)
    },
    stop: () => alarm.stop(),
  }
}

/** The coupon gets back its share of every refund, and what is left of it with the last. */
function discountOf(trade: Trade, amountFen: number, earlier: readonly Refund[]): number {
  const live = earlier.filter((refund) => refundStatus(refund) !== 'CLOSED')
  const sum = (of: (refund: Refund) => number) => live.reduce((total, refund) => total + of(refund), 0)
  const isLast = sum((refund) => refund.amountFen) + amountFen === trade.amountFen
  if (isLast) return trade.couponFen - sum((refund) => refund.discountFen)
  return Math.floor((trade.couponFen * amountFen) / trade.amountFen)
}

function newRefund(
  trade: Trade,
  wish: Omit<RefundWish, 'trade'>,
  discountFen: number,
  nowMs: number,
): Refund {
  const day = beijingDigits(nowMs).slice(0, 8)
  return {
    refundId: `50300${digits(3)}${day}${digits(13)}`,
    mchid: trade.mchid,
    subMchid: trade.subMchid,
    outTradeNo: trade.outTradeNo,
    channel: 'ORIGINAL',
    receivedAccount: '支付用户零钱',
    toMerchant: false,
    discountFen,
    steps: [{ status: 'PROCESSING', atMs: nowMs }],
    dueAtMs: nowMs + REFUND_MS,
    ...wish,
  }
}

function refundRegister(book: {
  byId: Map<string, Refund>
  byNumber: Map<string, Refund>
  byTrade: Map<string, unknown>
  alarm: ReturnType<typeof createAlarm<Refund>>
  index: (refund: Refund) => void
  funds: Funds
}): Register {
  const { byId, byNumber, byTrade, alarm, index, funds } = book
  return {
    kind: 'refund',
    entities: () => byId.values(),
    load(kept: Refund) {
      // An older sandbox knew no coupons.
      const refund = { ...kept, discountFen: kept.discountFen ?? 0 }
      const before = byId.get(refund.refundId)
      if (before) {
        alarm.remove(before)
        funds.count(payeeOf(before), refundCost(before))
      }
      index(refund)
      funds.count(payeeOf(refund), -refundCost(refund))
      if (refundStatus(refund) === 'PROCESSING') alarm.set(refund, refund.dueAtMs)
    },
    clear() {
      byId.clear()
      byNumber.clear()
      byTrade.clear()
      alarm.clear()
    },
  }
}
