import { limits } from '../config/limits.ts'
import { ChannelRefused, KindError } from '../shared/errors.ts'
import { findPayment, movePayment, notePayment } from '../store/payments.ts'
import type { PaymentRow } from '../store/tables.ts'
import { beginClosing, closePayment } from './close-payment.ts'
import type { PaymentDeps } from './payment-deps.ts'
import { snapshotOf } from './payment-view.ts'
import { nextCheckAt } from './query-ladder.ts'
import { queryPayment } from './query-payment.ts'

/**
 * Makes sure that an open payment has a prepay_id that can be launched. Sends the stored body, byte for byte, so that
 * WeChat sees identical parameters and answers a fresh prepay_id for the same number.
 * Throws ChannelUnknown (the payment stays open; the same number again, later) and ChannelRefused.
 */
export async function registerPayment(deps: PaymentDeps, payment: PaymentRow): Promise<PaymentRow> {
  const asked = deps.clock.now()
  const isFresh =
    payment.prepaid_at !== null && asked.getTime() - payment.prepaid_at.getTime() < limits.prepayLifetimeMs
  if (payment.prepay_id !== null && isFresh) return payment
  let prepayId: string
  try {
    prepayId = await deps.channel.prepay(snapshotOf(payment), payment.prepay_body)
  } catch (error) {
    if (error instanceof ChannelRefused) await learnFromRefusal(deps, payment, error)
    throw error
  }
  const now = deps.clock.now()
  const prepaid = {
    prepay_id: prepayId,
    prepaid_at: now,
    next_check_at: nextCheckAt({ from: now, expiresAt: payment.expires_at }, now),
  }
  const registered =
    payment.state === 'created' &&
    (await movePayment(deps.db, payment, 'registered', now, prepaid, { from: 'prepay' }))
  return registered || (await notePayment(deps.db, payment, prepaid)) || (await readAgain(deps, payment))
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
