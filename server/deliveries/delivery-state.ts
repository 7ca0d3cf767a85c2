import { machine, type EventOf, type StateOf } from '../shared/transitions.ts'

export const deliveryTransitions = {
  /** To be sent now, or again later. postponed: not taken, and the ladder has another rung. */
  pending: { delivered: 'delivered', postponed: 'pending', failed: 'failed', replayed: 'pending' },
  delivered: { replayed: 'pending' },
  /** Nobody tries any more, but an operator may. */
  failed: { replayed: 'pending' },
} as const

export type DeliveryState = StateOf<typeof deliveryTransitions>
export type DeliveryEvent = EventOf<typeof deliveryTransitions>
export const deliveryMachine = machine(deliveryTransitions)
