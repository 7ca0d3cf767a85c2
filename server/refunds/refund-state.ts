import { machine, type EventOf, type StateOf } from '../shared/transitions.ts'

export const refundTransitions = {
  /** Reserved and numbered here; not sent before its time. */
  created: { submitted: 'submitted' },
  /**
   * On its way: the channel may have it or not, until its answer or a query tells. A balance that is short leaves it
   * here, to be sent again under the same number; so does a refusal while an earlier send is unanswered.
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
  /** provenSuccess and its like repair: the channel proves later that a refund which counted as over went out after all. */
  closed: { provenSuccess: 'succeeded' },
  refused: { provenAccepted: 'processing', provenSuccess: 'succeeded', provenFailure: 'abnormal' },
} as const

export type RefundState = StateOf<typeof refundTransitions>
export type RefundEvent = EventOf<typeof refundTransitions>
export const refundMachine = machine(refundTransitions)

/** Nothing is expected to happen to it any more; closed and refused may still be repaired by later proof. */
export const isOver = (state: RefundState): boolean =>
  state === 'succeeded' || state === 'closed' || state === 'refused'

/** Over, and nothing went back. */
export const cameToNothing = (state: RefundState): boolean => state === 'closed' || state === 'refused'

/** Its money is promised: it counts against the payment until it has gone back or is known to stay. */
export const isReserved = (state: RefundState): boolean => !isOver(state)
