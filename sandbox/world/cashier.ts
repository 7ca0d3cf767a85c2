import { randomUUID } from 'node:crypto'
import { checkLaunch, checkLink, checkPayable, isReplaced } from './cashier-checks.ts'
import type { CheckDeps, Due, LaunchRequest } from './cashier-checks.ts'
import type { Journal } from './journal.ts'
import type { MedicalOrder } from './medical-orders.ts'
import type { Merchants } from './merchants.ts'
import type { Person } from './people.ts'
import { REFUSALS } from './refusals.ts'
import type { Refusal } from './refusals.ts'
import { createRepetition } from './repetition.ts'
import type { Repetition } from './repetition.ts'
import { isCombine, payeeOf, payerFen } from './trade.ts'
import type { Trade } from './trade.ts'
import type { Weather } from './weather.ts'

/** What the person does at the cashier. 'lost': paid, but the client never hears. 'killed': the app died, not paid. */
export const OUTCOMES = [
  'paid',
  'cancelled',
  'wrong-password',
  'not-enough',
  'risk',
  'lost',
  'killed',
] as const
export type Outcome = (typeof OUTCOMES)[number]

/** The cashier as the person sees it. */
export interface CashierView {
  cashierId: string
  /** What the person's own purse is to give. */
  amountFen: number
  /** What the medical insurance gives; absent where there is none. */
  insuranceFen?: number
  description: string
  merchantName: string
  balanceFen: number
  /** A sentence to agree to first; absent: none. */
  warning?: string
}

/** What the client hears. 'none': it never hears anything. */
export interface ActResult {
  result: 'ok' | 'cancel' | 'fail' | 'none'
  /** What the person reads, when something went wrong. */
  message?: string
}

/** What a person does, and what helps them to pay. */
export interface Deed {
  outcome: Outcome
  /** Fen that a coupon pays; it never pays all. Absent: as the weather says. */
  couponFen?: number | undefined
}

/** WeChat's cashier: it checks everything itself and believes no client. */
export interface Cashier {
  /** Opens the cashier, or says why not. */
  launch(request: LaunchRequest): CashierView | Refusal
  /** Opens it by a scanned code or from a browser: see readPayLink. */
  openLink(link: string, personId: string): CashierView | Refusal
  /** The person acts. Undefined: there is no such cashier. */
  act(cashierId: string, deed: Deed): ActResult | Refusal | undefined
  /** The person acts on a prepay without any client in between. */
  pay(prepayId: string, personId: string, deed: Deed): ActResult | Refusal
  /** The same for an order that the person comes back to: however old what opened its cashier is, nothing new is handed out. */
  payTrade(trade: Trade, personId: string, deed: Deed): ActResult | Refusal
  /** The person acts on a medical insurance order, and on its cash part, without any client in between. */
  payMedical(mixTradeNo: string, personId: string, deed: Deed): ActResult | Refusal
  clear(): void
}

/** What the cashier works with. */
export interface CashierDeps extends CheckDeps {
  weather: Weather
  journal: () => Journal
  /** Called inside the same journal write in which the trade became paid. */
  onPaid: (trade: Trade) => void
  /** The same for medical insurance orders. */
  onMedicalPaid: (order: MedicalOrder) => void
}

interface Session {
  due: Due
  person: Person
}

const SESSIONS_KEPT = 5_000

export function createCashier(deps: CashierDeps): Cashier {
  const sessions = new Map<string, Session>()
  const repetition = createRepetition(deps.clock)
  /** Without a client: whoever may pay is bound to it and acts. */
  const actAlone = (due: Due, personId: string, deed: Deed) => {
    const person = deps.people.find(personId)
    if (!person) return REFUSALS.unknownPerson
    const refusal = checkPayable(deps, due, person)
    if (refusal) return refusal
    if (due.prepay) deps.ledger.claim(due.prepay.trade, person.id)
    return act(deps, repetition, { due, person }, deed)
  }
  const openFor = (personId: string, check: () => Due | Refusal): CashierView | Refusal => {
    const person = deps.people.find(personId)
    if (!person) return REFUSALS.unknownPerson
    const due = check()
    if ('errMsg' in due) return due
    const refusal = checkPayable(deps, due, person)
    if (refusal) return refusal
    if (due.prepay) deps.ledger.claim(due.prepay.trade, person.id)
    const cashierId = randomUUID()
    sessions.set(cashierId, { due, person })
    if (sessions.size > SESSIONS_KEPT) sessions.delete(sessions.keys().next().value!)
    return { cashierId, ...view(deps, repetition, { due, person }) }
  }
  return {
    launch: (request) => openFor(request.personId, () => checkLaunch(deps, request)),
    openLink: (link, personId) => openFor(personId, () => checkLink(deps, link)),
    act(cashierId, deed) {
      const session = sessions.get(cashierId)
      if (!session) return undefined
      const result = act(deps, repetition, session, deed)
      // After a wrong password or an empty purse the person may try again at the same cashier.
      const goesOn = 'result' in result && result.result === 'fail'
      if (!goesOn) sessions.delete(cashierId)
      return result
    },
    pay(prepayId, personId, deed) {
      const prepay = deps.ledger.findPrepay(prepayId)
      if (!prepay) return deps.people.find(personId) ? REFUSALS.unknownPrepay : REFUSALS.unknownPerson
      if (isReplaced(prepay)) return REFUSALS.replacedCode
      return actAlone({ prepay, medical: null }, personId, deed)
    },
    payTrade(trade, personId, deed) {
      const prepay = { id: '', trade, ordinal: trade.prepayCount, createdAtMs: deps.clock.nowMs() }
      return actAlone({ prepay, medical: null }, personId, deed)
    },
    payMedical(mixTradeNo, personId, deed) {
      const medical = deps.medical.find(mixTradeNo)
      if (!medical) return REFUSALS.unknownMixTrade
      const prepay = deps.ledger.findPrepay(medical.prepayId ?? '') ?? null
      return actAlone({ prepay, medical }, personId, deed)
    },
    clear() {
      sessions.clear()
      repetition.clear()
    },
  }
}

function view(
  deps: CashierDeps,
  repetition: Repetition,
  { due: { prepay, medical }, person }: Session,
): Omit<CashierView, 'cashierId'> {
  const { balanceFen } = person
  const trade = prepay?.trade
  const isRepeated = trade && repetition.isRepeated(person.id, payeeOf(trade), trade.amountFen)
  return {
    amountFen: trade?.amountFen ?? 0,
    description: medical?.description ?? trade?.description ?? '',
    merchantName: merchantName(deps.merchants, medical ?? trade!),
    balanceFen,
    ...(medical && { insuranceFen: medical.insuranceFen }),
    ...(isRepeated && { warning: '你刚刚向该商家支付过一笔相同金额的订单，请确认是否重复支付' }),
  }
}

function merchantName(merchants: Merchants, payee: Pick<Trade, 'mchid' | 'subMchid'>): string {
  const merchant = merchants.byMchid.get(payee.mchid)
  const sub = merchant?.subMerchants.find(({ mchid }) => mchid === payee.subMchid)
  return sub?.name ?? merchant?.name ?? payee.mchid
}

function act(deps: CashierDeps, repetition: Repetition, session: Session, deed: Deed): ActResult | Refusal {
  const { outcome } = deed
  if (outcome === 'cancelled') return { result: 'cancel' }
  if (outcome === 'killed') return { result: 'none' }
  if (outcome === 'wrong-password') return { result: 'fail', message: '支付密码错误，请重试' }
  if (outcome === 'not-enough') return NOT_ENOUGH
  if (outcome === 'risk') return { result: 'fail', message: '当前交易存在风险，暂时无法完成支付' }
  const { due, person } = session
  // Time went on while the person looked at the cashier.
  const refusal = checkPayable(deps, due, person)
  if (refusal) return refusal
  const trade = due.prepay?.trade
  const couponFen = trade ? couponOf(deps.weather, trade, deed) : 0
  if (trade && person.balanceFen < trade.amountFen - couponFen) return NOT_ENOUGH
  deps.journal().together(() => {
    if (trade) {
      deps.ledger.markPaid(trade, person.id, couponFen)
      deps.people.changeBalance(person, -payerFen(trade))
      repetition.note(person.id, payeeOf(trade), trade.amountFen)
      deps.onPaid(trade)
    }
    if (due.medical) {
      deps.medical.markPaid(due.medical)
      deps.onMedicalPaid(due.medical)
    }
  })
  return { result: outcome === 'lost' ? 'none' : 'ok' }
}

const NOT_ENOUGH: ActResult = { result: 'fail', message: '余额不足，请更换支付方式' }

/** What a coupon pays of a trade: the person's own purse gives a fen at least, of every part of a combined order. */
function couponOf(weather: Weather, trade: Trade, { couponFen }: Deed): number {
  const { mchid, appid, outTradeNo } = trade
  const wishedFen = couponFen ?? weather.strike({ api: 'pay', mchid, appid, outTradeNo }).couponFen ?? 0
  return Math.min(wishedFen, trade.amountFen - (isCombine(trade) ? trade.parts.length : 1))
}
