import type { PaymentView } from '../../../contract/payment'

/** The server opens no cashier in the last minute before the expiry. */
export const lastMinuteMs = 60_000

/**
 * The end of the time to pay, in milliseconds of the phone's clock, of an answer that came at `nowMs`. Only the server's own
 * times are compared: the phone's clock may be wrong. Null of a server that does not tell its time.
 */
export function endOf({ expiresAt, serverTime }: PaymentView, nowMs: number): number | null {
  const leftMs = Date.parse(expiresAt) - Date.parse(serverTime)
  return Number.isNaN(leftMs) ? null : nowMs + leftMs
}

/** Milliseconds as minutes and seconds, e.g. "29:05". */
export function clockText(leftMs: number): string {
  const seconds = Math.ceil(Math.max(0, leftMs) / 1_000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
