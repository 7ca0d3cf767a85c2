import type { PaymentLaunch } from '../../contract/payment.ts'
import { KindError } from '../shared/errors.ts'
import { notePayment } from '../store/payments.ts'
import type { PaymentRow } from '../store/tables.ts'
import { ownPayment } from './own-payment.ts'
import type { Payer, PaymentDeps } from './payment-deps.ts'
import { snapshotOf } from './payment-view.ts'
import { registerPayment } from './register-payment.ts'

/**
 * Signed parameters for WeChat's cashier, for the payer alone. A launch begins a new look at the outcome: what was
 * said and proven about an earlier one no longer counts.
 * Throws NotFound, Conflict (paid, closed, wrong payer), ChannelRefused, ChannelUnknown.
 */
export async function launchPayment(
  deps: PaymentDeps,
  payer: Payer,
  paymentId: string,
): Promise<PaymentLaunch> {
  const payment = await ownPayment(deps.db, payer, paymentId)
  refuseOver(payment, deps.clock.now())
  const registered = await registerPayment(deps, payment)
  const launched = await notePayment(deps.db, registered, {
    launched_at: deps.clock.now(),
    hint: null,
    hint_at: null,
    unpaid_since: null,
    unpaid_at: null,
  })
  if (!launched?.prepay_id)
    throw new KindError('Conflict', '这次支付已关闭，请回到订单重新支付。', { code: 'payment-closed' })
  const { appId, ...launch } = deps.channel.launch(snapshotOf(launched), launched.prepay_id)
  return launched.entry_kind === 'mini-program' ? launch : { appId, ...launch }
}

function refuseOver(payment: PaymentRow, now: Date): void {
  if (payment.state === 'paid')
    throw new KindError('Conflict', '这个订单已经支付成功，无需再次支付。', { code: 'order-paid' })
  const isOpen = payment.state === 'created' || payment.state === 'pending'
  if (!isOpen || now >= payment.expires_at)
    throw new KindError('Conflict', '这次支付已关闭，请回到订单重新支付。', { code: 'payment-closed' })
}
