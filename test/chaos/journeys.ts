import type { OperatorOrder } from '../../contract/operator.ts'
import type { Order, OrderResult } from '../../contract/order.ts'
import type { PaymentHint, PaymentView } from '../../contract/payment.ts'
import type { RefundRequest } from '../../contract/refund.ts'
import {
  callApi,
  newKey,
  type ApiAnswer,
  type Customer,
  type SignedLaunch,
  type Storefront,
} from '../support/customer.ts'
import { mchid } from '../support/shop.ts'
import type { Chance } from './chance.ts'
import type { VirtualTime } from './virtual-time.ts'

const SECOND = 1_000
/** Faults do not last: who gets no answer tries again after this, so often. */
const AGAIN_MS = 5 * SECOND
const TRIES = 30

/** What a journey works with. */
export interface Travel {
  shop: Storefront & { operatorToken: string }
  time: VirtualTime
  chance: Chance
  /** One person at the mini-program and at the official account. */
  doors: { miniProgram: Customer; officialAccount: Customer }
  /** Where WeChat tells of refunds that staff made in its own console; null: nobody does that here. */
  platformNotifyUrl: string | null
  /** The order's number belongs to this journey from now on. */
  began(orderId: string, kind: JourneyKind): void
  /** Does that just before the nth call that the server makes to WeChat for this order from now on, if it makes so many. */
  meanwhile(orderId: string, nth: number, act: () => Promise<void>): void
  /** The client came back from a cashier that took the money; business time. */
  returned(paymentId: string, atMs: number): void
}

/** What people do, and how many of a hundred do it. */
const journeys = {
  pays: [34, pays],
  paysWithCoupon: [4, paysWithCoupon],
  paysWithoutAWord: [12, paysWithoutAWord],
  cancelsThenPays: [8, cancelsThenPays],
  walksAway: [8, walksAway],
  cancelsTheOrder: [8, cancelsTheOrder],
  changesDoor: [8, changesDoor],
  paysAtBothDoors: [8, paysAtBothDoors],
  paysTheDoorItLeft: [8, paysTheDoorItLeft],
  paysAtTheLastSecond: [6, paysAtTheLastSecond],
  isRefunded: [6, isRefunded],
  isRefundedInParts: [4, isRefundedInParts],
  isRefundedOnThePlatform: [2, isRefundedOnThePlatform],
  asksForMoneyBack: [2, asksForMoneyBack],
} as const satisfies Record<string, readonly [number, (travel: Travel, order: Order) => Promise<unknown>]>

export type JourneyKind = keyof typeof journeys

/** One person orders one thing and does whatever chance says. Faults of the network are part of it. */
export async function travel(one: Travel): Promise<void> {
  const weights = Object.entries(journeys).map(([name, [weight]]) => [name, weight])
  const kind = one.chance.pick(Object.fromEntries(weights) as Record<JourneyKind, number>)
  const body = { lines: [{ productId: 'cup-celadon', quantity: one.chance.between(1, 3) }] }
  const key = newKey()
  const placed = await insist(one, () => one.doors.miniProgram.post<Order>('/orders', body, key))
  // 201, or 200 when the answer to the first try was lost.
  if (placed.status >= 300)
    throw new Error(`an order was answered ${placed.status} ${JSON.stringify(placed.body)}`)
  one.began(placed.body.id, kind)
  await journeys[kind][1](one, placed.body)
}

/** Returns the number of the payment; null when nothing was paid. */
async function pays(one: Travel, order: Order, couponFen = 0): Promise<string | null> {
  const door = one.doors[one.chance.next() < 0.7 ? 'miniProgram' : 'officialAccount']
  const opened = await open(one, door, order)
  if (!opened) return null
  await one.time.sleepUntil(one.time.nowMs() + one.chance.between(0, 5) * AGAIN_MS)
  const { body } = await door.cashier(opened.launch, 'paid', couponFen)
  // Some look at WeChat's own page for a while: the notification comes first then.
  if (one.chance.next() < 0.5) await one.time.sleepUntil(one.time.nowMs() + AGAIN_MS)
  if (body.result === 'ok') one.returned(opened.paymentId, one.time.nowMs())
  await hint(one, door, opened.paymentId, body.result === 'ok' ? 'ok' : 'fail')
  return body.result === 'ok' ? opened.paymentId : null
}

/** A coupon of WeChat's pays part of it: the payer pays less than the total, and the order is paid all the same. */
async function paysWithCoupon(one: Travel, order: Order): Promise<void> {
  await pays(one, order, one.chance.between(1, order.totalFen - 1))
}

/** Paid, and the client died before it could tell. */
async function paysWithoutAWord(one: Travel, order: Order): Promise<void> {
  const opened = await open(one, one.doors.miniProgram, order)
  if (!opened) return
  await one.time.sleepUntil(one.time.nowMs() + one.chance.between(1, 60) * AGAIN_MS)
  await one.doors.miniProgram.cashier(opened.launch, 'lost')
}

async function cancelsThenPays(one: Travel, order: Order): Promise<void> {
  const door = one.doors.miniProgram
  const opened = await open(one, door, order)
  if (!opened) return
  await door.cashier(opened.launch, 'cancelled')
  await hint(one, door, opened.paymentId, 'cancel')
  await one.time.sleepUntil(one.time.nowMs() + one.chance.between(1, 100) * AGAIN_MS)
  await pays(one, order)
}

async function walksAway(one: Travel, order: Order): Promise<void> {
  if (one.chance.next() < 0.5) await open(one, one.doors.miniProgram, order)
}

/**
 * The order is cancelled while its cashier may be open, which is paid at any moment between the calls that this takes: it
 * closes, or WeChat's word wins. Afterwards nothing of it can be started or launched, also while closes go on failing.
 */
async function cancelsTheOrder(one: Travel, order: Order): Promise<void> {
  const { miniProgram, officialAccount } = one.doors
  const opened = one.chance.next() < 0.7 ? await open(one, miniProgram, order) : null
  await one.time.sleepUntil(one.time.nowMs() + one.chance.between(0, 20) * AGAIN_MS)
  if (opened && one.chance.next() < 0.6)
    one.meanwhile(order.id, one.chance.between(1, 4), async () => {
      await miniProgram.cashier(opened.launch, 'lost')
    })
  const { status } = await insist(one, () => officialAccount.post(`/orders/${order.id}/cancel`))
  if (status !== 200 && status !== 409) throw new Error(`a cancel was answered ${status}`)
  await refusesAll(one, order, opened ? [opened] : [])
}

async function changesDoor(one: Travel, order: Order): Promise<void> {
  await open(one, one.doors.miniProgram, order)
  await one.time.sleepUntil(one.time.nowMs() + one.chance.between(1, 20) * AGAIN_MS)
  const opened = await open(one, one.doors.officialAccount, order)
  if (opened) await one.doors.officialAccount.cashier(opened.launch, 'paid')
}

/**
 * Two phones, two cashiers: the first is paid while the second is being opened, at any moment between the calls that this
 * takes, and then the second is paid as well. What the server could not close in time it has to give back.
 */
async function paysAtBothDoors(one: Travel, order: Order): Promise<void> {
  const { miniProgram, officialAccount } = one.doors
  const first = await open(one, miniProgram, order)
  // Two payments whose checks never fall due at the same moment: which one is kept does not hang on who is faster.
  await one.time.sleepUntil(one.time.nowMs() + 2 * AGAIN_MS)
  if (first && one.chance.next() < 0.7)
    one.meanwhile(order.id, one.chance.between(1, 4), async () => {
      await miniProgram.cashier(first.launch, 'lost')
    })
  const second = await open(one, officialAccount, order)
  if (second) await officialAccount.cashier(second.launch, 'paid')
  if (first) await miniProgram.cashier(first.launch, 'paid')
}

/**
 * The entry is changed, and the cashier that was left takes the money all the same when its close was lost or refused. Once
 * the order is paid nothing of it can be started or launched any more, also while closes go on failing.
 */
async function paysTheDoorItLeft(one: Travel, order: Order): Promise<void> {
  const { miniProgram, officialAccount } = one.doors
  const left = await open(one, miniProgram, order)
  await one.time.sleepUntil(one.time.nowMs() + 2 * AGAIN_MS)
  const current = await open(one, officialAccount, order)
  if (!left) return
  const { body } = await miniProgram.cashier(left.launch, 'paid')
  await hint(one, miniProgram, left.paymentId, body.result === 'ok' ? 'ok' : 'fail')
  for (let tries = 1; tries <= TRIES; tries += 1) {
    const { body: known } = await insist(one, () =>
      miniProgram.get<OrderResult>(`/orders/${order.id}/result`),
    )
    if (known.result === 'paid') return refusesAll(one, order, [left, ...(current ? [current] : [])])
    await one.time.sleepUntil(one.time.nowMs() + AGAIN_MS)
  }
}

/** Asks to pay an order that takes no payment any more in every way there is. Throws when the server hands anything out. */
async function refusesAll(one: Travel, order: Order, attempts: { paymentId: string }[]): Promise<void> {
  const { miniProgram, officialAccount } = one.doors
  const paths = [
    `/orders/${order.id}/payments`,
    ...attempts.map((attempt) => `/payments/${attempt.paymentId}/launch`),
  ]
  for (const door of [miniProgram, officialAccount])
    for (const path of paths) {
      const { status } = await insist(one, () => door.post(path))
      if (status !== 409) throw new Error(`of an order that is over, ${path} was answered ${status}`)
    }
}

/** Within two seconds of the order's expiry, before or after: the cashier was opened before the last minute. */
async function paysAtTheLastSecond(one: Travel, order: Order): Promise<void> {
  const expiresAtMs = Date.parse(order.expiresAt)
  await one.time.sleepUntil(expiresAtMs - 80 * SECOND)
  const opened = await open(one, one.doors.miniProgram, order)
  await one.time.sleepUntil(expiresAtMs - 20 * SECOND)
  const late = await one.doors.officialAccount.post(`/orders/${order.id}/payments`)
  if (late.status < 300) throw new Error(`a payment was begun 20 s before expiry: ${late.status}`)
  await one.time.sleepUntil(expiresAtMs + one.chance.between(-2, 2) * SECOND)
  if (opened) await one.doors.miniProgram.cashier(opened.launch, 'lost')
}

async function isRefunded(one: Travel, order: Order): Promise<void> {
  if (!(await pays(one, order))) return
  await one.time.sleepUntil(one.time.nowMs() + one.chance.between(1, 24) * AGAIN_MS)
  const part = one.chance.between(0, 1) === 1 ? { amountFen: Math.ceil(order.totalFen * 0.3) } : {}
  await refund(one, order.id, part)
  await refundAgain(one, order.id)
}

/** Minutes later somebody of the shop looks whether the refund failed, and then has it made again. */
async function refundAgain(one: Travel, orderId: string): Promise<void> {
  await one.time.sleepUntil(one.time.nowMs() + 180 * SECOND)
  const headers = { authorization: `Bearer ${one.shop.operatorToken}` }
  const { body } = await insist(one, () =>
    callApi<OperatorOrder>(one.shop, 'GET', `/api/operator/orders/${orderId}`, { headers }),
  )
  const failed = body.timeline.filter(
    ({ subject, event, evidence }) =>
      subject === 'anomaly' && event === 'found' && evidence.kind === 'refund-failed',
  )
  for (const { number } of failed)
    await insist(one, () =>
      callApi(one.shop, 'POST', `/api/operator/anomalies/${number}/actions`, {
        headers,
        body: { action: 'refund-again' },
      }),
    )
}

async function isRefundedInParts(one: Travel, order: Order): Promise<void> {
  if (!(await pays(one, order))) return
  for (let part = 1; part <= 3; part += 1) {
    await one.time.sleepUntil(one.time.nowMs() + one.chance.between(1, 24) * AGAIN_MS)
    // The last one may be for more than is left: refused, and nothing happens.
    await refund(one, order.id, { amountFen: Math.ceil(order.totalFen * (part === 3 ? 0.5 : 0.3)) })
  }
}

/** The customer asks for the money back, and takes it back before or after an operator approves it: the first of both counts. */
async function asksForMoneyBack(one: Travel, order: Order): Promise<void> {
  if (!(await pays(one, order))) return
  await one.time.sleepUntil(one.time.nowMs() + one.chance.between(1, 24) * AGAIN_MS)
  const door = one.doors.miniProgram
  const path = `/orders/${order.id}/refund-requests`
  const asked = await insist(one, () => door.post<RefundRequest>(path, { reason: '不想要了' }))
  // 409: the payment is not known yet, or the answer to the first try was lost.
  if (asked.status !== 201) return
  const headers = { authorization: `Bearer ${one.shop.operatorToken}` }
  const decide = () =>
    callApi(one.shop, 'POST', `/api/operator/refund-requests/${asked.body.id}/decision`, {
      headers,
      body: { approved: true },
    })
  const withdraw = () => door.post(`${path}/${asked.body.id}/withdraw`)
  for (const act of one.chance.next() < 0.5 ? [withdraw, decide] : [decide, withdraw]) await insist(one, act)
}

/** The merchant's staff refunds in WeChat's own console; our server is not asked. */
async function isRefundedOnThePlatform(one: Travel, order: Order): Promise<void> {
  const paymentId = await pays(one, order)
  const notifyUrl = one.platformNotifyUrl
  if (!paymentId || notifyUrl === null) return
  await one.time.sleepUntil(one.time.nowMs() + one.chance.between(1, 24) * AGAIN_MS)
  const made = { mchid, outTradeNo: paymentId, amountFen: Math.ceil(order.totalFen / 2), notifyUrl }
  await one.shop.sandbox.control('/refunds', made)
}

/** Opens the cashier's door; null: the server says, for good, that there is nothing to pay here. */
async function open(
  one: Travel,
  door: Customer,
  order: Order,
): Promise<{ paymentId: string; launch: SignedLaunch } | null> {
  const payment = await insist(one, () => door.post<PaymentView>(`/orders/${order.id}/payments`))
  if (payment.status >= 300) return null
  const { id } = payment.body
  const launch = await insist(one, () => door.post<SignedLaunch>(`/payments/${id}/launch`))
  return launch.status < 300 ? { paymentId: id, launch: launch.body } : null
}

const hint = (one: Travel, door: Customer, paymentId: string, said: PaymentHint) =>
  insist(one, () => door.post(`/payments/${paymentId}/check`, { hint: said }))

function refund(one: Travel, orderId: string, wanted: { amountFen?: number }): Promise<ApiAnswer> {
  const headers = { authorization: `Bearer ${one.shop.operatorToken}`, ...newKey() }
  const body = { ...wanted, reason: '顾客不要了' }
  return insist(one, () =>
    callApi(one.shop, 'POST', `/api/operator/orders/${orderId}/refunds`, { headers, body }),
  )
}

/** Asks again, the same thing, while nobody knows. */
async function insist<T>(one: Travel, ask: () => Promise<ApiAnswer<T>>): Promise<ApiAnswer<T>> {
  for (let tries = 1; ; tries += 1) {
    const answer = await ask()
    if (answer.status < 500 || tries === TRIES) return answer
    await one.time.sleepUntil(one.time.nowMs() + AGAIN_MS)
  }
}
