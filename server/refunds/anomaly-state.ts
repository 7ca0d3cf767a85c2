import { machine, type EventOf, type StateOf } from '../shared/transitions.ts'

export const anomalyTransitions = {
  /** An operator's task. */
  open: { resolved: 'resolved', dismissed: 'dismissed' },
  resolved: {},
  dismissed: {},
} as const

export type AnomalyState = StateOf<typeof anomalyTransitions>
export type AnomalyEvent = EventOf<typeof anomalyTransitions>
export const anomalyMachine = machine(anomalyTransitions)
