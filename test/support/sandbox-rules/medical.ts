import type { Reply } from '../sandbox-client.ts'
import {
  CASH_ONLY,
  identity,
  INSURANCE_ONLY,
  medicalBody,
  OF_INSURANCE,
  orderMedical,
  payMedical,
  postMedical,
  queryMedical,
  refundedMedical,
  tellRefund,
} from './medical-requests.ts'
import { OTHER, sealed } from './refund-requests.ts'
import type { Rule, Stage } from './rule.ts'

const parameterError = { status: 400, code: 'PARAM_ERROR', number: '268435461' }
const limited = (number: string) => ({ status: 403, code: 'RULE_LIMIT', number })
const notThere = { status: 404, code: 'ORDER_NOT_EXIST', number: '268529515' }

const orderRule = (
  id: string,
  broken: object | ((stage: Stage) => Promise<Reply>),
  answers: Rule['answers'],
  kept: object = {},
): Rule => ({
  id: `medical.${id}`,
  broken: typeof broken === 'function' ? (broken as Rule['broken']) : (stage) => orderMedical(stage, broken),
  answers,
  kept: (stage) => orderMedical(stage, kept),
})

/** The same order twice, the second time with changes. */
async function twice(stage: Stage, changes: object): Promise<Reply> {
  const body = await medicalBody(stage)
  await postMedical(stage, body)
  return postMedical(stage, { ...body, ...changes })
}

const ORDER_RULES: Rule[] = [
  orderRule('unknown-field', { mchid: '1' }, { ...parameterError, number: '270924358' }),
  orderRule('mix-pay-type', { mix_pay_type: 'CREDIT' }, { ...parameterError, message: /取值应为/ }),
  orderRule(
    'order-type',
    { order_type: 'TEA' },
    { ...parameterError, message: /取值应为/ },
    { order_type: 'DIAG_PAY' },
  ),
  orderRule(
    'callback-url',
    { callback_url: 'http://127.0.0.1:1/n?a=1' },
    { ...parameterError, message: /callback_url/ },
  ),
  orderRule(
    'create-time-format',
    { med_ins_order_create_time: 'yesterday' },
    { ...parameterError, message: /rfc3339/ },
  ),
  orderRule('geo-location', { geo_location: 'here' }, parameterError),
  orderRule(
    'payer-encrypted',
    (stage) => orderMedical(stage, { payer: { ...identity(stage), name: 'Li' } }),
    { ...parameterError, message: /解密失败/ },
  ),
  orderRule(
    'id-digest',
    (stage) =>
      orderMedical(stage, { payer: { ...identity(stage), id_digest: sealed(stage, '44030019000101123X') } }),
    { ...parameterError, message: /MD5/ },
  ),
  orderRule(
    'serial',
    async (stage) => postMedical(stage, await medicalBody(stage), 'A'.repeat(40)),
    parameterError,
  ),
  orderRule(
    'relative',
    { pay_for_relatives: true },
    { ...parameterError, message: /relative/ },
    { pay_for_relatives: false },
  ),
  orderRule(
    'passthrough-json',
    { passthrough_request_content: 'payAuthNo' },
    { ...parameterError, message: /passthrough_request_content/ },
    { passthrough_request_content: '{"insuplcAdmdvs":"530100"}' },
  ),
  orderRule(
    'openid-of-appid',
    (stage) => orderMedical(stage, { openid: stage.sandbox.openid('alice', stage.officialAppid) }),
    { status: 400, code: 'PARAM_ERROR', number: '268510603' },
  ),
  orderRule(
    'appid-of-mchid',
    { appid: 'wx5a17d0c0ffee0003' },
    { status: 400, code: 'APPID_MCHID_NOT_MATCH' },
  ),
  orderRule('total', { total_fee: 18_801 }, limited('268529477')),
  orderRule('cash', { med_ins_cash_fee: 8_000 }, limited('268529476'), {
    med_ins_cash_fee: 8_000,
    cash_add_detail: [{ cash_add_fee: 800, cash_add_type: 'FREIGHT' }],
  }),
  orderRule('cash-only', { ...CASH_ONLY, ...OF_INSURANCE }, limited('268529474'), CASH_ONLY),
  orderRule('insurance-only', { ...INSURANCE_ONLY, pay_auth_no: null }, limited('268529475'), INSURANCE_ONLY),
  orderRule('cash-and-insurance', { prepay_id: null }, limited('268529475')),
  orderRule(
    'cash-order',
    async (stage) => orderMedical(stage, { prepay_id: (await stage.placed()).prepayId }),
    { status: 400, code: 'INVALID_REQUEST' },
  ),
  {
    id: 'medical.same-number',
    broken: (stage) => twice(stage, { serial_no: '2' }),
    answers: { status: 400, code: 'ALREADY_EXISTS', number: '268512536' },
    // The names are encrypted anew, and it is the same order.
    kept: (stage) => twice(stage, { payer: identity(stage) }),
  },
]

const mixTradeNo = async (stage: Stage) => (await orderMedical(stage)).body.mix_trade_no

const LIFE_RULES: Rule[] = [
  {
    id: 'medical-query.not-exist',
    broken: (stage) => queryMedical(stage, 'mix-trade-no/1217000000000000'),
    answers: notThere,
    kept: async (stage) => queryMedical(stage, `mix-trade-no/${await mixTradeNo(stage)}`),
  },
  {
    id: 'medical-query.of-merchant',
    broken: async (stage) =>
      queryMedical(stage, `out-trade-no/${(await orderMedical(stage)).body.out_trade_no}`, OTHER),
    answers: notThere,
    kept: async (stage) =>
      queryMedical(stage, `out-trade-no/${(await orderMedical(stage)).body.out_trade_no}`),
  },
  {
    id: 'medical-refund.not-exist',
    broken: (stage) => tellRefund(stage, '1217000000000000'),
    answers: notThere,
    kept: (stage) => refundedMedical(stage),
  },
  {
    id: 'medical-refund.paid',
    broken: async (stage) => tellRefund(stage, await mixTradeNo(stage)),
    answers: { status: 400, code: 'INVALID_REQUEST' },
    kept: (stage) => refundedMedical(stage),
  },
  {
    id: 'medical-refund.sum',
    broken: (stage) => refundedMedical(stage, { med_refund_gov_fee: 1 }),
    answers: parameterError,
    // The spelling of the published description is taken as well.
    kept: (stage) => refundedMedical(stage, { med_refund_gov_fee: null, med_refund__gov_fee: 6_000 }),
  },
  {
    id: 'medical-refund.at-most-the-insurance',
    broken: (stage) => refundedMedical(stage, { med_refund_total_fee: 10_001, med_refund_gov_fee: 6_001 }),
    answers: { status: 400, code: 'INVALID_REQUEST' },
    kept: (stage) => refundedMedical(stage),
  },
]

/** Opens the cashier as wx.requestMedicalInsurancePay does, with changes to what it hands over. */
async function launch(stage: Stage, changes: object = {}): Promise<Reply> {
  const body = await medicalBody(stage)
  const { mix_trade_no } = (await postMedical(stage, body)).body
  return stage.launch(String(body['prepay_id']), { mixTradeNo: mix_trade_no, ...changes })
}

const CASHIER_RULES: Rule[] = [
  {
    id: 'medical-cashier.mix-trade-no',
    broken: (stage) => launch(stage, { mixTradeNo: '1217000000000000' }),
    answers: { status: 422, errMsg: '医保订单不存在' },
    kept: (stage) => launch(stage),
  },
  {
    id: 'medical-cashier.cash-part',
    async broken(stage) {
      const { prepayId } = await stage.placed()
      return stage.launch(prepayId, { mixTradeNo: await mixTradeNo(stage) })
    },
    answers: { status: 422, errMsg: '医保订单与自费订单不匹配' },
    kept: (stage) => launch(stage),
  },
  {
    id: 'medical-cashier.pay-sign',
    broken: (stage) => launch(stage, { paySign: 'bm90IG1pbmU=' }),
    answers: { status: 422, errMsg: '支付验证签名失败' },
    kept: (stage) => launch(stage),
  },
  {
    id: 'medical-cashier.payer',
    broken: async (stage) => payMedical(stage, await mixTradeNo(stage), 'bob'),
    answers: { status: 422, errMsg: '下单账号与支付账号不一致' },
    kept: async (stage) => payMedical(stage, await mixTradeNo(stage)),
  },
]

export const MEDICAL_RULES: Rule[] = [...ORDER_RULES, ...LIFE_RULES, ...CASHIER_RULES]
