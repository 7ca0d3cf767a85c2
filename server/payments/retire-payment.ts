import type { Writer } from '../store/database.ts'
import { movePayment } from '../store/payments.ts'
import type { PaymentRow } from '../store/tables.ts'
import type { SettleDeps } from './payment-deps.ts'

/**
 * Marks a payment as closing, with its close due now: the caller tries it at once and the sweep repeats it. Call with the
 * order and the payment locked. `from`: what it makes way for.
 */
export async function retirePayment(
  deps: SettleDeps,
  writer: Writer,
  current: PaymentRow,
  from: 'another door' | 'another price',
): Promise<void> {
  const now = deps.clock.now()
  await movePayment(writer, current, 'closingStarted', now, { next_check_at: now }, { from })
}
