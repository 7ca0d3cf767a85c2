import { computed, shallowReactive } from 'vue'
import type {
  CallView,
  ClockView,
  MerchantView,
  NotificationView,
  PersonView,
  RefundView,
  RuleView,
  TradeView,
} from './views.ts'

/** So many of each kind the page keeps: what is older is in the sandbox, and in nobody's way here. */
export const KEPT = 500

/** What the desk knows of the sandbox. Filled by follow.ts; nobody else writes here. */
export const desk = shallowReactive({
  link: 'waiting' as 'waiting' | 'live' | 'broken',
  calls: new Map<number, CallView>(),
  notifications: new Map<string, NotificationView>(),
  trades: new Map<string, TradeView>(),
  refunds: new Map<string, RefundView>(),
  rules: new Map<string, RuleView>(),
  balances: {} as Record<string, number>,
  people: [] as PersonView[],
  merchants: [] as MerchantView[],
  clock: null as ClockView | null,
  /** Machine time at which `clock` was read. */
  clockReadAtMs: 0,
  /** Where the phones' H5 lives; null: the sandbox was started without one; undefined: not known yet. */
  h5Url: undefined as string | null | undefined,
})

/** A trade's name here: merchants number their orders, so two may use the same number. */
export const tradeKey = ({ mchid, outTradeNo }: { mchid: string; outTradeNo: string }): string =>
  `${mchid} ${outTradeNo}`

/** Newest first. */
export const trades = computed(() => [...desk.trades.values()].reverse())

/** A person by id, or by one of their openids. */
export function personOf(idOrOpenid: string | null): PersonView | undefined {
  if (idOrOpenid === null) return undefined
  return desk.people.find(
    (person) => person.id === idOrOpenid || Object.values(person.openids).includes(idOrOpenid),
  )
}
