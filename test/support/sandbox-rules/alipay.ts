import { generateKeyPairSync } from 'node:crypto'
import { openAlipayMerchant } from '../alipay-merchant.ts'
import type { AlipayChanges, AlipayMerchant } from '../alipay-merchant.ts'
import type { Reply } from '../sandbox-client.ts'
import { DAY_MS, MINUTE_MS, SECOND_MS } from './rule.ts'
import type { Rule, Stage } from './rule.ts'

const merchants = new WeakMap<Stage, Promise<AlipayMerchant>>()
/** The one merchant at Alipay of a stage. */
function merchantOf(stage: Stage): Promise<AlipayMerchant> {
  const known = merchants.get(stage) ?? openAlipayMerchant(stage.sandbox)
  merchants.set(stage, known)
  return known
}

const orderOf = (stage: Stage, changes: object = {}) => ({
  out_trade_no: stage.freshNumber(),
  total_amount: '88.00',
  subject: '白瓷盖碗',
  product_code: 'QUICK_WAP_WAY',
  ...changes,
})

const ask = async (stage: Stage, method: string, biz: object, changes?: AlipayChanges): Promise<Reply> =>
  (await merchantOf(stage)).ask(`alipay.trade.${method}`, biz, changes)
/** A right query of a trade that is there, but for the changes. */
const askOften = async (stage: Stage, changes?: AlipayChanges): Promise<Reply> =>
  ask(stage, 'query', { out_trade_no: await opened(stage) }, changes)

/** A person opens an address and acts. */
async function visit(stage: Stage, biz: object, outcome = 'paid', user = 'alice'): Promise<Reply> {
  const alipayUrl = (await merchantOf(stage)).address(biz)
  return stage.sandbox.control('/pay', { alipayUrl, user, outcome })
}

/** A trade that waits for its buyer, and one that was paid. */
async function opened(stage: Stage): Promise<string> {
  const order = orderOf(stage)
  await visit(stage, order, 'cancelled')
  return order.out_trade_no
}
async function paid(stage: Stage): Promise<string> {
  const order = orderOf(stage)
  await visit(stage, order)
  return order.out_trade_no
}

const refund = async (stage: Stage, changes: { out_trade_no?: string; [name: string]: unknown } = {}) =>
  ask(stage, 'refund', {
    refund_amount: '88.00',
    ...changes,
    out_trade_no: changes.out_trade_no ?? (await paid(stage)),
  })

/** The moment as Alipay spells it, so many milliseconds from the sandbox's now. */
async function moment(stage: Stage, fromNowMs: number): Promise<string> {
  const { nowMs } = (await stage.sandbox.control('/clock')).body
  return new Date(nowMs + 8 * 3_600_000 + fromNowMs).toISOString().slice(0, 19).replace('T', ' ')
}

const says = (code: string, subCode: string) => ({ status: 200, code, sub_code: subCode })
const business = (subCode: string) => says('40004', `ACQ.${subCode}`)
const cashier = (subCode: string) => ({ status: 422, subCode: `ACQ.${subCode}` })
const stranger = () =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  }).privateKey

/** One that changes a parameter of a right query. */
const parameter = (
  id: string,
  parameters: Record<string, string | null>,
  answers: Rule['answers'],
): Rule => ({
  id: `alipay.${id}`,
  broken: (stage) => askOften(stage, { parameters }),
  answers,
  kept: (stage) => askOften(stage),
})

/** One that changes a field of a right order. */
const field = (id: string, changes: object): Rule => ({
  id: `alipay-order.${id}`,
  broken: (stage) => visit(stage, orderOf(stage, changes)),
  answers: cashier('INVALID_PARAMETER'),
  kept: (stage) => visit(stage, orderOf(stage)),
})

export const ALIPAY_RULES: Rule[] = [
  parameter('app-id-required', { app_id: null }, says('40001', 'isv.missing-app-id')),
  parameter('app-id-known', { app_id: '2021000000000099' }, says('40002', 'isv.invalid-app-id')),
  parameter('method-required', { method: null }, says('40001', 'isv.missing-method')),
  parameter('method-known', { method: 'alipay.trade.guess' }, says('40002', 'isv.invalid-method')),
  parameter('sign-type-required', { sign_type: null }, says('40001', 'isv.missing-signature-type')),
  parameter('sign-type', { sign_type: 'RSA' }, says('40002', 'isv.invalid-signature-type')),
  parameter('timestamp-required', { timestamp: null }, says('40001', 'isv.missing-timestamp')),
  parameter('timestamp', { timestamp: '2026-11-21T18:00:00Z' }, says('40002', 'isv.invalid-timestamp')),
  parameter('version-required', { version: null }, says('40001', 'isv.missing-version')),
  parameter('version', { version: '2.0' }, says('40002', 'isv.invalid-parameter')),
  parameter('charset', { charset: 'latin1' }, says('40002', 'isv.invalid-charset')),
  parameter('format', { format: 'XML' }, says('40002', 'isv.invalid-format')),
  {
    id: 'alipay.signature-required',
    broken: (stage) => askOften(stage, { tampered: { sign: null } }),
    answers: says('40001', 'isv.missing-signature'),
    kept: (stage) => askOften(stage),
  },
  {
    id: 'alipay.signature-of-app',
    broken: (stage) => askOften(stage, { privateKeyPem: stranger() }),
    answers: says('40002', 'isv.invalid-signature'),
    kept: (stage) => askOften(stage),
  },
  {
    id: 'alipay.signature-of-all',
    broken: (stage) => askOften(stage, { tampered: { notify_url: 'https://shop.test/notify' } }),
    answers: { ...says('40002', 'isv.invalid-signature'), sub_msg: /网关生成的验签字符串为：app_id=/ },
    kept: (stage) => askOften(stage, { parameters: { notify_url: 'https://shop.test/notify' } }),
  },
  {
    id: 'alipay.biz-content-json',
    broken: (stage) => askOften(stage, { bizText: '{' }),
    answers: says('40002', 'isv.illegal-json'),
    kept: (stage) => askOften(stage),
  },
  field('out-trade-no', { out_trade_no: '有空格 1' }),
  field('amount', { total_amount: '88.001' }),
  field('amount-least', { total_amount: '0.00' }),
  field('subject-required', { subject: undefined }),
  field('subject-characters', { subject: 'a/b=c&d' }),
  field('product-code', { product_code: 'FAST_INSTANT_TRADE_PAY' }),
  field('time-expire-shape', { time_expire: '2026-11-21T18:00:00+08:00' }),
  field('timeout-express', { timeout_express: '16d' }),
  {
    id: 'alipay-order.time-expire-15-days',
    broken: async (stage) =>
      visit(stage, orderOf(stage, { time_expire: await moment(stage, 15 * DAY_MS + MINUTE_MS) })),
    answers: cashier('INVALID_PARAMETER'),
    kept: async (stage) =>
      visit(stage, orderOf(stage, { time_expire: await moment(stage, 15 * DAY_MS - MINUTE_MS) })),
  },
  {
    id: 'alipay-order.seller-of-app',
    broken: (stage) => visit(stage, orderOf(stage, { seller_id: '2088000000000099' })),
    answers: cashier('ACCESS_FORBIDDEN'),
    kept: async (stage) =>
      visit(stage, orderOf(stage, { seller_id: (await merchantOf(stage)).app.sellerId })),
  },
  {
    id: 'alipay-cashier.address-expired',
    broken: async (stage) => visit(stage, orderOf(stage, { time_expire: await moment(stage, -SECOND_MS) })),
    answers: { ...cashier('NOW_TIME_AFTER_EXPIRE_TIME_ERROR'), message: /订单参数异常/ },
    kept: async (stage) => visit(stage, orderOf(stage, { time_expire: await moment(stage, MINUTE_MS) })),
  },
  {
    id: 'alipay-cashier.open-and-expired',
    broken: async (stage) => {
      const order = orderOf(stage, { time_expire: await moment(stage, MINUTE_MS) })
      await visit(stage, order, 'cancelled')
      await stage.advance(MINUTE_MS)
      return visit(stage, order)
    },
    answers: { ...cashier('TRADE_HAS_CLOSE'), message: '订单已超时，不能付款' },
    kept: async (stage) => {
      const order = orderOf(stage, { time_expire: await moment(stage, MINUTE_MS) })
      await visit(stage, order, 'cancelled')
      return visit(stage, order)
    },
  },
  {
    id: 'alipay-cashier.paid-once',
    broken: async (stage) => {
      const order = orderOf(stage)
      await visit(stage, order)
      return visit(stage, order)
    },
    answers: cashier('TRADE_HAS_SUCCESS'),
    kept: (stage) => visit(stage, orderOf(stage)),
  },
  {
    id: 'alipay-cashier.same-order',
    broken: async (stage) => {
      const order = orderOf(stage)
      await visit(stage, order, 'cancelled')
      return visit(stage, { ...order, total_amount: '0.01' })
    },
    answers: cashier('CONTEXT_INCONSISTENT'),
    kept: async (stage) => {
      const order = orderOf(stage)
      await visit(stage, order, 'cancelled')
      return visit(stage, order)
    },
  },
  {
    id: 'alipay-cashier.first-buyer',
    broken: async (stage) => {
      const order = orderOf(stage)
      await visit(stage, order, 'cancelled', 'bob')
      return visit(stage, order)
    },
    answers: cashier('TRADE_BUYER_NOT_MATCH'),
    kept: (stage) => visit(stage, orderOf(stage), 'paid', 'bob'),
  },
  {
    id: 'alipay-query.trade-not-exist',
    broken: (stage) => ask(stage, 'query', { out_trade_no: stage.freshNumber() }),
    answers: business('TRADE_NOT_EXIST'),
    kept: (stage) => askOften(stage),
  },
  {
    id: 'alipay-query.some-number',
    broken: (stage) => ask(stage, 'query', {}),
    answers: business('INVALID_PARAMETER'),
    kept: (stage) => askOften(stage),
  },
  {
    id: 'alipay-close.trade-not-exist',
    broken: (stage) => ask(stage, 'close', { out_trade_no: stage.freshNumber() }),
    answers: business('TRADE_NOT_EXIST'),
    kept: async (stage) => ask(stage, 'close', { out_trade_no: await opened(stage) }),
  },
  {
    id: 'alipay-close.only-waiting',
    broken: async (stage) => ask(stage, 'close', { out_trade_no: await paid(stage) }),
    answers: business('TRADE_STATUS_ERROR'),
    kept: async (stage) => ask(stage, 'close', { out_trade_no: await opened(stage) }),
  },
  {
    id: 'alipay-close.for-ever',
    broken: async (stage) => {
      const order = orderOf(stage)
      await visit(stage, order, 'cancelled')
      await ask(stage, 'close', { out_trade_no: order.out_trade_no })
      return visit(stage, order)
    },
    answers: cashier('TRADE_HAS_CLOSE'),
    // Closed before anybody opened it, it was not there to be closed.
    kept: async (stage) => {
      const order = orderOf(stage)
      await ask(stage, 'close', { out_trade_no: order.out_trade_no })
      return visit(stage, order)
    },
  },
  {
    id: 'alipay-refund.paid',
    broken: async (stage) => refund(stage, { out_trade_no: await opened(stage) }),
    answers: business('TRADE_STATUS_ERROR'),
    kept: (stage) => refund(stage),
  },
  {
    id: 'alipay-refund.at-most-the-trade',
    broken: (stage) => refund(stage, { refund_amount: '88.01', out_request_no: 'r1' }),
    answers: business('REFUND_AMT_NOT_EQUAL_TOTAL'),
    kept: (stage) => refund(stage, { out_request_no: 'r1' }),
  },
  {
    id: 'alipay-refund.part-has-number',
    broken: (stage) => refund(stage, { refund_amount: '1.00' }),
    answers: business('INVALID_PARAMETER'),
    kept: (stage) => refund(stage, { refund_amount: '1.00', out_request_no: 'r1' }),
  },
  {
    id: 'alipay-refund.same-number-amount',
    broken: async (stage) => {
      const again = { out_trade_no: await paid(stage), out_request_no: 'r1' }
      await refund(stage, { ...again, refund_amount: '1.00' })
      return refund(stage, { ...again, refund_amount: '2.00' })
    },
    answers: business('DISCORDANT_REPEAT_REQUEST'),
    kept: async (stage) => {
      const again = { out_trade_no: await paid(stage), out_request_no: 'r1', refund_amount: '1.00' }
      await refund(stage, again)
      return refund(stage, again)
    },
  },
  {
    id: 'alipay-refund.balance',
    broken: async (stage) => {
      const { sellerId: mchid } = (await merchantOf(stage)).app
      const outTradeNo = await paid(stage)
      const all = (await stage.sandbox.control('/ledger')).body.balances[mchid]
      await stage.sandbox.control('/transfers', { mchid, amountFen: -all })
      const answer = await refund(stage, { out_trade_no: outTradeNo, refund_amount: '88.00' })
      await stage.sandbox.control('/transfers', { mchid, amountFen: all })
      return answer
    },
    answers: business('SELLER_BALANCE_NOT_ENOUGH'),
    kept: (stage) => refund(stage),
  },
  {
    id: 'alipay-refund.twelve-months',
    broken: async (stage) => {
      const outTradeNo = await paid(stage)
      await stage.advance(365 * DAY_MS)
      return refund(stage, { out_trade_no: outTradeNo })
    },
    answers: business('TRADE_HAS_FINISHED'),
    kept: (stage) => refund(stage),
  },
  {
    id: 'alipay-refund-query.number',
    broken: async (stage) => ask(stage, 'fastpay.refund.query', { out_trade_no: await paid(stage) }),
    answers: business('INVALID_PARAMETER'),
    kept: async (stage) =>
      ask(stage, 'fastpay.refund.query', { out_trade_no: await paid(stage), out_request_no: 'r1' }),
  },
]
