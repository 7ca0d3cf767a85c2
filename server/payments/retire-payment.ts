import type { Writer } from '../store/database.ts'
import { movePayment } from '../store/payments.ts'
import type { PaymentRow } from '../store/tables.ts'
import type { SettleDeps } from './payment-deps.ts'

/**
 * Its money is not wanted any more; the job that closes it at the channel is written with that decision. Call with the order
 * and the payment locked. `from`: what it makes way for.
 */
export async function retirePayment(
  deps: SettleDeps,
  writer: Writer,
  current: PaymentRow,
  from: 'another door' | 'another price',
): Promise<void> {
  const now = deps.clock.now()
  await movePayment(writer, current, 'closingStarted', now, { next_check_at: now }, { from })
  await deps.enqueue(writer, {
    name: 'close-payment',
    orderId: current.order_id,
    outTradeNo: current.out_trade_no,
  })
}
