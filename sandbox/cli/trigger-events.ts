/** One thing that `trigger` makes happen. */
export interface TriggerEvent {
  /** For --help. */
  does: string
  /** Two parts under one number, by /v3/combine-transactions. */
  isCombined: boolean
  /** How the refund ends; null: nothing is given back, and the payment itself is notified. */
  refundEnd: 'SUCCESS' | 'ABNORMAL' | 'CLOSED' | null
}

/** What can be made to happen, under the names WeChat has for it. */
export const TRIGGER_EVENTS = {
  'transaction.success': { does: 'an order is paid', isCombined: false, refundEnd: null },
  'combine-transaction.success': {
    does: 'a combined order of two parts is paid',
    isCombined: true,
    refundEnd: null,
  },
  'refund.success': { does: 'a paid order is given back', isCombined: false, refundEnd: 'SUCCESS' },
  'refund.abnormal': { does: 'the refund does not reach its card', isCombined: false, refundEnd: 'ABNORMAL' },
  'refund.closed': { does: 'the refund is closed', isCombined: false, refundEnd: 'CLOSED' },
} as const satisfies Record<string, TriggerEvent>

/** The event of that name, or undefined. */
export function findTriggerEvent(name: string): TriggerEvent | undefined {
  return Object.hasOwn(TRIGGER_EVENTS, name) ? TRIGGER_EVENTS[name as keyof typeof TRIGGER_EVENTS] : undefined
}

/** The events in two columns, a line each. */
export function listTriggerEvents(): string {
  return Object.entries(TRIGGER_EVENTS)
    .map(([name, { does }]) => `  ${name.padEnd(30)}${does}\n`)
    .join('')
}
