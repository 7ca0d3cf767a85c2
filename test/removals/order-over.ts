import type { Removal } from './removal.ts'

const cancelling = 'test/integration/cancel.test.ts'
const launching = 'test/integration/launch.test.ts'

/** The rules about an order that takes no payment any more. */
export const orderOverRemovals: readonly Removal[] = [
  {
    rule: 'the transaction that pays an order retires its other attempt',
    file: 'server/payments/settle-payment.ts',
    states: "  if (order.payment_count > 1) await retireCurrent(writer, order.order_id, 'order over', now)\n",
    without: '',
    tests: [launching],
    titled: 'in the same transaction',
  },
  {
    rule: 'a launch holds the row of its order',
    file: 'server/store/payments.ts',
    states: '      for share\n',
    without: '',
    tests: [launching],
    titled: 'at this very moment',
  },
  {
    rule: 'only an order that is unpaid and not about to close is launched',
    file: 'server/store/payments.ts',
    states: " and state = 'pending' and expires_at > ${expiresAfter}\n        and cancel_asked_at is null\n",
    without: ' and ${expiresAfter}::timestamptz is not null\n',
    tests: [launching],
    titled: 'at this very moment',
  },
  {
    rule: 'an open attempt of an order that is over is closed at its next check',
    file: 'server/payments/check-due-payment.ts',
    states: "  return order && takesMoney(order) ? null : 'order over'\n",
    without: '  return order && takesMoney(order) ? null : null\n',
    tests: [launching],
    titled: 'at this very moment',
  },
  {
    rule: 'no payment begins in the last minute of an order',
    file: 'server/orders/payable.ts',
    states: 'order.expires_at > lastMinuteOf(now)',
    without: 'order.expires_at > now',
    tests: [launching],
    titled: 'the last minute',
  },
  {
    rule: 'a buyer’s cancel retires the attempt that takes money',
    file: 'server/payments/cancel-order.ts',
    states: "  await retireCurrent(writer, orderId, 'order cancelled', now)\n",
    without: '',
    tests: [cancelling],
    titled: 'a buyer who cancels',
  },
  {
    rule: 'an order that is being cancelled takes no payment',
    file: 'server/orders/payable.ts',
    states: "  order.state === 'pending' && order.cancel_asked_at === null\n",
    without: "  order.state === 'pending'\n",
    tests: [cancelling],
    titled: 'a buyer who cancels',
  },
  {
    rule: 'a cancelled order closes when no attempt of it is open',
    file: 'server/orders/close-orders.ts',
    states: '  if (await hasOpenAttempt(writer, orderId)) return false\n',
    without: '  await hasOpenAttempt(writer, orderId)\n',
    tests: [cancelling],
    titled: 'a buyer who cancels',
  },
  {
    rule: 'the database closes no order with an open attempt',
    file: 'server/store/migrations/0025-cancelled-orders.sql',
    states: "when (new.state = 'closed' and old.state = 'pending')",
    without: "when (new.state = 'closed' and old.state = 'closed')",
    tests: ['test/integration/store-rules.test.ts'],
    titled: 'to close an order',
  },
  {
    rule: 'the sweep closes cancelled orders whose close was answered late',
    file: 'server/store/orders.ts',
    states: "    .where('cancel_asked_at', 'is not', null)\n",
    without: "    .where('cancel_asked_at', 'is', null)\n",
    tests: [cancelling],
    titled: 'while a close is unanswered',
  },
  {
    rule: 'a withdrawal and a decision of one refund request compare and set',
    file: 'server/store/refund-requests.ts',
    states: "        .where('version', '=', request.version)\n",
    without: '',
    tests: ['test/integration/refund-races.test.ts'],
    titled: 'between the first and the last step of an approval',
  },
  {
    rule: 'a refused repeat of a prepay says nothing about the first one',
    file: 'server/payments/register-payment.ts',
    states: '  if (!isFirstSend || refusal.earlierUnknown) {\n',
    without: '  if (isFirstSend && !isFirstSend) {\n',
    tests: ['test/integration/payment-weather.test.ts'],
    titled: 'a refused repeat of a prepay',
  },
]
