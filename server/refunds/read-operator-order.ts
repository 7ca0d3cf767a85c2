import type {
  OperatorOrder,
  OperatorPayment,
  OperatorRefund,
  TimelineEvent,
} from '../../contract/operator.ts'
import { toDelivery } from '../deliveries/delivery-view.ts'
import { toOrder } from '../orders/order-view.ts'
import { toShipping } from '../orders/shipping.ts'
import { moneyOf, refundableOf } from '../payments/payment-result.ts'
import { toPayment } from '../payments/payment-view.ts'
import type { Clock } from '../shared/clock.ts'
import { KindError } from '../shared/errors.ts'
import { withUnknownRefund } from '../store/anomalies.ts'
import { snapshot, type Database } from '../store/database.ts'
import { deliveriesOf } from '../store/deliveries.ts'
import { historyOf, type HistoryRow } from '../store/history.ts'
import { findOrder, linesOf, shippingOf } from '../store/orders.ts'
import { paymentsOf } from '../store/payments.ts'
import { refundsOf } from '../store/refunds.ts'
import type { PaymentRow, RefundRow } from '../store/tables.ts'

/** Everything about an order of whomever, as it was at one moment. Throws NotFound. */
export async function readOperatorOrder(
  { db, clock }: { db: Database; clock: Clock },
  orderId: string,
): Promise<OperatorOrder> {
  const read = await snapshot(db, async (moment) => {
    const ids = [orderId]
    return {
      order: await findOrder(moment, orderId),
      lines: await linesOf(moment, ids),
      payments: await paymentsOf(moment, ids),
      refunds: await refundsOf(moment, ids),
      history: await historyOf(moment, orderId),
      deliveries: await deliveriesOf(moment, orderId),
      shipping: await shippingOf(moment, orderId),
      unknown: await withUnknownRefund(moment, ids),
    }
  })
  if (!read.order) throw new KindError('NotFound', '没有这个订单，请核对订单号。')
  const now = clock.now()
  return {
    order: toOrder(read.order, read.lines, moneyOf(read.payments, now), now),
    payments: read.payments.map((payment) => toOperatorPayment(payment, read.unknown, now)),
    refunds: read.refunds.map(toOperatorRefund),
    timeline: read.history.map(toEvent),
    deliveries: read.deliveries.map(toDelivery),
    shipping: toShipping(read.shipping),
  }
}

const toOperatorPayment = (
  payment: PaymentRow,
  withUnknown: ReadonlySet<string>,
  now: Date,
): OperatorPayment => ({
  ...toPayment(payment, now),
  kept: payment.kept,
  mchid: payment.mchid,
  transactionId: payment.transaction_id,
  reservedFen: payment.reserved_fen,
  refundedFen: payment.refunded_fen,
  refundableFen: refundableOf(payment, withUnknown, now),
})

/** A refund as operators see it. */
export const toOperatorRefund = (refund: RefundRow): OperatorRefund => ({
  id: refund.out_refund_no,
  paymentId: refund.out_trade_no,
  state: refund.state,
  origin: refund.origin,
  requestedBy: refund.requested_by,
  reason: refund.reason,
  amountFen: refund.amount_fen,
  refundId: refund.refund_id,
  refusal: refund.refusal,
  createdAt: refund.created_at.toISOString(),
  dueAt: refund.due_at.toISOString(),
  succeededAt: refund.succeeded_at?.toISOString() ?? null,
})

/** A step of the history as operators read it. */
export const toEvent = (step: HistoryRow): TimelineEvent => ({
  at: step.at.toISOString(),
  subject: step.subject,
  number: step.subject_no,
  event: step.event,
  fromState: step.from_state,
  toState: step.to_state,
  evidence: step.evidence,
})
