import { limits } from '../config/limits.ts'
import { ChannelRefused, KindError } from '../shared/errors.ts'
import { findPayment, movePayment, notePayment } from '../store/payments.ts'
import type { PaymentRow } from '../store/tables.ts'
import { beginClosing, closePayment } from './close-payment.ts'
import { channelOf, type PaymentDeps } from './payment-deps.ts'
import { snapshotOf } from './payment-view.ts'
import { nextCheckAt } from './query-ladder.ts'
import { queryPayment } from './query-payment.ts'

/**
 * Makes sure that an open payment has a handle that opens its cashier. Sends the stored body, byte for byte, so that the
 * channel sees identical parameters and answers a fresh handle for the same number.
 * Throws ChannelUnknown (the payment stays open; the same number again, later) and ChannelRefused.
 */
export async function registerPayment(deps: PaymentDeps, payment: PaymentRow): Promise<PaymentRow> {
  const asked = deps.clock.now()
  if (payment.handle !== null && asked < handleGoodUntil(payment)) return payment
  let handle: string
  try {
    handle = await channelOf(deps, payment.channel).prepay(snapshotOf(payment), payment.prepay_body)
  } catch (error) {
    if (error instanceof ChannelRefused) await learnFromRefusal(deps, payment, error)
    throw error
  }
  const now = deps.clock.now()
  const prepaid = {
    handle,
    handle_at: now,
    next_check_at: nextCheckAt({ from: now, expiresAt: payment.expires_at }, now),
  }
  const registered =
    payment.state === 'created' &&
    (await movePayment(deps.db, payment, 'registered', now, prepaid, { from: 'prepay' }))
  return registered || (await notePayment(deps.db, payment, prepaid)) || (await readAgain(deps, payment))
}

/** Until when the handle of a payment opens its cashier; the past while it has none. */
export function handleGoodUntil(payment: Pick<PaymentRow, 'way' | 'handle_at' | 'expires_at'>): Date {
  if (payment.handle_at === null) return new Date(0)
  const diesAt = payment.handle_at.getTime() + limits.handleLifetimeMs[payment.way]
  return new Date(Math.min(diesAt, payment.expires_at.getTime()))
}

/** The payment ended while we asked: whoever ended it wins. */
async function readAgain(deps: PaymentDeps, payment: PaymentRow): Promise<PaymentRow> {
  const known = await findPayment(deps.db, payment.order_id, payment.out_trade_no)
  if (known?.state === 'paid')
    throw new KindError('Conflict', '这个订单已经支付成功，无需再次支付。', { code: 'order-paid' })
  throw new KindError('Conflict', '这次支付已关闭，请回到订单重新支付。', { code: 'payment-closed' })
}

/** A verified no. No error code settles anything as paid: ORDERPAID makes us ask. */
async function learnFromRefusal(
  deps: PaymentDeps,
  payment: PaymentRow,
  refusal: ChannelRefused,
): Promise<void> {
  if (refusal.channelCode === 'ORDER_PAID') {
    await queryPayment(deps, payment)
    await readAgain(deps, payment)
  }
  if (refusal.channelCode === 'ORDER_CLOSED') {
    await beginClosing(deps, payment, 'prepay')
    await closePayment(deps, payment.order_id, payment.out_trade_no)
    throw new KindError('Conflict', '这次支付已关闭，请回到订单重新支付。', { code: 'payment-closed' })
  }
  // Only a number that WeChat has never accepted can fail for good; a refused repeat leaves the first one alive.
  if (payment.state !== 'created') return
  const evidence = { from: 'prepay', channelCode: refusal.channelCode, httpStatus: refusal.httpStatus }
  await movePayment(deps.db, payment, 'refused', deps.clock.now(), {}, evidence)
}
