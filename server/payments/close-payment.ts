import { limits } from '../config/limits.ts'
import { isKind } from '../shared/errors.ts'
import { findPayment, movePayment, noteNextCheck } from '../store/payments.ts'
import type { PaymentRow } from '../store/tables.ts'
import { channelOf, type PaymentDeps } from './payment-deps.ts'
import { paymentMachine } from './payment-state.ts'
import { snapshotOf } from './payment-view.ts'
import { queryPayment } from './query-payment.ts'
import { settlePayment } from './settle-payment.ts'

/**
 * Ends a payment at the channel, and only then here. Asks first: a close of a number that the channel does not know
 * would burn it. A close that is refused or unknown leaves the payment closing, with a later check.
 */
export async function closePayment(deps: PaymentDeps, orderId: string, outTradeNo: string): Promise<void> {
  const payment = await findPayment(deps.db, orderId, outTradeNo)
  if (!payment || payment.state !== 'closing') return
  try {
    await closeAtChannel(deps, payment)
  } catch (error) {
    if (!isKind(error, 'ChannelUnknown') && !isKind(error, 'ChannelRefused')) throw error
    await checkAgain(deps, payment)
  }
}

async function closeAtChannel(deps: PaymentDeps, payment: PaymentRow): Promise<void> {
  const trade = await queryPayment(deps, payment)
  if (trade === null) return giveUpUnregistered(deps, payment)
  if (trade.outcome !== 'unpaid') return
  const closed = await channelOf(deps, payment.channel).close(snapshotOf(payment))
  if (closed === 'absent') return giveUpUnregistered(deps, payment)
  if (closed === 'paid') {
    await queryPayment(deps, payment)
    return
  }
  await settlePayment(deps, { ...trade, outcome: 'closed' }, { from: 'close' })
}

/**
 * The channel does not know the number. A prepay may still be on its way, or a buyer to a cashier whose address nobody can
 * take back, so this is final only after expiry.
 */
async function giveUpUnregistered(deps: PaymentDeps, payment: PaymentRow): Promise<void> {
  const now = deps.clock.now()
  if (now.getTime() < payment.expires_at.getTime() + limits.expiryGraceMs) return checkAgain(deps, payment)
  await movePayment(deps.db, payment, 'neverRegistered', now, {}, { from: 'query' })
}

async function checkAgain(deps: PaymentDeps, payment: PaymentRow): Promise<void> {
  const now = deps.clock.now()
  await noteNextCheck(deps.db, payment, new Date(now.getTime() + limits.closeRetryMs))
}

/** Marks a payment as closing: from here on its money is not wanted, though it may still come. */
export async function beginClosing(deps: PaymentDeps, payment: PaymentRow, reason: string): Promise<void> {
  if (!paymentMachine.next(payment.state, 'closingStarted')) return
  const now = deps.clock.now()
  await movePayment(deps.db, payment, 'closingStarted', now, { next_check_at: now }, { from: reason })
}
