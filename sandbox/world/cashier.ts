import { randomUUID, verify } from 'node:crypto'
import { decodeBase64 } from './base64.ts'
import type { BusinessClock } from './clock.ts'
import type { Journal } from './journal.ts'
import type { Ledger, Prepay, Trade } from './ledger.ts'
import type { Merchants } from './merchants.ts'
import type { People, Person } from './people.ts'
import { REFUSALS } from './refusals.ts'
import type { Refusal } from './refusals.ts'

/** A prepay_id opens the cashier for two hours. https://pay.weixin.qq.com/doc/v3/merchant/4012525167 */
export const PREPAY_LIFETIME_MS = 2 * 3_600_000

/** What a client hands to the cashier, as received: anything may be missing or wrong. */
export interface LaunchRequest {
  personId: string
  /** The app the client runs in. In a mini-program the client knows it, the merchant does not pass it. */
  appid: string
  timeStamp: string
  nonceStr: string
  package: string
  signType: string
  paySign: string
}

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
  amountFen: number
  description: string
  merchantName: string
  balanceFen: number
}

/** What the client hears. 'none': it never hears anything. */
export interface ActResult {
  result: 'ok' | 'cancel' | 'fail' | 'none'
  /** What the person reads, when something went wrong. */
  message?: string
}

/** WeChat's cashier: it checks everything itself and believes no client. */
export interface Cashier {
  /** Opens the cashier, or says why not. */
  launch(request: LaunchRequest): CashierView | Refusal
  /** The person acts. Undefined: there is no such cashier. */
  act(cashierId: string, outcome: Outcome): ActResult | Refusal | undefined
  /** The person acts on a prepay without any client in between. */
  pay(prepayId: string, personId: string, outcome: Outcome): ActResult | Refusal
  clear(): void
}

/** What the cashier works with. */
export interface CashierDeps {
  clock: BusinessClock
  ledger: Ledger
  merchants: Merchants
  people: People
  journal: () => Journal
  /** Called inside the same journal write in which the trade became paid. */
  onPaid: (trade: Trade) => void
}

interface Session {
  prepay: Prepay
  person: Person
}

const SESSIONS_KEPT = 5_000

export function createCashier(deps: CashierDeps): Cashier {
  const sessions = new Map<string, Session>()
  return {
    launch(request) {
      const person = deps.people.find(request.personId)
      if (!person) return REFUSALS.unknownPerson
      const prepay = checkLaunch(deps, request)
      if ('errMsg' in prepay) return prepay
      const refusal = checkPayable(deps, prepay, person)
      if (refusal) return refusal
      deps.ledger.claim(prepay.trade, person.id)
      const cashierId = randomUUID()
      sessions.set(cashierId, { prepay, person })
      if (sessions.size > SESSIONS_KEPT) sessions.delete(sessions.keys().next().value!)
      return {
        cashierId,
        amountFen: prepay.trade.amountFen,
        description: prepay.trade.description,
        merchantName: merchantName(deps.merchants, prepay.trade),
        balanceFen: person.balanceFen,
      }
    },
    act(cashierId, outcome) {
      const session = sessions.get(cashierId)
      if (!session) return undefined
      const result = act(deps, session, outcome)
      // After a wrong password or an empty purse the person may try again at the same cashier.
      const goesOn = 'result' in result && result.result === 'fail'
      if (!goesOn) sessions.delete(cashierId)
      return result
    },
    pay(prepayId, personId, outcome) {
      const person = deps.people.find(personId)
      if (!person) return REFUSALS.unknownPerson
      const prepay = deps.ledger.findPrepay(prepayId)
      if (!prepay) return REFUSALS.unknownPrepay
      const refusal = checkPayable(deps, prepay, person)
      if (refusal) return refusal
      deps.ledger.claim(prepay.trade, person.id)
      return act(deps, { prepay, person }, outcome)
    },
    clear: () => sessions.clear(),
  }
}

function merchantName(merchants: Merchants, trade: Trade): string {
  const merchant = merchants.byMchid.get(trade.mchid)
  const sub = merchant?.subMerchants.find(({ mchid }) => mchid === trade.subMchid)
  return sub?.name ?? merchant?.name ?? trade.mchid
}

/**
 * The client's five parameters against the prepay. The signed text is four lines, appId, timeStamp, nonceStr and
 * package, each ending in a line feed; the appid of the app that really runs takes part.
 * https://pay.weixin.qq.com/doc/v3/merchant/4012365339
 */
function checkLaunch(deps: CashierDeps, request: LaunchRequest): Prepay | Refusal {
  const { appid, timeStamp, nonceStr, paySign } = request
  for (const name of ['timeStamp', 'nonceStr', 'package', 'signType', 'paySign'] as const) {
    if (typeof request[name] !== 'string' || request[name] === '') return REFUSALS.missingParameter(name)
  }
  if (request.signType !== 'RSA') return REFUSALS.badSignType
  if (!/^\d{10}$/.test(timeStamp)) return REFUSALS.badTimeStamp
  if (nonceStr.length > 32) return REFUSALS.badNonce
  const prepayId = /^prepay_id=([0-9A-Za-z]{1,64})$/.exec(request.package)?.[1]
  if (prepayId === undefined) return REFUSALS.badPackage
  const prepay = deps.ledger.findPrepay(prepayId)
  if (!prepay) return REFUSALS.unknownPrepay
  const { trade } = prepay
  if (trade.tradeType !== 'JSAPI') return REFUSALS.wrongScene
  if (appid !== trade.appid && appid !== trade.subAppid) return REFUSALS.wrongApp
  const merchant = deps.merchants.byMchid.get(trade.mchid)
  const text = `${appid}\n${timeStamp}\n${nonceStr}\n${request.package}\n`
  const signature = decodeBase64(paySign)
  const isSigned = merchant && signature && verify('sha256', Buffer.from(text), merchant.verifyKey, signature)
  return isSigned ? prepay : REFUSALS.badSignature
}

/** Whether this person may pay this trade now. */
function checkPayable(deps: CashierDeps, prepay: Prepay, person: Person): Refusal | null {
  const { trade } = prepay
  const state = deps.ledger.stateOf(trade)
  if (state === 'SUCCESS' || state === 'REFUND') return REFUSALS.alreadyPaid
  if (state === 'CLOSED') return REFUSALS.closed
  const nowMs = deps.clock.nowMs()
  if (nowMs >= trade.expiresAtMs) return REFUSALS.expiredOrder
  if (nowMs >= prepay.createdAtMs + PREPAY_LIFETIME_MS) return REFUSALS.expiredPrepay
  if (trade.payerOpenid !== null) {
    const appid = trade.payerUnderSub && trade.subAppid !== null ? trade.subAppid : trade.appid
    if (deps.people.openid(person, appid) !== trade.payerOpenid) return REFUSALS.anotherPayer
  }
  if (trade.claimedBy !== null && trade.claimedBy !== person.id) return REFUSALS.secondPerson
  return null
}

function act(deps: CashierDeps, { prepay, person }: Session, outcome: Outcome): ActResult | Refusal {
  if (outcome === 'cancelled') return { result: 'cancel' }
  if (outcome === 'killed') return { result: 'none' }
  if (outcome === 'wrong-password') return { result: 'fail', message: '支付密码错误，请重试' }
  if (outcome === 'not-enough') return { result: 'fail', message: '余额不足，请更换支付方式' }
  if (outcome === 'risk') return { result: 'fail', message: '当前交易存在风险，暂时无法完成支付' }
  // Time went on while the person looked at the cashier.
  const refusal = checkPayable(deps, prepay, person)
  if (refusal) return refusal
  const { trade } = prepay
  if (person.balanceFen < trade.amountFen) return { result: 'fail', message: '余额不足，请更换支付方式' }
  deps.journal().together(() => {
    deps.people.changeBalance(person, -trade.amountFen)
    deps.ledger.markPaid(trade, person.id)
    deps.onPaid(trade)
  })
  return { result: outcome === 'lost' ? 'none' : 'ok' }
}
