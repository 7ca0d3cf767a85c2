import type { OrderDisplayState } from '../../contract/order.ts'
import type { PaidDisplayState, PaymentDisplayState } from '../../contract/payment.ts'
import type { OrderState } from './order-state.ts'

interface ReceivedFacts {
  receivedFen: number
  /** Fen that have gone back. */
  refundedFen: number
  /** Fen that are promised to refunds which are not over. */
  refundingFen: number
}

/** How money that was received is shown. Pure. */
export function receivedDisplayState(facts: ReceivedFacts): PaidDisplayState {
  const { receivedFen, refundedFen, refundingFen } = facts
  const isWhole = refundedFen + refundingFen >= receivedFen
  if (refundingFen > 0) return isWhole ? 'refunding' : 'part-refunding'
  if (refundedFen > 0) return isWhole ? 'refunded' : 'part-refunded'
  return 'paid'
}

export interface OrderFacts {
  state: OrderState
  /** Its buyer has asked to cancel it. */
  cancelAsked: boolean
  totalFen: number
  /** A cashier was opened for one of its payments, and the outcome is not known yet. */
  paying: boolean
  /** Fen of the payment that pays the order. */
  refundedFen: number
  refundingFen: number
  /** Fen of its other paid payments that have not gone back yet. */
  surplusFen: number
}

/** How an order is shown. Surplus money shows in its payment's own state while the order can be, or is, paid. Pure. */
export function orderDisplayState(facts: OrderFacts): OrderDisplayState {
  switch (facts.state) {
    case 'pending':
      if (facts.cancelAsked) return 'cancelling'
      return facts.paying ? 'paying' : 'unpaid'
    case 'paid':
      return receivedDisplayState({ ...facts, receivedFen: facts.totalFen })
    case 'closed':
      if (facts.surplusFen > 0) return 'closed-refunding'
      return facts.cancelAsked ? 'cancelled' : 'closed'
  }
}

export interface PaymentFacts {
  state: 'created' | 'pending' | 'paid' | 'closing' | 'closed' | 'failed'
  /** It pays its order. */
  kept: boolean
  /** Its cashier was opened, and the outcome is not known yet. */
  paying: boolean
  amountFen: number
  refundedFen: number
  refundingFen: number
}

/** How a payment is shown. Pure. */
export function paymentDisplayState(facts: PaymentFacts): PaymentDisplayState {
  const { state, kept, amountFen, refundedFen } = facts
  switch (state) {
    case 'created':
    case 'pending':
      return facts.paying ? 'paying' : 'unpaid'
    case 'paid':
      if (kept) return receivedDisplayState({ ...facts, receivedFen: amountFen })
      return refundedFen < amountFen ? 'refunding' : 'refunded'
    case 'closing':
    case 'closed':
    case 'failed':
      return state
  }
}
