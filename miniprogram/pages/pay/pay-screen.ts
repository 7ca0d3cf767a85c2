import type { PaidDisplayState, PaymentView } from '../../../contract/payment'
import type { OrderClosure } from '../../../contract/problem'
import { asTrouble } from '../../platform/trouble'
import { failureOf, type Failure } from '../../services/failure'
import type { Words } from '../../words/zh'

/**
 * - idle: launch parameters are at hand, 确认支付 opens the cashier
 * - preparing: asking the server for the payment and its launch parameters
 * - waiting: the cashier is open, or its answer was lost
 * - checking: the server asks WeChat, then this page goes back
 * - paid: nothing left to do
 * - failed: it cannot be paid here and now, see Failure
 */
export type PayState = 'idle' | 'preparing' | 'waiting' | 'checking' | 'paid' | 'failed'

export type PayAction =
  'confirm' | 'reload' | 'see-result' | 'see-order' | 'order-again' | 'see-orders' | 'go-home'

export interface PayStatus {
  state: PayState
  /** Only in the state `failed`. */
  failure?: Failure
  /** Of a refused request, for the support desk. */
  requestId?: string
  /** The order, when a refusal names it and the payment was not read. */
  orderId?: string
  /** What went back of the payment, or is on its way back. Only in the state `paid`, and only if something does. */
  refund?: Exclude<PaidDisplayState, 'paid'>
  /** Something that should have happened by itself did not: say so, and offer the way by hand. */
  overdue?: boolean
}

export interface PayButton {
  action: PayAction
  label: string
}

/** What the page shows beside amount and description. */
export interface PayScreen {
  title: string
  message: string
  note: string
  /** The picture above the words. */
  sign: 'busy' | 'paid' | 'refunding' | 'refunded' | 'failed' | ''
  /** At most two, the first is the advised one. */
  buttons: PayButton[]
}

/** A number that support asks for, with a button that copies it. */
export interface PayNumber {
  label: string
  number: string
  copyLabel: string
}

/** Order and payment as support knows them; none before the server has named the order. */
export function payNumbers(orderId: string, paymentId: string, { pay }: Words): PayNumber[] {
  if (!orderId) return []
  return [
    { label: pay.orderNumber, number: orderId },
    { label: pay.paymentNumber, number: paymentId },
  ].map((one) => ({ ...one, copyLabel: `${pay.copy} ${one.label}` }))
}

const failureOfClosure: Record<OrderClosure, Failure> = {
  cancelled: 'order-cancelled',
  cancelling: 'order-cancelling',
  expired: 'order-expired',
  'last-minute': 'order-closed',
}

/** Failures of an order that takes no payment any more. */
const orderOver: readonly Failure[] = Object.values(failureOfClosure)

/** Failures that another try may cure. */
const passing: readonly Failure[] = ['offline', 'login', 'unavailable', 'blocked']

/** The screen of a status. Every end has a way out: back to the order when it is known, else to the home page. */
export function payScreen(status: PayStatus, hasOrder: boolean, words: Words): PayScreen {
  const { title, message } = wordsOf(status, words)
  const { requestId } = status
  return {
    title,
    message: overdueMessage(status, words) ?? message,
    note: requestId ? `${words.requestNumber} ${requestId}` : '',
    sign: signOf(status),
    buttons: actionsOf(status, hasOrder).map((action) => ({ action, label: labelOf(action, words) })),
  }
}

function wordsOf({ state, failure = 'unavailable', refund }: PayStatus, words: Words) {
  if (state === 'failed') return words.failures[failure]
  return refund ? words.pay.refunds[refund] : words.pay.states[state]
}

function signOf({ state, refund, overdue }: PayStatus): PayScreen['sign'] {
  if (refund === 'refunding' || refund === 'part-refunding') return 'refunding'
  if (refund) return 'refunded'
  if (state === 'paid' || state === 'failed') return state
  return state === 'idle' || overdue ? '' : 'busy'
}

function actionsOf({ state, failure = 'unavailable', overdue }: PayStatus, hasOrder: boolean): PayAction[] {
  const wayOut: PayAction = hasOrder ? 'see-order' : 'see-orders'
  switch (state) {
    case 'idle':
      return ['confirm', 'see-order']
    case 'preparing':
      return []
    case 'waiting':
    case 'checking':
      return overdue ? ['see-result'] : []
    case 'paid':
      return [wayOut, 'go-home']
    case 'failed':
      if (orderOver.includes(failure) && hasOrder) return ['order-again', 'go-home']
      return passing.includes(failure) ? ['reload', wayOut] : [wayOut, 'go-home']
  }
}

function overdueMessage({ state, overdue }: PayStatus, { pay }: Words): string | undefined {
  if (!overdue) return undefined
  if (state === 'idle') return pay.tapToPay
  return state === 'waiting' ? pay.noAnswer : pay.stillHere
}

function labelOf(action: PayAction, words: Words): string {
  const labels: Record<PayAction, string> = {
    confirm: words.pay.confirm,
    reload: words.retry,
    'see-result': words.pay.seeResult,
    'see-order': words.pay.seeOrder,
    'order-again': words.pay.orderAgain,
    'see-orders': words.home.myOrders,
    'go-home': words.goHome,
  }
  return labels[action]
}

/** Why a payment that was found cannot be launched from here, if it cannot. */
export function statusOf(payment: PaymentView): PayStatus | null {
  if (payment.state === 'paid') return { state: 'paid', ...refundOf(payment) }
  if (payment.state !== 'created' && payment.state !== 'pending')
    return { state: 'failed', failure: 'closed' }
  return payment.way === 'mini-program' ? null : { state: 'failed', failure: 'other-door' }
}

function refundOf({ displayState }: PaymentView): Pick<PayStatus, 'refund'> {
  switch (displayState) {
    case 'part-refunding':
    case 'part-refunded':
    case 'refunding':
    case 'refunded':
      return { refund: displayState }
    default:
      return {}
  }
}

/** What a refused request for a payment means to the customer. */
export function statusOfTrouble(thrown: unknown): PayStatus {
  const { status, code, orderId, closure, requestId } = asTrouble(thrown)
  if (code === 'order-paid') return { state: 'paid', orderId }
  if (code === 'order-closed') return { state: 'failed', failure: closureFailure(closure), orderId }
  if (code === 'payment-closed') return { state: 'failed', failure: 'closed' }
  if (code === 'wrong-payer') return { state: 'failed', failure: 'other-door' }
  if (status === 400 || status === 404) return { state: 'failed', failure: 'no-payment' }
  return { state: 'failed', failure: failureOf(thrown), requestId }
}

/** Servers before this version give no reason, later ones may give another. */
const closureFailure = (closure: OrderClosure = 'last-minute'): Failure =>
  failureOfClosure[closure] ?? 'order-closed'

/**
 * What stopped the cashier before it opened, if the words of WeChat's client say so:
 * - blocked: the platform has limited the merchant (category, trading rules, missing shipping records)
 * - needs-tap: the client wants a finger on a button, as HarmonyOS does
 */
export function cashierObstacle(errMsg: string): 'blocked' | 'needs-tap' | null {
  if (/no permission|access[ _]denied|banned|支付功能暂时无法使用/i.test(errMsg)) return 'blocked'
  return /user (tap|gesture|interaction)|用户点击|手势/i.test(errMsg) ? 'needs-tap' : null
}
