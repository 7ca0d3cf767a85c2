import { verify } from 'node:crypto'
import { decodeBase64 } from './base64.ts'
import type { BusinessClock } from './clock.ts'
import type { Ledger } from './ledger.ts'
import type { MedicalBook, MedicalOrder } from './medical-orders.ts'
import type { Merchants } from './merchants.ts'
import { readPayLink } from './pay-link.ts'
import type { People, Person } from './people.ts'
import { REFUSALS } from './refusals.ts'
import type { Refusal } from './refusals.ts'
import type { Prepay, Trade } from './trade.ts'

/** A prepay_id opens the cashier for two hours. https://pay.weixin.qq.com/doc/v3/merchant/4012525167 */
export const PREPAY_LIFETIME_MS = 2 * 3_600_000

/** What a client hands to the cashier, as received: anything may be missing or wrong. */
export interface LaunchRequest {
  personId: string
  /** The app the client runs in. In a mini-program the client knows it, a web page names it. */
  appid: string
  /** The address of the web page that asks; undefined: a mini-program does. */
  page?: string | undefined
  /** Of wx.requestMedicalInsurancePay only. The five below are then there when cash is part of it. */
  mixTradeNo?: string | undefined
  timeStamp: string
  nonceStr: string
  package: string
  signType: string
  paySign: string
}

/** What the checks look things up in. */
export interface CheckDeps {
  clock: BusinessClock
  ledger: Ledger
  medical: MedicalBook
  merchants: Merchants
  people: People
  /** The only host whose web pages may ask, as the merchant registered it; null: any. */
  h5Host: string | null
}

/** What somebody is about to pay: an order, a medical insurance order, or the second with its cash part. */
export interface Due {
  prepay: Prepay | null
  medical: MedicalOrder | null
}

/** What the client wants to be paid, once everything it handed over is right. */
export function checkLaunch(deps: CheckDeps, request: LaunchRequest): Due | Refusal {
  if (request.mixTradeNo === undefined) {
    const prepay = checkParameters(deps, request)
    return 'errMsg' in prepay ? prepay : { prepay, medical: null }
  }
  const medical = deps.medical.find(request.mixTradeNo)
  if (!medical) return REFUSALS.unknownMixTrade
  if (request.appid !== medical.appid && request.appid !== medical.subAppid) return REFUSALS.wrongApp
  if (medical.prepayId === null) return { prepay: null, medical }
  const prepay = checkParameters(deps, request)
  if ('errMsg' in prepay) return prepay
  return prepay.id === medical.prepayId ? { prepay, medical } : REFUSALS.wrongCashPart
}

/**
 * The client's five parameters against the prepay. The signed text is four lines, appId, timeStamp, nonceStr and
 * package, each ending in a line feed; the appid of the app that really runs takes part.
 * https://pay.weixin.qq.com/doc/v3/merchant/4012365339
 */
function checkParameters(deps: CheckDeps, request: LaunchRequest): Prepay | Refusal {
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
  const misplaced = checkPlace(deps, appid, request.page)
  if (misplaced) return misplaced
  const merchant = deps.merchants.byMchid.get(trade.mchid)
  const text = `${appid}\n${timeStamp}\n${nonceStr}\n${request.package}\n`
  const signature = decodeBase64(paySign)
  const isSigned = merchant && signature && verify('sha256', Buffer.from(text), merchant.verifyKey, signature)
  return isSigned ? prepay : REFUSALS.badSignature
}

/** A web page pays with its official account's appid, from the merchant's payment directory: all of its one host. */
function checkPlace({ merchants, h5Host }: CheckDeps, appid: string, page?: string): Refusal | null {
  const kind = page === undefined ? 'mini-program' : 'official-account'
  if (merchants.apps.get(appid)?.kind !== kind) return REFUSALS.wrongKindOfApp
  const isRegistered = page === undefined || h5Host === null || URL.parse(page)?.hostname === h5Host
  return isRegistered ? null : REFUSALS.unregisteredPage(page)
}

/** A code or link against the order it was given out for. */
export function checkLink({ ledger }: CheckDeps, text: string): Due | Refusal {
  const link = readPayLink(text)
  if (!link) return REFUSALS.unknownLink
  const prepay = ledger.findPrepay(link.prepayId)
  if (!prepay) return REFUSALS.expiredLink
  if (isReplaced(prepay)) return REFUSALS.replacedCode
  return prepay.trade.tradeType === link.tradeType ? { prepay, medical: null } : REFUSALS.wrongScene
}

/**
 * A merchant may order again as often as it likes to show a fresh code, and the former cannot be scanned any more. Whoever
 * scanned it before goes on. https://github.com/wechatpay-apiv3/wechatpay-skills (基础支付常见问题, Native)
 */
export const isReplaced = ({ trade, ordinal }: Prepay): boolean =>
  trade.tradeType === 'NATIVE' && ordinal < trade.prepayCount

/** Whether this person may pay this now. */
export function checkPayable(deps: CheckDeps, { prepay, medical }: Due, person: Person): Refusal | null {
  return (medical && checkMedical(deps, medical, person)) ?? (prepay && checkTrade(deps, prepay, person))
}

function checkMedical({ people }: CheckDeps, order: MedicalOrder, person: Person): Refusal | null {
  if (order.paidAtMs !== null) return REFUSALS.alreadyPaid
  return isPayer(people, order, person) ? null : REFUSALS.anotherPayer
}

function isPayer(
  people: People,
  named: Pick<Trade, 'appid' | 'subAppid' | 'payerOpenid' | 'payerUnderSub'>,
  person: Person,
): boolean {
  if (named.payerOpenid === null) return true
  const appid = named.payerUnderSub && named.subAppid !== null ? named.subAppid : named.appid
  return people.openid(person, appid) === named.payerOpenid
}

function checkTrade(deps: CheckDeps, prepay: Prepay, person: Person): Refusal | null {
  const { trade } = prepay
  const state = deps.ledger.stateOf(trade)
  if (state === 'SUCCESS' || state === 'REFUND') return REFUSALS.alreadyPaid
  if (state === 'CLOSED') return REFUSALS.closed
  const nowMs = deps.clock.nowMs()
  if (nowMs >= trade.expiresAtMs) return REFUSALS.expiredOrder
  if (nowMs >= prepay.createdAtMs + PREPAY_LIFETIME_MS)
    return trade.tradeType === 'JSAPI' ? REFUSALS.expiredPrepay : REFUSALS.expiredLink
  if (!isPayer(deps.people, trade, person)) return REFUSALS.anotherPayer
  if (trade.claimedBy === null || trade.claimedBy === person.id) return null
  return trade.tradeType === 'MWEB' ? REFUSALS.secondPersonOfLink : REFUSALS.secondPerson
}
