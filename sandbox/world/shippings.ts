import type { AppsSettings } from './app-settings.ts'
import type { BusinessClock } from './clock.ts'
import type { Journal, Register } from './journal.ts'
import type { Ledger } from './ledger.ts'
import { refundCost } from './refunds.ts'
import type { Refunds } from './refunds.ts'
import { isCombine, payeeOf, tradeKey } from './trade.ts'
import type { Trade } from './trade.ts'

/** 1 by express, 2 within the city, 3 virtual, 4 picked up. */
export type LogisticsType = 1 | 2 | 3 | 4
/** 1 in one parcel, 2 in several. */
export type DeliveryMode = 1 | 2

/** One parcel, or what stands for it. */
export interface Parcel {
  trackingNo: string
  expressCompany: string
  itemDesc: string
  contact: { consignor_contact?: string; receiver_contact?: string }
  uploadedAtMs: number
}

/** What a merchant has said about sending the goods of one trade. Plain JSON: it is kept. */
export interface Shipping {
  mchid: string
  outTradeNo: string
  logisticsType: LogisticsType
  deliveryMode: DeliveryMode
  parcels: Parcel[]
  /** The merchant's own upload_time of the last upload: each must be later. */
  uploadTimeMs: number
  /** When all of it was sent; null: some is missing. */
  finishedAtMs: number | null
  /** 0, 1, or 2 after it was sent anew. */
  finishedCount: number
  /** It was said anew: that may happen once. */
  isResent: boolean
  isReminded: boolean
  /** When the person said that it arrived. */
  receivedAtMs: number | null
}

/** 1 to be shipped, 2 shipped, 3 received, 5 refunded. */
export type ShippingState = 1 | 2 | 3 | 5

/** 发货信息管理: what was sent for which trade, and whose money is frozen until it arrived. */
export interface Shippings {
  register: Register
  /** Whether the trade is in it at all: paid in a mini-program whose orders are managed. */
  covers(trade: Trade, appid: string): boolean
  find(trade: Trade): Shipping | undefined
  save(shipping: Shipping): void
  stateOf(trade: Trade): ShippingState
  /** The trades of that mini-program that are in it, oldest payment first. */
  tradesOf(appid: string): Trade[]
  /** Fen by mchid that cannot be withdrawn yet. */
  frozen(): Record<string, number>
}

const DAY_MS = 86_400_000
/**
 * Who does not say that it arrived is taken to have said so after ten days, or two for all but express:
 * https://developers.weixin.qq.com/community/develop/doc/000688fc08c0380dcae3bb84562000
 */
const RECEIVED_AFTER_MS: Record<LogisticsType, number> = {
  1: 10 * DAY_MS,
  2: 2 * DAY_MS,
  3: 2 * DAY_MS,
  4: 2 * DAY_MS,
}

/** The app in which the customer paid. */
export const appidOf = (trade: Trade): string => trade.subAppid ?? trade.appid

export function createShippings(deps: {
  clock: BusinessClock
  ledger: Ledger
  refunds: Refunds
  settings: AppsSettings
  journal: () => Journal
}): Shippings {
  const { clock, ledger, refunds, settings, journal } = deps
  const shippings = new Map<string, Shipping>()
  const load = (shipping: Shipping) => void shippings.set(tradeKey(shipping), shipping)
  const keptFen = (trade: Trade) =>
    refunds.ofTrade(trade).reduce((fen, refund) => fen - refundCost(refund), trade.amountFen)
  const covers = (trade: Trade, appid: string) => {
    const { tradeManagedFromMs: fromMs } = settings.of(appid)
    const isPaid = fromMs !== null && trade.paidAtMs !== null && trade.paidAtMs >= fromMs
    return isPaid && !isCombine(trade) && trade.tradeType === 'JSAPI' && appidOf(trade) === appid
  }
  const stateOf = (trade: Trade): ShippingState => {
    if (keptFen(trade) === 0) return 5
    const shipping = shippings.get(tradeKey(trade))
    if (!shipping || shipping.finishedAtMs === null) return 1
    const dueAtMs = shipping.finishedAtMs + RECEIVED_AFTER_MS[shipping.logisticsType]
    return shipping.receivedAtMs !== null || dueAtMs <= clock.nowMs() ? 3 : 2
  }
  return {
    register: {
      kind: 'shipping',
      entities: () => shippings.values(),
      load,
      clear: () => shippings.clear(),
    },
    covers,
    find: (trade) => shippings.get(tradeKey(trade)),
    save(shipping) {
      load(shipping)
      journal().append('shipping', shipping)
    },
    stateOf,
    tradesOf: (appid) =>
      [...ledger.trades()]
        .filter((trade) => covers(trade, appid))
        .toSorted((one, other) => one.paidAtMs! - other.paidAtMs!),
    frozen() {
      const frozen: Record<string, number> = {}
      if (!settings.all().some(({ isTradeManaged }) => isTradeManaged)) return frozen
      for (const trade of ledger.trades()) {
        if (!covers(trade, appidOf(trade)) || stateOf(trade) > 2) continue
        frozen[payeeOf(trade)] = (frozen[payeeOf(trade)] ?? 0) + keptFen(trade)
      }
      return frozen
    },
  }
}
