import { machine, type EventOf, type StateOf } from '../shared/transitions.ts'

/** A customer's request to have the money back. withdrawn: by the customer, before anybody decided. */
export const requestTransitions = {
  open: { approved: 'approved', declined: 'declined', withdrawn: 'withdrawn' },
  approved: {},
  declined: {},
  withdrawn: {},
} as const

export type RequestState = StateOf<typeof requestTransitions>
export type RequestEvent = EventOf<typeof requestTransitions>
export const requestMachine = machine(requestTransitions)
