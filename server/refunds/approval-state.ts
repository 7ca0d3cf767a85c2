import { machine, type EventOf, type StateOf } from '../shared/transitions.ts'

/** A refund above its operator's limit that waits for another operator. Expired while open: a moment, not a state. */
export const approvalTransitions = {
  open: { approved: 'approved', declined: 'declined' },
  approved: {},
  declined: {},
} as const

export type ApprovalState = StateOf<typeof approvalTransitions>
export type ApprovalEvent = EventOf<typeof approvalTransitions>
export const approvalMachine = machine(approvalTransitions)
