import { computed, shallowReactive } from 'vue'
import type { OrderResult } from '../../contract/order.ts'
import type { PaymentRequest, PaymentView, PaymentWay } from '../../contract/payment.ts'
import { failureOf, RequestFailed } from '../api/failure.ts'
import type { Failure } from '../api/failure.ts'
import { checkPayment, startPayment } from '../api/payments.ts'
import { currentEnvironment } from '../entry/environment.ts'
import { knownEntry } from '../entry/known-entry.ts'
import { loadPart } from '../load-part.ts'
import type { CashierEnding, OpenCashier } from '../payment/cashier.ts'

/**
 * Where paying for an order stands on this screen. None of these is a fact about money: `paid` and `failed` repeat what the
 * server has proven, the rest is about what the customer sees.
 * - idle: nothing has been asked
 * - preparing: the server is getting the payment ready
 * - waiting: a cashier has the customer, or the native page does
 * - checking: the server is being asked how it ended
 */
export type PaymentStatus = 'idle' | 'preparing' | 'waiting' | 'checking' | 'paid' | 'failed'

/** Why paying could not begin: a refusal, or a cashier that did not open. */
export type PaymentTrouble =
  { kind: 'not-opened'; why: Extract<CashierEnding, { is: 'not-opened' }>['why'] } | Failure

interface Attempt {
  orderId: string | null
  status: PaymentStatus
  trouble: PaymentTrouble | null
}

/** One tab has one customer, who pays one order at a time; the page that starts paying is not the one that ends it. */
const attempt = shallowReactive<Attempt>({ orderId: null, status: 'idle', trouble: null })

/** One file a way; each is loaded when it is first used. Every other way goes to a page of the channel's. */
const ways: Partial<Record<PaymentWay, () => Promise<{ openCashier: OpenCashier }>>> = {
  'mini-program': () => import('../payment/mini-program.ts'),
  jsapi: () => import('../payment/jsapi.ts'),
  'native-qr': () => import('../payment/native-qr.ts'),
}

/** Paying for one order, as far as this screen is concerned. */
export function usePayment(orderId: () => string | null) {
  const isOurs = () => attempt.orderId !== null && attempt.orderId === orderId()
  return {
    status: computed(() => (isOurs() ? attempt.status : 'idle')),
    trouble: computed(() => (isOurs() ? attempt.trouble : null)),
    pay,
    comeBack: () => isOurs() && comeBack(),
    show: (result: OrderResult) => showResult(orderId(), result),
  }
}

/**
 * Pays an order: has the server prepare it, lets `goToResult` put the result page underneath, opens the cashier above it.
 * `chosen` is the way the customer picked instead of the one that suits these surroundings.
 * Resolves when nothing more will be heard from the cashier; the result page finds out how it ended. Answers what stopped
 * it before the result page was shown, or null.
 */
async function pay(
  orderId: string,
  goToResult: () => Promise<unknown>,
  chosen?: PaymentRequest,
): Promise<Failure | null> {
  if (attempt.orderId === orderId && attempt.status === 'preparing') return null
  Object.assign(attempt, { orderId, status: 'preparing', trouble: null } satisfies Attempt)
  const startedOn = location.pathname
  let isResultShown = false
  try {
    const payment = await startPayment(orderId, chosen ?? (await suggested()))
    const openCashier = await cashierOf(payment)
    if (location.pathname !== startedOn) {
      // The customer went elsewhere meanwhile; the order waits in the list, and no cashier jumps up.
      attempt.status = 'idle'
      return null
    }
    await goToResult()
    isResultShown = true
    attempt.status = 'waiting'
    await heed(payment, await openCashier(payment))
    return null
  } catch (error) {
    const trouble = failureOf(error)
    Object.assign(attempt, { orderId, status: 'failed', trouble } satisfies Attempt)
    return isResultShown ? null : trouble
  }
}

/** The way that suits these surroundings. Almost everywhere it is the first one of the tab's own entry. */
async function suggested(): Promise<PaymentRequest> {
  const environment = currentEnvironment()
  if (!/-pc|wecom|other/.test(environment)) return {}
  const { waysHere } = await loadPart(() => import('../payment/ways-here.ts'))
  const { code } = await knownEntry()
  const [best] = await waysHere(environment, code)
  // H5 pay refuses these clients: it may be tried by who chooses it, and is suggested to nobody.
  if (best?.way === 'h5') throw new RequestFailed({ kind: 'outside-wechat' })
  return best?.request ?? {}
}

async function cashierOf({ way }: PaymentView): Promise<OpenCashier> {
  return (await loadPart(ways[way] ?? (() => import('../payment/channel-page.ts')))).openCashier
}

async function heed(payment: PaymentView, ending: CashierEnding): Promise<void> {
  if (ending.is === 'handed-over') return
  if (ending.is === 'silent') {
    // Under a cashier nobody reads this; without one the customer needs it, and a way to pay.
    if (attempt.orderId === payment.orderId && attempt.status === 'waiting' && !document.hidden)
      attempt.trouble = { kind: 'not-opened', why: 'pay.no-bridge' }
    return heed(payment, await ending.ending)
  }
  // A hint that gets lost costs only time: the result page asks by itself.
  if (ending.is !== 'not-opened') await checkPayment(payment.id, ending.is).catch(failureOf)
  // That page went on asking meanwhile: what it has found stands. And the customer may be paying for another order by now.
  if (attempt.orderId !== payment.orderId || attempt.status === 'paid') return
  if (ending.is === 'not-opened')
    Object.assign(attempt, { status: 'failed', trouble: { kind: 'not-opened', why: ending.why } })
  else Object.assign(attempt, { status: 'checking', trouble: null })
}

/** The customer sees this page again: what it last said about an unpaid order may be old. */
function comeBack(): void {
  if (attempt.status === 'waiting' || (attempt.status === 'failed' && !attempt.trouble))
    attempt.status = 'checking'
}

function showResult(orderId: string | null, { result }: OrderResult): void {
  if (attempt.orderId !== orderId) Object.assign(attempt, { orderId, status: 'idle', trouble: null })
  if (attempt.status === 'preparing') return
  if (result === 'checking') {
    if (attempt.status !== 'waiting') attempt.status = 'checking'
    return
  }
  attempt.status = result === 'paid' ? 'paid' : 'failed'
  if (result !== 'unpaid') attempt.trouble = null
}
