import type { PaymentLaunch } from '../../contract/payment.ts'
import { limits } from '../config/limits.ts'
import { KindError } from '../shared/errors.ts'
import { noteLaunch } from '../store/payments.ts'
import type { PaymentRow } from '../store/tables.ts'
import { lastMinuteOf } from '../orders/payable.ts'
import { ownPayment } from './own-payment.ts'
import { addressOf, channelOf, type LaunchDeps, type Payer } from './payment-deps.ts'
import { snapshotOf } from './payment-view.ts'
import { handleGoodUntil, registerPayment } from './register-payment.ts'
import { checkAfterLaunch } from './query-ladder.ts'
import { refuseEnded } from './refuse-ended.ts'
import { writeStatusLink } from './status-link.ts'

/**
 * What opens the cashier, for the payer alone. A launch begins a new look at the outcome: what was said and proven about
 * an earlier one no longer counts.
 * Throws NotFound, Conflict (paid, closed, a minute before that, wrong payer, another address), ChannelRefused, ChannelUnknown.
 */
export async function launchPayment(
  deps: LaunchDeps,
  payer: Payer,
  paymentId: string,
): Promise<PaymentLaunch> {
  const payment = await ownPayment(deps.db, payer, paymentId)
  if (!mayBeLaunched(payment, deps.clock.now())) await refuseEnded(deps, payment)
  refuseMoved(payment, payer)
  const registered = await registerPayment(deps, payment)
  const now = deps.clock.now()
  const isLaunched = await noteLaunch(deps.db, registered, now, {
    checkAt: checkAfterLaunch(now),
    expiresAfter: lastMinuteOf(now),
  })
  if (!isLaunched || registered.handle === null) return refuseEnded(deps, registered)
  return channelOf(deps, registered.channel).launch(snapshotOf(registered), {
    handle: registered.handle,
    goodUntil: handleGoodUntil(registered),
    // Signed only for the ways that come back to a page.
    get returnUrl() {
      return returnUrl(deps, registered.order_id)
    },
  })
}

/** Saves the channel a prepay that is of no use; whether it is launched is decided by `noteLaunch`. */
const mayBeLaunched = ({ state, expires_at: expiresAt }: PaymentRow, now: Date): boolean =>
  (state === 'created' || state === 'pending') && expiresAt > lastMinuteOf(now)

/** WeChat compares the address that H5 pay was ordered for: starting again closes this payment and makes a new one. */
function refuseMoved(payment: PaymentRow, payer: Payer): void {
  if (payment.payer_ip !== null && payment.payer_ip !== addressOf(payer))
    throw new KindError('Conflict', '网络刚刚变了，请重新支付。', { code: 'address-changed' })
}

/** Where a cashier in the browser comes back to: a page that only reads our own books, in whichever browser it opens. */
function returnUrl({ clock, publicUrl, statusKey }: LaunchDeps, orderId: string): string {
  const until = new Date(clock.now().getTime() + limits.statusLinkLifetimeMs)
  return `${publicUrl}/orders/${orderId}/return?status=${writeStatusLink(statusKey, orderId, until)}`
}
