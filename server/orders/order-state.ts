import { machine, type EventOf, type StateOf } from '../shared/transitions.ts'

/** 支付中 on screen is not a state: it is a pending order with an open payment. */
export const orderTransitions = {
  /** repriced: an operator changed the total. */
  pending: { paid: 'paid', expired: 'closed', repriced: 'pending' },
  /** Money that arrives after closing is kept when the order has no other: the customer paid, so the order stands. */
  closed: { paidLate: 'paid' },
  paid: {},
} as const

export type OrderState = StateOf<typeof orderTransitions>
export type OrderEvent = EventOf<typeof orderTransitions>
export const orderMachine = machine(orderTransitions)
