import type { OrderLine } from './order.ts'
import type { Payment } from './payment.ts'

/** A payment in the customer's list, with the goods it was for. */
export interface ListedPayment extends Payment {
  /** Of its order. */
  lines: OrderLine[]
}

/** GET /api/{entry}/payments?cursor=… — the customer's payments in every entry, newest first, 10 a page. */
export interface PaymentPage {
  payments: ListedPayment[]
  nextCursor: string | null
}
