import { openCall, openNotification } from '../selection.ts'
import { asTrade, refundsOf } from './alipay-trades.ts'
import { ask } from './ask.ts'
import { merged } from './merged.ts'
import { keepOpen } from './read-open.ts'
import { desk, KEPT, tradeKey } from './state.ts'
import type {
  AlipayTradeView,
  CallView,
  ClockView,
  MerchantView,
  NotificationView,
  PersonView,
  RefundView,
  RuleView,
  TradeView,
} from './views.ts'

/** Events are drawn together so often, however many there are. */
const BATCH_MS = 80

const KINDS = ['call', 'notification', 'trade', 'refund', 'alipay-trade', 'clock', 'rule'] as const
type Kind = (typeof KINDS)[number]
/** Null: everything may be different now. */
type Event = { kind: Kind; item: unknown } | null

/** Keeps `desk` like the sandbox: reads the lists once, then follows its events for as long as the page is open. */
export function follow(): void {
  let waiting: Event[] = []
  let isLoading = true
  let timer: ReturnType<typeof setTimeout> | undefined
  const drawSoon = () => void (timer ??= setTimeout(draw, BATCH_MS))
  const load = () => {
    isLoading = true
    loadAll()
      .catch(() => (desk.link = 'broken'))
      .finally(() => {
        isLoading = false
        drawSoon()
      })
  }
  const draw = () => {
    timer = undefined
    // What happens while the lists are being read is newer than they are.
    if (isLoading) return
    const events = waiting
    waiting = []
    const lastReset = events.lastIndexOf(null)
    if (lastReset !== -1) {
      waiting = events.slice(lastReset + 1)
      return load()
    }
    apply(events.filter((event) => event !== null))
  }
  const source = new EventSource('/_sandbox/events')
  for (const kind of KINDS) {
    source.addEventListener(kind, ({ data }: MessageEvent<string>) => {
      waiting.push({ kind, item: JSON.parse(data) })
      drawSoon()
    })
  }
  source.addEventListener('reset', () => {
    waiting.push(null)
    drawSoon()
  })
  source.addEventListener('open', () => {
    if (desk.link === 'waiting') load()
    desk.link = 'live'
  })
  source.addEventListener('error', () => (desk.link = 'broken'))
}

async function loadAll(): Promise<void> {
  const limit = `limit=${KEPT}`
  const [calls, notifications, ledger, rules, clock, phone, money] = await Promise.all([
    ask<{ calls: CallView[] }>(`/calls?${limit}`),
    ask<{ notifications: NotificationView[] }>(`/notifications?${limit}`),
    ask<{ trades: TradeView[]; refunds: RefundView[]; alipayTrades: AlipayTradeView[] }>(`/ledger?${limit}`),
    ask<{ rules: RuleView[] }>('/rules'),
    ask<ClockView>('/clock'),
    ask<{ h5Url: string | null }>('/phone'),
    askMoney(),
    readMerchants(),
  ])
  const open = { call: openCall.value, notification: openNotification.value }
  desk.calls = new Map(calls.calls.map((call) => [call.id, call]))
  desk.notifications = new Map(notifications.notifications.map((one) => [one.id, one]))
  desk.trades = new Map(ledger.trades.map((trade) => [tradeKey(trade), trade]))
  desk.refunds = new Map(ledger.refunds.map((refund) => [refund.refundId, refund]))
  desk.rules = new Map(rules.rules.map((rule) => [rule.id, rule]))
  desk.h5Url = phone.h5Url
  keepAlipayTrades(ledger.alipayTrades)
  setClock(clock)
  keepMoney(money)
  await keepOpen(open)
}

/** People and their purses; balances of merchants too. No event tells of them, so those of the money do. */
export async function readPeople(): Promise<void> {
  keepMoney(await askMoney())
}

type Money = [{ users: PersonView[] }, { balances: Record<string, number> }]

const askMoney = (): Promise<Money> =>
  Promise.all([ask<Money[0]>('/users'), ask<Money[1]>('/ledger?limit=1')])

function keepMoney([{ users }, { balances }]: Money): void {
  desk.people = users
  desk.balances = balances
}

/** Puts Alipay's trades among WeChat's. */
function keepAlipayTrades(trades: AlipayTradeView[]): void {
  if (trades.length === 0) return
  desk.trades = inTime(merged(desk.trades, trades.map(asTrade), tradeKey))
  desk.refunds = merged(desk.refunds, trades.flatMap(refundsOf), ({ refundId }) => refundId)
}

/** Two lists in one: oldest first, as each of them came. */
function inTime(trades: Map<string, TradeView>): Map<string, TradeView> {
  return new Map([...trades].sort(([, a], [, b]) => Date.parse(a.createdAt) - Date.parse(b.createdAt)))
}

/** Merchants and their keys; they change when somebody rotates keys. */
export async function readMerchants(): Promise<void> {
  desk.merchants = (await ask<{ merchants: MerchantView[] }>('/merchants')).merchants
}

function setClock(clock: ClockView): void {
  desk.clock = clock
  desk.clockReadAtMs = Date.now()
}

function apply(events: { kind: Kind; item: unknown }[]): void {
  const of = <Item>(kind: Kind) =>
    events.filter((event) => event.kind === kind).map(({ item }) => item as Item)
  desk.calls = merged(desk.calls, of<CallView>('call'), ({ id }) => id)
  desk.notifications = merged(desk.notifications, of<NotificationView>('notification'), ({ id }) => id)
  desk.trades = merged(desk.trades, of<TradeView>('trade'), tradeKey)
  desk.refunds = merged(desk.refunds, of<RefundView>('refund'), ({ refundId }) => refundId)
  keepAlipayTrades(of<AlipayTradeView>('alipay-trade'))
  const clock = of<ClockView>('clock').at(-1)
  if (clock) setClock(clock)
  const rules = of<RuleView & { removed?: true }>('rule')
  if (rules.length > 0) {
    const next = new Map(desk.rules)
    for (const rule of rules) {
      if (rule.removed) next.delete(rule.id)
      else next.set(rule.id, rule)
    }
    desk.rules = next
  }
  const ofMoney: readonly Kind[] = ['trade', 'refund', 'alipay-trade']
  if (events.some(({ kind }) => ofMoney.includes(kind))) void readPeople().catch(() => {})
}
