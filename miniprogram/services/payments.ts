import type {
  MiniProgramLaunch,
  Payment,
  PaymentCheckRequest,
  PaymentHint,
  PaymentView,
} from '../../contract/payment'
import { call } from './api'

/** The payment, for its payer only. Throws a Trouble. */
export function getPayment(id: string): Promise<PaymentView> {
  return call({ method: 'GET', path: pathOf(id) })
}

/** Signed parameters for wx.requestPayment. Throws a Trouble, e.g. with code `payment-closed`. */
export function launchPayment(id: string): Promise<MiniProgramLaunch> {
  return call({ method: 'POST', path: `${pathOf(id)}/launch` })
}

/** Makes the server ask WeChat now. What the cashier said travels as a hint: it proves nothing. Throws a Trouble. */
export function checkPayment(id: string, hint?: PaymentHint): Promise<Payment> {
  const body: PaymentCheckRequest = { hint }
  return call({ method: 'POST', path: `${pathOf(id)}/check`, body })
}

function pathOf(id: string): string {
  return `/payments/${encodeURIComponent(id)}`
}
