import type { PaymentPage } from '../../contract/payment-list.ts'
import type {
  Payment,
  PaymentHint,
  PaymentLaunch,
  PaymentRequest,
  PaymentView,
} from '../../contract/payment.ts'
import { callSignedIn } from './call.ts'

/** Starts the payment of this order in that way, or takes the open one up again. */
export function startPayment(orderId: string, request: PaymentRequest): Promise<PaymentView> {
  return callSignedIn<PaymentView>(`orders/${encodeURIComponent(orderId)}/payments`, {
    method: 'POST',
    body: request,
  })
}

/** What opens the cashier now. */
export function launchPayment(paymentId: string): Promise<PaymentLaunch> {
  return callSignedIn<PaymentLaunch>(`payments/${encodeURIComponent(paymentId)}/launch`, {
    method: 'POST',
    body: {},
  })
}

/** Has the server ask WeChat now. What the cashier said goes along as a hint; it proves nothing. */
export function checkPayment(paymentId: string, hint?: PaymentHint): Promise<Payment> {
  return callSignedIn<Payment>(`payments/${encodeURIComponent(paymentId)}/check`, {
    method: 'POST',
    body: hint ? { hint } : {},
  })
}

/** One page of my payments in every entry, newest first. */
export function getPayments(cursor: string | null): Promise<PaymentPage> {
  return callSignedIn<PaymentPage>(`payments${cursor ? `?cursor=${encodeURIComponent(cursor)}` : ''}`)
}
