import { machine, type EventOf, type StateOf } from '../shared/transitions.ts'

export const refundTransitions = {
  /** Reserved and numbered here; not sent before its time. */
  created: { submitted: 'submitted' },
  /**
   * On its way: the channel may have it or not, until its answer or a query tells. A balance that is short leaves it
   * here, to be sent again under the same number.
   */
  submitted: {
    accepted: 'processing',
    succeeded: 'succeeded',
    closed: 'closed',
    failed: 'abnormal',
    refused: 'refused',
  },
  processing: { succeeded: 'succeeded', closed: 'closed', failed: 'abnormal' },
  /** The customer's card did not take it. Somebody sends it elsewhere, here or on the channel's platform. */
  abnormal: { redirected: 'processing', succeeded: 'succeeded', closed: 'closed' },
  succeeded: {},
  closed: {},
  refused: {},
} as const

export type RefundState = StateOf<typeof refundTransitions>
export type RefundEvent = EventOf<typeof refundTransitions>
export const refundMachine = machine(refundTransitions)

/** Its money is promised: it counts against the payment until it has gone back or is known to stay. */
export const isReserved = (state: RefundState): boolean => !refundMachine.isTerminal(state)
