import type { Removal } from './removal.ts'

const moneyBack = 'test/integration/money-back.test.ts'
const provenMigration = 'server/store/migrations/0017-proven-refunds.sql'

/** The rules of refunds whose answer is lost, and of refunds made on the channel's own platform. */
export const moneyBackRemovals: readonly Removal[] = [
  {
    rule: 'a refusal of a repeat says nothing about the first send',
    file: 'server/channels/wechatpay/transport.ts',
    states: 'earlierUnknown: sentAgain',
    without: 'earlierUnknown: false',
    tests: [moneyBack],
    titled: 'is not believed to be refused',
  },
  {
    rule: 'a refusal is final only when every send is answered',
    file: 'server/refunds/attend-refund.ts',
    states: 'if (unanswered > 0) {',
    without: 'if (unanswered > 9) {',
    tests: [moneyBack],
    titled: 'is not believed to be refused',
  },
  {
    rule: 'a refusal is final only when every send is answered, in the database too',
    file: provenMigration,
    states: "check (state <> 'refused' or coalesce(unanswered_count, 0) = 0) not valid",
    without: 'check (true) not valid',
    tests: [moneyBack],
    titled: 'is not believed to be refused',
  },
  {
    rule: 'a doubted refusal counts after a minute only',
    file: 'server/refunds/attend-refund.ts',
    states: 'const isLong = now.getTime() - refund.doubted_at.getTime() >= limits.refundDoubtMs\n',
    without: 'const isLong = true\n',
    tests: [moneyBack],
    titled: 'counts as refused after a minute',
  },
  {
    rule: 'a failed refund is asked about before it is made again',
    file: 'server/refunds/anomaly-actions.ts',
    states: '  if (await wentOut(deps, payment, failed)) return { outRefundNo: number }\n',
    without: '',
    tests: [moneyBack],
    titled: 'is asked about before it is made again',
  },
  {
    rule: 'nothing is given back while a refund of the channel is not recorded',
    file: 'server/refunds/request-refund.ts',
    states: 'if ((await withUnknownRefund(writer, [order.order_id])).has(payment.out_trade_no))',
    without: 'if (false as boolean)',
    tests: [moneyBack],
    titled: 'is found before a claim is approved',
  },
  {
    rule: 'order.paid of money that is back already waits',
    file: 'server/payments/settle-payment.ts',
    states: "isPartlyBack ? 'later' : 'now'",
    without: "'now'",
    tests: [moneyBack],
    titled: 'waits until the refund is recorded',
  },
]
