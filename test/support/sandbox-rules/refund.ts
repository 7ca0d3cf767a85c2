import {
  afterMany,
  afterPaying,
  applyAgain,
  askRefund,
  OTHER,
  paidOrder,
  part,
  partnerRefund,
  PATH,
  queriedByPartner,
  queryRefund,
  refundWith,
  sameNumber,
  SUB,
  transactionId,
  twice,
  wish,
  withBalance,
} from './refund-requests.ts'
import { DAY_MS, MCHID, MINUTE_MS } from './rule.ts'
import type { Rule } from './rule.ts'

const parameterError = { status: 400, code: 'PARAM_ERROR', number: '268435461' }
const invalid = { status: 400, code: 'INVALID_REQUEST' }
const notThere = { status: 404, code: 'RESOURCE_NOT_EXISTS', number: '268512771' }

/** A request with one change that breaks it and one that does not. */
const field = (id: string, broken: object, answers: Rule['answers'], kept: object): Rule => ({
  id,
  broken: (stage) => refundWith(stage, broken),
  answers: { ...parameterError, ...answers },
  kept: (stage) => refundWith(stage, kept),
})

const amountOf = (changes: object) => ({
  amount: { refund: 8_800, total: 8_800, currency: 'CNY', ...changes },
})

const BODY_RULES: Rule[] = [
  field(
    'refund.unknown-field',
    { appid: 'wx5a17d0c0ffee0002' },
    { number: '270924358' },
    { reason: '已售完' },
  ),
  {
    id: 'refund.some-order-number',
    broken: (stage) => refundWith(stage, { out_trade_no: undefined }),
    answers: { ...parameterError, message: /必须传其一/ },
    kept: async (stage) =>
      refundWith(stage, { out_trade_no: undefined, transaction_id: await transactionId(stage) }),
  },
  {
    id: 'refund.order-numbers-agree',
    broken: async (stage) => refundWith(stage, { transaction_id: await transactionId(stage) }),
    answers: { ...invalid, message: '支付单号校验不一致，请核实后再试' },
    async kept(stage) {
      const outTradeNo = await paidOrder(stage)
      const { transaction_id: id } = (await stage.query(outTradeNo)).body
      return askRefund(stage, wish(stage, outTradeNo, { transaction_id: id }))
    },
  },
  field(
    'refund.out-refund-no-required',
    { out_refund_no: undefined },
    { message: '输入源“/body/out_refund_no”映射到字段“商户退款单号”必填性规则校验失败，此字段为必填项' },
    {},
  ),
  field('refund.out-refund-no-longest', { out_refund_no: 'x'.repeat(65) }, { message: /大于最大值 64/ }, {}),
  {
    id: 'refund.out-refund-no-alphabet',
    broken: (stage) => refundWith(stage, { out_refund_no: 'REFUND 1' }),
    answers: { ...parameterError, message: /out_refund_no.*正则表达式“\^\[0-9a-zA-Z_\\-\\\|\\\*@\]\+\$”/ },
    kept: (stage) => refundWith(stage, { out_refund_no: `${stage.freshNumber()}_-|*@` }),
  },
  field(
    'refund.amount-minimum',
    amountOf({ refund: 0 }),
    { message: /值低于最小值 1/ },
    amountOf({ refund: 1 }),
  ),
  field(
    'refund.amount-integer',
    amountOf({ refund: 1.5 }),
    { message: /64 位有符号整数/ },
    amountOf({ refund: 2 }),
  ),
  field('refund.currency-required', amountOf({ currency: undefined }), { message: /currency/ }, {}),
  field('refund.currency', amountOf({ currency: 'USD' }), { message: /仅支持人民币/ }, {}),
  field(
    'refund.reason-length',
    { reason: '茶'.repeat(27) },
    { message: /大于最大值 80/ },
    { reason: '茶'.repeat(26) },
  ),
  field(
    'refund.funds-account',
    { funds_account: 'MINE' },
    { message: /取值应为/ },
    { funds_account: 'AVAILABLE' },
  ),
  field(
    'refund.from-sum',
    amountOf({ from: [{ account: 'AVAILABLE', amount: 1 }] }),
    { code: 'INVALID_REQUEST' },
    amountOf({ from: [{ account: 'AVAILABLE', amount: 8_800 }] }),
  ),
  field(
    'refund.from-account-once',
    amountOf({
      from: [
        { account: 'AVAILABLE', amount: 8_000 },
        { account: 'AVAILABLE', amount: 800 },
      ],
    }),
    { code: 'INVALID_REQUEST', message: /账户类型不能重复/ },
    amountOf({
      from: [
        { account: 'AVAILABLE', amount: 8_000 },
        { account: 'UNAVAILABLE', amount: 800 },
      ],
    }),
  ),
  field(
    'refund.notify-url-query',
    { notify_url: 'http://127.0.0.1:1/n?a=1' },
    { message: /notify_url.*必须匹配正则表达式/ },
    {
      notify_url: 'http://127.0.0.1:1/n',
    },
  ),
  field(
    'refund.notify-url-shortest',
    { notify_url: 'http://' },
    { message: /小于最小值 8/ },
    { notify_url: null },
  ),
]

const MONEY_RULES: Rule[] = [
  {
    id: 'refund.total-of-order',
    broken: (stage) => refundWith(stage, { amount: { refund: 100, total: 100, currency: 'CNY' } }),
    answers: invalid,
    kept: (stage) => refundWith(stage, part(100)),
  },
  {
    id: 'refund.at-most-the-order',
    broken: (stage) => refundWith(stage, part(8_801)),
    answers: { ...invalid, message: /大于订单可退金额/ },
    kept: (stage) => refundWith(stage, part(8_800)),
  },
  {
    id: 'refund.sum-at-most-the-order',
    broken: (stage) => twice(stage, part(8_000), MINUTE_MS, part(801)),
    answers: { ...invalid, message: /大于订单可退金额/ },
    kept: (stage) => twice(stage, part(8_000), MINUTE_MS, part(800)),
  },
  {
    id: 'refund.nothing-left',
    broken: (stage) => twice(stage, part(8_800), MINUTE_MS, part(1)),
    answers: { ...invalid, message: '订单已全额退款' },
    kept: (stage) => twice(stage, part(8_799), MINUTE_MS, part(1)),
  },
  {
    id: 'refund.a-minute-apart',
    broken: (stage) => twice(stage, part(1), MINUTE_MS - 10_000, part(1)),
    answers: { status: 429, code: 'FREQUENCY_LIMITED', number: '268447840' },
    kept: (stage) => twice(stage, part(1), MINUTE_MS, part(1)),
  },
  {
    id: 'refund.fifty',
    broken: (stage) => afterMany(stage, 50),
    answers: { ...invalid, message: /50次/ },
    kept: (stage) => afterMany(stage, 49),
  },
  {
    id: 'refund.within-a-year',
    broken: (stage) => afterPaying(stage, 365 * DAY_MS + 1),
    answers: { ...invalid, message: /最大期限/ },
    kept: (stage) => afterPaying(stage, 365 * DAY_MS - MINUTE_MS),
  },
  {
    id: 'refund.same-number-amount',
    broken: (stage) => sameNumber(stage, part(101)),
    answers: {
      ...invalid,
      message: '订单金额或退款金额与之前请求不一致，请核实后再试',
      number: '268498688',
    },
    kept: (stage) => sameNumber(stage, { reason: null }),
  },
  {
    id: 'refund.same-number-reason',
    broken: (stage) => sameNumber(stage, { reason: '另一个原因' }),
    answers: { ...invalid, number: '268498688' },
    kept: (stage) => sameNumber(stage, {}),
  },
  {
    id: 'refund.same-number-order',
    broken: async (stage) => sameNumber(stage, { out_trade_no: await paidOrder(stage) }),
    answers: { ...invalid, message: '支付单号校验不一致，请核实后再试', number: '268498688' },
    kept: (stage) => sameNumber(stage, {}),
  },
  {
    id: 'refund.balance',
    broken: (stage) => withBalance(stage, 8_799),
    answers: { status: 403, code: 'NOT_ENOUGH' },
    kept: (stage) => withBalance(stage, 8_800),
  },
]

const OWNER_RULES: Rule[] = [
  {
    id: 'refund.order-exists',
    broken: (stage) => askRefund(stage, wish(stage, stage.freshNumber())),
    answers: notThere,
    kept: (stage) => refundWith(stage),
  },
  {
    id: 'refund.order-paid',
    broken: async (stage) => askRefund(stage, wish(stage, (await stage.placed()).outTradeNo)),
    answers: notThere,
    kept: (stage) => refundWith(stage),
  },
  {
    id: 'refund.number-of-merchant',
    broken: async (stage) => askRefund(stage, wish(stage, await paidOrder(stage)), OTHER),
    answers: notThere,
    kept: (stage) => refundWith(stage),
  },
  {
    id: 'refund.transaction-of-merchant',
    async broken(stage) {
      const changes = { out_trade_no: undefined, transaction_id: await transactionId(stage) }
      return askRefund(stage, wish(stage, '', changes), OTHER)
    },
    answers: { ...invalid, message: '商户号和订单不匹配', number: '268447843' },
    kept: async (stage) =>
      refundWith(stage, { out_trade_no: undefined, transaction_id: await transactionId(stage) }),
  },
  {
    id: 'refund.sub-mchid-required',
    broken: (stage) => partnerRefund(stage, { sub_mchid: undefined }),
    answers: { status: 400, code: 'PARAM_ERROR', number: '268443704' },
    kept: (stage) => partnerRefund(stage),
  },
  {
    id: 'refund.sub-mchid-relation',
    broken: (stage) => refundWith(stage, { sub_mchid: SUB }),
    answers: { status: 400, code: 'PARAM_ERROR', number: '268443701' },
    kept: (stage) => partnerRefund(stage),
  },
  {
    id: 'refund-query.not-exist',
    broken: (stage) => queryRefund(stage, stage.freshNumber()),
    answers: notThere,
    kept: async (stage) => queryRefund(stage, (await refundWith(stage)).body.out_refund_no),
  },
  {
    id: 'refund-query.of-merchant',
    broken: async (stage) => queryRefund(stage, (await refundWith(stage)).body.out_refund_no, OTHER),
    answers: notThere,
    kept: async (stage) => queryRefund(stage, (await refundWith(stage)).body.out_refund_no),
  },
  {
    id: 'refund-query.number-alphabet',
    broken: (stage) => queryRefund(stage, 'REFUND%201'),
    answers: parameterError,
    kept: async (stage) => queryRefund(stage, (await refundWith(stage)).body.out_refund_no),
  },
  {
    id: 'refund-query.sub-mchid',
    broken: (stage) => queriedByPartner(stage, ''),
    answers: { status: 400, code: 'PARAM_ERROR', number: '268443704' },
    kept: (stage) => queriedByPartner(stage, `?sub_mchid=${SUB}`),
  },
]

const abnormal = (
  id: string,
  broken: Parameters<typeof applyAgain>[1],
  answers: Rule['answers'],
  kept: Parameters<typeof applyAgain>[1] = {},
): Rule => ({
  id: `refund-abnormal.${id}`,
  broken: (stage) => applyAgain(stage, broken),
  answers,
  kept: (stage) => applyAgain(stage, kept),
})

const toMerchant = { type: 'MERCHANT_BANK_CARD', bank_type: null, bank_account: null, real_name: null }

const ABNORMAL_RULES: Rule[] = [
  abnormal('only-abnormal', { end: 'SUCCESS' }, invalid),
  abnormal('numbers-agree', { changes: { out_refund_no: 'ANOTHER' } }, invalid),
  abnormal('type', { changes: { type: 'CASH' } }, parameterError, { changes: toMerchant }),
  abnormal('bank-type', { changes: { bank_type: 'CMB_CREDIT' } }, parameterError),
  abnormal('card-required', { changes: { bank_account: null } }, parameterError, { changes: toMerchant }),
  abnormal('card-encrypted', { changes: { bank_account: 'NjIyMjAyMDAwMDAwMTIzNDU2Nw==' } }, parameterError),
  abnormal('serial', { serial: 'A'.repeat(40) }, parameterError),
  {
    id: 'refund-abnormal.not-exist',
    broken: (stage) =>
      stage.sandbox.call(MCHID, 'POST', `${PATH}/50300000000000000/apply-abnormal-refund`, {
        out_refund_no: 'NOTHING',
        type: 'MERCHANT_BANK_CARD',
      }),
    answers: notThere,
    kept: (stage) => applyAgain(stage, { changes: toMerchant }),
  },
]

export const REFUND_RULES: Rule[] = [...BODY_RULES, ...MONEY_RULES, ...OWNER_RULES, ...ABNORMAL_RULES]
