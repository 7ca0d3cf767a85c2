import type { Order, OrderDisplayState } from '../contract/order.ts'

/** The server opens no cashier in the last minute before an order's expiry, and closes the order a minute after it. */
const marginMs = 60_000
/** Each moment is given this long to have passed at the server. */
const slackMs = 500
/** An overdue order is about to be closed. */
const closingMs = 10_000
/** The longest delay that setTimeout takes. */
const timerMostMs = 2_147_483_647

/** What goes on without the customer is looked at this often; refunds take minutes or days. */
const underWayMs: Partial<Record<OrderDisplayState, number>> = {
  paying: 10_000,
  cancelling: 10_000,
  refunding: 60_000,
  'part-refunding': 60_000,
  'closed-refunding': 60_000,
}

type Dated = Pick<Order, 'state' | 'displayState' | 'expiresAt' | 'serverTime'>

/**
 * Milliseconds, from the arrival of an answer, after which its order may look different though the customer did nothing;
 * null when it will not. Counted by the server's time alone: a phone's clock may be wrong. Pure.
 */
export function nextLookMs(order: Dated): number | null {
  const wait = Math.min(underWayMs[order.displayState] ?? Infinity, untilTimeChangesIt(order))
  return wait === Infinity ? null : Math.min(timerMostMs, wait + slackMs)
}

function untilTimeChangesIt({ state, expiresAt, serverTime }: Dated): number {
  const leftMs = Date.parse(expiresAt) - Date.parse(serverTime)
  if (state !== 'pending' || Number.isNaN(leftMs)) return Infinity
  return [leftMs - marginMs, leftMs + marginMs].find((ms) => ms > 0) ?? closingMs
}
