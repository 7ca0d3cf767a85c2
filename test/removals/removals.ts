/** One rule of the product, taken out: the text that states it, what stands there without it, and the tests that must see it. */
export interface Removal {
  rule: string
  file: string
  /** Found exactly once in the file. */
  states: string
  without: string
  /** Test files, each of which runs alone; at least one test in them must fail. */
  tests: readonly string[]
}

const paymentRaces = 'test/integration/payment-races.test.ts'
const storeRules = 'test/integration/store-rules.test.ts'
const notification = 'test/integration/notification.test.ts'
const deliveries = 'test/integration/deliveries.test.ts'
const migration = 'server/store/migrations/0001-orders-and-payments.sql'

/** The rules that money hangs on. */
export const removals: readonly Removal[] = [
  {
    rule: 'a message is signed by a key of that merchant',
    file: 'server/channels/wechatpay/verify.ts',
    states: "  if (!isSignedBy(key, text, signature)) return refused('signature does not verify')\n",
    without: '',
    tests: ['test/unit/wechatpay-verify.test.ts', notification],
  },
  {
    rule: 'a message is at most five minutes old',
    file: 'server/channels/wechatpay/verify.ts',
    states: 'const MAX_SKEW_SECONDS = 300',
    without: 'const MAX_SKEW_SECONDS = 300_000_000_000',
    tests: ['test/unit/wechatpay-verify.test.ts'],
  },
  {
    rule: 'the amount is the one that was asked for',
    file: 'server/payments/match-trade.ts',
    states: "  expect('amountFen', payment.amountFen, trade.amountFen)\n",
    without: '',
    tests: ['test/unit/server-match-trade.test.ts', notification],
  },
  {
    rule: 'the money went to the merchant that was meant',
    file: 'server/payments/match-trade.ts',
    states: "  expect('mchid', payment.mchid, trade.mchid)\n",
    without: '',
    tests: ['test/unit/server-match-trade.test.ts'],
  },
  {
    rule: 'the appid is that of the entry',
    file: 'server/payments/match-trade.ts',
    states: "  expect('appid', payment.appid, trade.appid)\n",
    without: '',
    tests: ['test/unit/server-match-trade.test.ts'],
  },
  {
    rule: 'the payer is the one who asked',
    file: 'server/payments/match-trade.ts',
    states: "  if (payment.openid !== null) expect('openid', payment.openid, trade.openid)\n",
    without: '',
    tests: ['test/unit/server-match-trade.test.ts'],
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
]
