import { limits } from '../config/limits.ts'
import { takesMoney } from '../orders/payable.ts'
import { isKind } from '../shared/errors.ts'
import { findOrder } from '../store/orders.ts'
import { noteNextCheck } from '../store/payments.ts'
import type { PaymentRow } from '../store/tables.ts'
import { beginClosing, closePayment } from './close-payment.ts'
import type { PaymentDeps } from './payment-deps.ts'
import { lastCheckAt, nextCheckAt } from './query-ladder.ts'
import { queryPayment } from './query-payment.ts'

/**
 * The sweep's look at one open payment that it has claimed: asks the channel, or after expiry ends it there and here.
 * With every notification lost, this is what settles each payment. Never throws for a channel that does not answer.
 */
export async function checkDuePayment(deps: PaymentDeps, payment: PaymentRow): Promise<void> {
  const now = deps.clock.now()
  const reason = await unwantedFor(deps, payment, now)
  if (reason) {
    await beginClosing(deps, payment, reason)
    await closePayment(deps, payment.order_id, payment.out_trade_no)
    return
  }
  try {
    await queryPayment(deps, payment)
  } catch (error) {
    if (!isKind(error, 'ChannelUnknown') && !isKind(error, 'ChannelRefused')) throw error
  }
  const from = payment.handle_at ?? payment.created_at
  // Without a launch no client can open the cashier: one query was enough until it is launched or expires.
  const next =
    payment.launched_at === null
      ? lastCheckAt(payment.expires_at)
      : nextCheckAt({ from, expiresAt: payment.expires_at }, now)
  await noteNextCheck(deps.db, payment, next)
}

/** Why the money of an open payment is not wanted any more, or null while it is. */
async function unwantedFor(deps: PaymentDeps, payment: PaymentRow, now: Date): Promise<string | null> {
  const isExpired = now.getTime() >= payment.expires_at.getTime() + limits.expiryGraceMs
  if (isExpired || payment.state === 'closing') return 'expiry'
  // The transaction that pays an order retires its open attempt; a server of an earlier version left it open.
  const order = await findOrder(deps.db, payment.order_id)
  return order && takesMoney(order) ? null : 'order over'
}
