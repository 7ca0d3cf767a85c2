import { limits } from '../config/limits.ts'
import { ChannelRefused } from '../shared/errors.ts'
import { movePayment, noteHandle } from '../store/payments.ts'
import type { PaymentRow } from '../store/tables.ts'
import { beginClosing, closePayment } from './close-payment.ts'
import { channelOf, type PaymentDeps } from './payment-deps.ts'
import { snapshotOf } from './payment-view.ts'
import { nextCheckAt } from './query-ladder.ts'
import { queryPayment } from './query-payment.ts'
import { refuseEnded } from './refuse-ended.ts'

/**
 * Makes sure that an open payment has a handle that opens its cashier. Sends the stored body, byte for byte, so that the
 * channel sees identical parameters and answers a fresh handle for the same number. `isFirstSend`: nothing of this number
 * was sent before, so a refusal is final.
 * Throws ChannelUnknown (the payment stays open; the same number again, later), ChannelRefused, and Conflict when the
 * payment or its order ended meanwhile.
 */
export async function registerPayment(
  deps: PaymentDeps,
  payment: PaymentRow,
  { isFirstSend } = { isFirstSend: false },
): Promise<PaymentRow> {
  const asked = deps.clock.now()
  if (payment.handle !== null && asked < handleGoodUntil(payment)) return payment
  let handle: string
  try {
    handle = await channelOf(deps, payment.channel).prepay(snapshotOf(payment), payment.prepay_body)
  } catch (error) {
    if (error instanceof ChannelRefused) await learnFromRefusal(deps, payment, error, isFirstSend)
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
  return registered || (await noteHandle(deps.db, payment, prepaid)) || (await refuseEnded(deps, payment))
}

/** Until when the handle of a payment opens its cashier; the past while it has none. */
export function handleGoodUntil(payment: Pick<PaymentRow, 'way' | 'handle_at' | 'expires_at'>): Date {
  if (payment.handle_at === null) return new Date(0)
  const diesAt = payment.handle_at.getTime() + limits.handleLifetimeMs[payment.way]
  return new Date(Math.min(diesAt, payment.expires_at.getTime()))
}

/** A verified no. No error code settles anything as paid: ORDERPAID makes us ask. */
async function learnFromRefusal(
  deps: PaymentDeps,
  payment: PaymentRow,
  refusal: ChannelRefused,
  isFirstSend: boolean,
): Promise<void> {
  if (refusal.channelCode === 'ORDER_PAID') {
    await queryPayment(deps, payment)
    await refuseEnded(deps, payment)
  }
  if (refusal.channelCode === 'ORDER_CLOSED') {
    await beginClosing(deps, payment, 'prepay')
    await closePayment(deps, payment.order_id, payment.out_trade_no)
    await refuseEnded(deps, payment)
  }
  // A payment that has a handle stays as it is: what was accepted before is alive.
  if (payment.state !== 'created') return
  if (!isFirstSend || refusal.earlierUnknown) {
    // An earlier send of this number has an unknown outcome, so the channel may have accepted it.
    await beginClosing(deps, payment, 'refused repeat of prepay')
    await closePayment(deps, payment.order_id, payment.out_trade_no)
    return
  }
  const evidence = { from: 'prepay', channelCode: refusal.channelCode, httpStatus: refusal.httpStatus }
  await movePayment(deps.db, payment, 'refused', deps.clock.now(), {}, evidence)
}
