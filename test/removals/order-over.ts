import type { Removal } from './removal.ts'

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
    states: " and state = 'pending' and expires_at > ${expiresAfter}\n",
    without: ' and ${expiresAfter}::timestamptz is not null\n',
    tests: [launching],
    titled: 'at this very moment',
  },
  {
    rule: 'an open attempt of an order that is over is closed at its next check',
    file: 'server/payments/check-due-payment.ts',
    states: "  return order?.state === 'pending' ? null : 'order over'\n",
    without: '  return order ? null : null\n',
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
    rule: 'a refused repeat of a prepay says nothing about the first one',
    file: 'server/payments/register-payment.ts',
    states: '  if (!isFirstSend || refusal.earlierUnknown) {\n',
    without: '  if (isFirstSend && !isFirstSend) {\n',
    tests: ['test/integration/payment-weather.test.ts'],
    titled: 'a refused repeat of a prepay',
  },
]
