import type { PaymentHint, PaymentView } from '../../contract/payment.ts'

/**
 * What opening a cashier came to.
 * - handed-over: a native page has the customer now; nothing more will be heard here
 * - ok, cancel, fail: what WeChat's cashier said on closing, a hint and never a proof
 * - silent: the cashier was called and has said nothing yet; the customer may be in it, or there is none
 * - not-opened: the customer never saw a cashier; `why` is the sentence to show
 */
export type CashierEnding =
  | { is: 'handed-over' }
  | { is: PaymentHint }
  | { is: 'silent'; ending: Promise<CashierEnding> }
  | { is: 'not-opened'; why: 'pay.stack-full' | 'pay.no-bridge' | 'pay.wrong-place' }

/** One way of collecting. It shows the customer a cashier for this payment. */
export type OpenCashier = (payment: PaymentView) => Promise<CashierEnding>
