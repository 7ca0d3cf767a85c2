import { machine, type EventOf, type StateOf } from '../shared/transitions.ts'

export const paymentTransitions = {
  /** Written here, not yet known to WeChat. When WeChat's answer was lost it may be paid from here. */
  created: {
    registered: 'pending',
    refused: 'failed',
    paid: 'paid',
    closingStarted: 'closing',
    closedAtChannel: 'closed',
    failedAtChannel: 'failed',
  },
  pending: {
    paid: 'paid',
    closingStarted: 'closing',
    closedAtChannel: 'closed',
    failedAtChannel: 'failed',
  },
  /** No more money wanted, no proof yet that none comes. neverRegistered: WeChat does not know the number. */
  closing: { paid: 'paid', closedAtChannel: 'closed', neverRegistered: 'closed', failedAtChannel: 'failed' },
  closed: { paidLate: 'paid' },
  failed: { paidLate: 'paid' },
  paid: {},
} as const

export type PaymentState = StateOf<typeof paymentTransitions>
export type PaymentEvent = EventOf<typeof paymentTransitions>
export const paymentMachine = machine(paymentTransitions)

/** Money may arrive by itself: somebody has to keep asking. */
export const isOpen = (state: PaymentState) =>
  state === 'created' || state === 'pending' || state === 'closing'

/** The one event that money is in this state, whether it was awaited or comes late. */
export const paidEventOf = (state: PaymentState): PaymentEvent | null =>
  paymentMachine.next(state, 'paid') ? 'paid' : paymentMachine.next(state, 'paidLate') ? 'paidLate' : null
