import { machine, type EventOf, type StateOf } from '../shared/transitions.ts'

/** 支付中 on screen is not a state: it is a pending order with an open payment. */
export const orderTransitions = {
  /**
   * repriced: an operator changed the total. cancelAsked: the buyer cancels, nothing may be started or launched any more.
   * cancelled: the channel has closed every attempt. A payment that turns out to be paid wins until then.
   */
  pending: {
    paid: 'paid',
    expired: 'closed',
    repriced: 'pending',
    cancelAsked: 'pending',
    cancelled: 'closed',
  },
  /** Money that arrives after closing is kept when the order has no other: the customer paid, so the order stands. */
  closed: { paidLate: 'paid' },
  paid: {},
} as const

export type OrderState = StateOf<typeof orderTransitions>
export type OrderEvent = EventOf<typeof orderTransitions>
export const orderMachine = machine(orderTransitions)
