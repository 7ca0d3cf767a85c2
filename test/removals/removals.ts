import { moneyBackRemovals } from './money-back.ts'
import { orderOverRemovals } from './order-over.ts'
import type { Removal } from './removal.ts'

const paymentRaces = 'test/integration/payment-races.test.ts'
const storeRules = 'test/integration/store-rules.test.ts'
const notification = 'test/integration/notification.test.ts'
const forged = 'test/integration/notification-forged.test.ts'
const deliveries = 'test/integration/deliveries.test.ts'
const refundRaces = 'test/integration/refund-races.test.ts'
const stockTests = 'test/integration/stock.test.ts'
const capTests = 'test/integration/unpaid-caps.test.ts'
const lateTruth = 'test/integration/late-truth.test.ts'
const verifyUnit = 'test/unit/wechatpay-verify.test.ts'
const matchUnit = 'test/unit/server-match-trade.test.ts'
const refundLimits = 'test/integration/refund-limits.test.ts'
const migration = 'server/store/migrations/0001-orders-and-payments.sql'
const refundMigration = 'server/store/migrations/0002-refunds.sql'
const provenMigration = 'server/store/migrations/0017-proven-refunds.sql'
const limitsMigration = 'server/store/migrations/0022-refund-limits.sql'
const stockMigration = 'server/store/migrations/0007-stock.sql'

/** The rules that money hangs on. */
export const removals: readonly Removal[] = [
  ...orderOverRemovals,
  {
    rule: 'a message is signed by a key of that merchant',
    file: 'server/channels/wechatpay/verify.ts',
    states: "  if (!isSignedBy(key, text, signature)) return refused('signature does not verify')\n",
    without: '',
    tests: [verifyUnit, forged],
  },
  {
    rule: 'a message is at most five minutes old',
    file: 'server/channels/wechatpay/verify.ts',
    states: 'const MAX_SKEW_SECONDS = 300',
    without: 'const MAX_SKEW_SECONDS = 300_000_000_000',
    tests: [verifyUnit],
  },
  {
    rule: 'a message is verified with the key that it names',
    file: 'server/channels/wechatpay/verify.ts',
    states: 'const key = verifiers.get(serial)\n',
    without: 'const key = verifiers.get(serial) ?? [...verifiers.values()][0]\n',
    tests: [verifyUnit],
  },
  {
    rule: 'the amount is the one that was asked for',
    file: 'server/payments/match-trade.ts',
    states: "  expect('amountFen', payment.amountFen, trade.amountFen)\n",
    without: '',
    tests: [matchUnit, notification],
  },
  {
    rule: 'the money went to the merchant that was meant',
    file: 'server/payments/match-trade.ts',
    states: "  expect('mchid', payment.mchid, trade.mchid)\n",
    without: '',
    tests: [matchUnit],
  },
  {
    rule: 'the appid is that of the entry',
    file: 'server/payments/match-trade.ts',
    states: "  expect('appid', payment.appid, trade.appid)\n",
    without: '',
    tests: [matchUnit],
  },
  {
    rule: 'the payer is the one who asked',
    file: 'server/payments/match-trade.ts',
    states: "  if (payment.openid !== null) expect('openid', payment.openid, trade.openid)\n",
    without: '',
    tests: [matchUnit],
  },
  {
    rule: 'the currency is the one that was asked for',
    file: 'server/payments/match-trade.ts',
    states: "  expect('currency', 'CNY', trade.currency)\n",
    without: '',
    tests: [matchUnit],
  },
  {
    rule: 'what a coupon paid belongs to the amount',
    file: 'server/channels/wechatpay/trade.ts',
    states: '    amountFen: amount.total,\n',
    without: '    amountFen: (amount as unknown as Record<string, number>).payer_total!,\n',
    tests: [lateTruth],
    titled: 'coupon',
  },
  {
    rule: 'what was paid and then refunded was paid',
    file: 'server/payments/settle-payment.ts',
    states: "    case 'paid-then-refunded':\n",
    without: '',
    tests: [lateTruth],
    titled: 'first answer is REFUND',
  },
  {
    rule: 'whoever decides about an order holds its row',
    file: 'server/store/orders.ts',
    states:
      "db.selectFrom('orders').selectAll().where('order_id', '=', orderId).forUpdate().executeTakeFirst()",
    without: "db.selectFrom('orders').selectAll().where('order_id', '=', orderId).executeTakeFirst()",
    tests: [paymentRaces],
  },
  {
    rule: 'one payment of an order takes money at a time',
    file: migration,
    states:
      "create unique index one_current_payment on payments (order_id) where state in ('created', 'pending');\n",
    without: '',
    tests: [storeRules],
  },
  {
    rule: 'one payment of an order is kept',
    file: migration,
    states: 'create unique index one_kept_payment on payments (order_id) where kept;\n',
    without: '',
    tests: [storeRules],
  },
  {
    rule: 'only a paid payment is kept',
    file: migration,
    states: " check (not kept or state = 'paid')",
    without: '',
    tests: [storeRules],
  },
  {
    rule: 'paid means a transaction id',
    file: migration,
    states: "  check ((state = 'paid') = (transaction_id is not null)),\n",
    without: '',
    tests: [storeRules],
  },
  {
    rule: 'a step is taken from the state it was decided on',
    file: 'server/store/payments.ts',
    states:
      "        .where('version', '=', payment.version)\n        .returningAll(),\n    )\n    .with('step', () => appendStep(step, 'out_trade_no'))",
    without: "        .returningAll(),\n    )\n    .with('step', () => appendStep(step, 'out_trade_no'))",
    tests: [paymentRaces],
  },
  {
    rule: 'a delivery is claimed by one server',
    file: 'server/store/deliveries.ts',
    states: '    .set({ next_attempt_at: leaseUntil })\n',
    without: '    .set({ next_attempt_at: now })\n',
    tests: [deliveries],
  },
  {
    rule: 'a message has one id for ever, and it is signed',
    file: 'server/channels/subscribers/sign.ts',
    states: '`${message.id}.${timestamp}.${message.body}`',
    without: '`${timestamp}.${message.body}`',
    tests: [deliveries, 'test/unit/server-delivery-signature.test.ts'],
  },
  {
    rule: 'messages go to addresses of the public internet',
    file: 'server/channels/subscribers/addresses.ts',
    states: '      if (!allowPrivate && !addresses.every(isPublicAddress)) throw new PrivateAddress(name)\n',
    without: '',
    tests: [deliveries],
  },
  {
    rule: 'whoever opens a refund holds its order',
    file: 'server/refunds/request-refund.ts',
    states: 'const order = await lockOrder(writer, orderId)\n',
    without:
      "const order = await writer.selectFrom('orders').selectAll().where('order_id', '=', orderId).executeTakeFirst()\n",
    tests: [refundRaces],
    titled: 'double click',
  },
  {
    rule: 'whoever ends a refund holds its row',
    file: 'server/store/refunds.ts',
    states: 'oneRefund(db, orderId, outRefundNo).forUpdate().executeTakeFirst()',
    without: 'oneRefund(db, orderId, outRefundNo).executeTakeFirst()',
    tests: [refundRaces],
    titled: 'of one refund count it once',
  },
  {
    rule: 'no more goes back than was paid',
    file: provenMigration,
    states: '  check (reserved_fen + refunded_fen <= amount_fen + coalesce(overdrawn_fen, 0)) not valid;',
    without: '  check (true) not valid;',
    tests: [refundRaces],
    titled: 'the database itself',
  },
  {
    rule: 'what is promised back is never less than nothing',
    file: refundMigration,
    states: 'add column reserved_fen bigint not null default 0 check (reserved_fen >= 0)',
    without: 'add column reserved_fen bigint not null default 0',
    tests: [refundRaces],
    titled: 'the database itself',
  },
  {
    rule: 'a surplus goes back once',
    file: refundMigration,
    states:
      "create unique index one_surplus_refund on refunds (order_id, out_trade_no) where origin = 'surplus';\n",
    without: '',
    tests: [refundRaces],
    titled: 'the database itself',
  },
  {
    rule: 'one key asks for one refund',
    file: refundMigration,
    states:
      'create unique index one_refund_a_key on refunds (order_id, idempotency_key) where idempotency_key is not null;\n',
    without: '',
    tests: [refundRaces],
    titled: 'the database itself',
  },
  {
    rule: 'no more pieces are held than there are',
    file: stockMigration,
    states: ' check (held >= 0),\n  add constraint held_within_stock check (held <= stock);\n',
    without: ' check (held >= 0);\n',
    tests: [stockTests],
  },
  {
    rule: 'whoever takes pieces holds the product’s row',
    file: 'server/store/stock.ts',
    states: "    .where('stock', 'is not', null)\n    .orderBy('id')\n    .forUpdate()\n",
    without: "    .where('stock', 'is not', null)\n    .orderBy('id')\n",
    tests: ['test/integration/stock-races.test.ts'],
    titled: 'orders for ten pieces',
  },
  {
    rule: 'whoever takes pieces for a person holds their account’s row',
    file: 'server/orders/place-order.ts',
    states: '  await lockAccount(writer, order.account_id)\n',
    without: '',
    tests: ['test/integration/stock-races.test.ts'],
    titled: 'orders of one person',
  },
  {
    rule: 'an account has so many unpaid orders',
    file: 'server/store/orders.ts',
    states: 'where of_account < ${limits.unpaidOrdersCount} and of_network',
    without: 'where of_network',
    tests: [capTests],
  },
  {
    rule: 'the browsers of a network have so many unpaid orders',
    file: 'server/store/orders.ts',
    states: ' and of_network < ${limits.unpaidOrdersOfNetworkCount}',
    without: '',
    tests: [capTests],
  },
  {
    rule: 'an account holds so many pieces without paying',
    file: 'server/orders/order-stock.ts',
    states: '  if ((await unpaidPieces(writer, order.account_id)) > most)\n',
    without: '  if (most < 0)\n',
    tests: [capTests],
  },
  {
    rule: 'the browsers of a network hold a share of a product',
    file: 'server/orders/order-stock.ts',
    states: '    if (pieces > Math.max(least, Math.floor((left + pieces) * share)))\n',
    without: '    if (pieces > left + pieces)\n',
    tests: [capTests],
  },
  {
    rule: 'all networks of an IPv6 site together hold a share of a product',
    file: 'server/orders/order-stock.ts',
    states:
      "  await keepShare(writer, { column: 'placed_site', value: site }, lines, [siteShareOfStock, sitePiecesCount])\n",
    without: '',
    tests: [capTests],
  },
  {
    rule: 'an account buys as much of a product as the catalogue lets it',
    file: 'server/orders/place-order.ts',
    states: '  await keepPurchaseLimits(writer, order.account_id, lines)\n',
    without: '',
    tests: [capTests],
  },
  {
    rule: 'orders of one account are counted one after another for its purchase limit',
    file: 'server/orders/place-order.ts',
    states: '  await lockAccount(writer, order.account_id)\n',
    without: '',
    tests: [capTests],
    titled: 'by one order of an account after the other',
  },
  {
    rule: 'attempts to pay the unpaid orders of an account have an end',
    file: 'server/orders/unpaid-caps.ts',
    states: 'ofAccount >= limits.attemptsOfAccountCount || ',
    without: '',
    tests: [capTests],
  },
  {
    rule: 'attempts at a secret are counted for all servers together',
    file: 'server/store/rate-counters.ts',
    states: ' or known.hits < ${limit}\n',
    without: ' or true\n',
    tests: ['test/integration/rate-counters.test.ts'],
  },
  {
    rule: 'a transaction that PostgreSQL ended to break a circle is done again',
    file: 'server/store/database.ts',
    states: ' !== DEADLOCK || ',
    without: ' || DEADLOCK || ',
    tests: ['test/integration/database-lines.test.ts'],
    titled: 'wait for each other in a circle',
  },
  {
    rule: 'a line to PostgreSQL that breaks ends no server',
    file: 'server/store/connections.ts',
    states: "  pool.on('connect', (client) => client.on('error', () => {}))\n",
    without: '',
    tests: ['test/integration/database-lines.test.ts'],
  },
  {
    rule: 'a single statement carries its limits, whatever lies between',
    file: 'server/store/connections.ts',
    states: '    client.query(`begin; ${setLimits}`),\n',
    without: "    client.query('begin'),\n",
    tests: ['test/integration/database-lines.test.ts'],
    titled: 'frees within seconds',
  },
  {
    rule: 'requests about one order leave the connections to others',
    file: 'server/http/bulkhead.ts',
    states: 'if (gate.running < limits.writesAtOnce) gate.running += 1',
    without: 'if (gate.running < Infinity) gate.running += 1',
    tests: ['test/integration/held-row.test.ts'],
    titled: 'thirty taps',
  },
  {
    rule: 'an operator gives away alone no more than the configured limits',
    file: 'server/refunds/request-refund.ts',
    states:
      '  await spendAllowance(deps, writer, { by: request.approvedBy ?? request.by, amountFen: amount })\n',
    without: '',
    tests: [refundLimits],
  },
  {
    rule: 'parallel refunds count into one row of the operator’s day',
    file: 'server/payments/allowance.ts',
    states: '  const isCounted = await addToDay(',
    without: '  const isCounted = true || await addToDay(',
    tests: [refundLimits],
    titled: 'at the same moment',
  },
  {
    rule: 'what an operator gives away in a day stays within the limit, in the database too',
    file: limitsMigration,
    states: '  constraint given_within_limit check (given_fen <= limit_fen)',
    without: '  constraint given_within_limit check (given_fen <= limit_fen or true)',
    tests: [refundLimits],
    titled: 'the database itself',
  },
  {
    rule: 'no operator approves a refund of their own',
    file: 'server/refunds/refund-approvals.ts',
    states: '  if (approved && approval.asked_by === by)\n',
    without: '  if (approved && approval.asked_by === undefined)\n',
    tests: [refundLimits],
    titled: 'neither by the operator who asked',
  },
  {
    rule: 'no operator approves a refund of their own, in the database too',
    file: limitsMigration,
    states: 'decided_by <> asked_by)',
    without: 'true)',
    tests: [refundLimits],
    titled: 'the database itself',
  },
  {
    rule: 'no statement changes or deletes a row of the history',
    file: 'server/store/migrations/0022b-append-only.sql',
    states:
      'create trigger append_only_rows before delete on history\n  for each row execute function refuse_loss();\n',
    without: '',
    tests: [storeRules],
    titled: 'append-only',
  },
  ...moneyBackRemovals,
]
