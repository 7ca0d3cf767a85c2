import type { Writer } from '../store/database.ts'
import { lockCurrentPayment, movePayment } from '../store/payments.ts'
import type { PaymentRow } from '../store/tables.ts'

/** Why an attempt takes no more money: what it makes way for, or that its order is over. */
type RetiredFrom = 'another door' | 'another price' | 'order cancelled' | 'order over'

/**
 * Moves an open attempt to closing: its money is not wanted any more. Its close at the channel is due at once: the caller may
 * try it, and the sweep repeats it. Call with the order and the payment locked.
 */
export async function retirePayment(
  writer: Writer,
  current: PaymentRow,
  from: RetiredFrom,
  at: Date,
): Promise<void> {
  await movePayment(writer, current, 'closingStarted', at, { next_check_at: at }, { from })
}

/** Retires the attempt of an order that takes money, if there is one. Call with the order locked. */
export async function retireCurrent(
  writer: Writer,
  orderId: string,
  from: RetiredFrom,
  at: Date,
): Promise<PaymentRow | undefined> {
  const current = await lockCurrentPayment(writer, orderId)
  if (current) await retirePayment(writer, current, from, at)
  return current
}
