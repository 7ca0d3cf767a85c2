import type { Reply } from '../sandbox-client.ts'
import {
  closeCombine,
  COMBINE,
  combine,
  combineByPartner,
  combined,
  combinedOrder,
  paidCombine,
  part,
  partnerPart,
  parts,
  queryCombine,
  SECOND_SUB,
} from './combine-requests.ts'
import { identity } from './order-requests.ts'
import { OTHER, PARTNER, SUB } from './refund-requests.ts'
import { MCHID } from './rule.ts'
import type { Rule, Stage } from './rule.ts'

const parameterError = { status: 400, code: 'PARAM_ERROR', number: '268435461' }
const invalid = { status: 400, code: 'INVALID_REQUEST' }
const differs = { ...invalid, message: '请求重入时，参数与首次请求时不一致', number: '268498688' }
const notThere = { status: 404, code: 'ORDER_NOT_EXIST', number: '268512771' }

/** A combined order whose parts differ in the same way. */
const withParts = (stage: Stage, changes: object) => combine(stage, { sub_orders: parts(stage, 2, changes) })

const orderRule = (
  id: string,
  broken: (stage: Stage) => Promise<Reply>,
  answers: Rule['answers'],
  kept: (stage: Stage) => Promise<Reply> = (stage) => combine(stage),
): Rule => ({ id: `combine.${id}`, broken, answers, kept })

/** Orders, and orders again with the same body and changes. */
async function again(
  stage: Stage,
  changes: object,
  between: (prepayId: string) => Promise<unknown> = async () => {},
): Promise<Reply> {
  const body = combined(stage)
  const first = await stage.sandbox.call(MCHID, 'POST', `${COMBINE}/jsapi`, body)
  await between(first.body.prepay_id)
  return stage.sandbox.call(MCHID, 'POST', `${COMBINE}/jsapi`, { ...body, ...changes })
}

const ORDER_RULES: Rule[] = [
  orderRule('unknown-field', (stage) => combine(stage, { attach: 'x' }), {
    ...parameterError,
    number: '270924358',
  }),
  orderRule(
    'two-at-least',
    (stage) => combine(stage, { sub_orders: parts(stage, 1) }),
    { ...parameterError, message: /2至10/ },
    (stage) => combine(stage, { sub_orders: parts(stage, 2) }),
  ),
  orderRule(
    'ten-at-most',
    (stage) => combine(stage, { sub_orders: parts(stage, 11) }),
    { ...parameterError, message: /2至10/ },
    (stage) => combine(stage, { sub_orders: parts(stage, 10) }),
  ),
  orderRule('attach-required', (stage) => withParts(stage, { attach: undefined }), {
    ...parameterError,
    message: /attach/,
  }),
  orderRule('amount-minimum', (stage) => withParts(stage, { amount: { total_amount: 0, currency: 'CNY' } }), {
    ...parameterError,
    message: /值低于最小值 1/,
  }),
  orderRule(
    'amount-maximum',
    (stage) => withParts(stage, { amount: { total_amount: 1_000_000_001, currency: 'CNY' } }),
    { status: 400, code: 'PARAM_ERROR', message: /大于最大值 1000000000/, number: '268435464' },
    (stage) => withParts(stage, { amount: { total_amount: 1_000_000_000, currency: 'CNY' } }),
  ),
  orderRule('currency', (stage) => withParts(stage, { amount: { total_amount: 1, currency: 'USD' } }), {
    ...parameterError,
    message: /仅支持人民币/,
  }),
  orderRule('out-trade-no-alphabet', (stage) => withParts(stage, { out_trade_no: 'NUMBER 1' }), {
    ...parameterError,
    message: /out_trade_no/,
  }),
  orderRule('openid-required', (stage) => combine(stage, { combine_payer_info: {} }), {
    status: 400,
    code: 'PARAM_ERROR',
    number: '268501013',
  }),
  orderRule(
    'openid-of-appid',
    (stage) =>
      combine(stage, {
        combine_payer_info: { openid: stage.sandbox.openid('alice', stage.officialAppid) },
      }),
    { ...parameterError, message: 'appid和openid不匹配' },
  ),
  orderRule(
    'identity-card-only',
    (stage) => identified(stage, { type: 'HONGKONG_MACAO' }),
    { ...parameterError, message: /取值应为 IDCARD/ },
    (stage) => identified(stage),
  ),
  orderRule(
    'identity-encrypted',
    (stage) => identified(stage, { number: '44030019000101123X' }),
    { ...parameterError, message: /解密失败/ },
    (stage) => identified(stage),
  ),
  orderRule('mchid-of-header', (stage) => combine(stage, { combine_mchid: OTHER }), {
    ...parameterError,
    message: /不匹配/,
  }),
  orderRule('appid-of-mchid', (stage) => withParts(stage, { mchid: OTHER }), {
    status: 400,
    code: 'APPID_MCHID_NOT_MATCH',
    number: '268445527',
  }),
  orderRule(
    'number-once',
    (stage) =>
      combine(stage, {
        sub_orders: [part(stage), part(stage)].map((one, _, [first]) => ({
          ...one,
          out_trade_no: first!['out_trade_no'],
        })),
      }),
    invalid,
  ),
  orderRule(
    'number-free',
    async (stage) => withFirst(stage, (await stage.placed()).outTradeNo),
    differs,
    (stage) => withFirst(stage, stage.freshNumber()),
  ),
  orderRule('time-expire-format', (stage) => combine(stage, { time_expire: 'tomorrow' }), {
    ...parameterError,
    message: /rfc3339/,
  }),
  orderRule('notify-url', (stage) => combine(stage, { notify_url: 'http://127.0.0.1:1/n?a=1' }), {
    ...parameterError,
    message: /notify_url.*必须匹配正则表达式/,
  }),
]

/** A combined order that only this identity may pay. */
function identified(stage: Stage, changes: object = {}): Promise<Reply> {
  const openid = stage.sandbox.openid('alice', stage.miniAppid)
  const body = combined(stage, { combine_payer_info: { openid, identity: identity(stage, changes) } })
  const headers = { 'wechatpay-serial': stage.sandbox.merchant(MCHID).platformSerialNo }
  return stage.sandbox.call(MCHID, 'POST', `${COMBINE}/jsapi`, body, { headers })
}

/** Orders for a sub-merchant, and closes it as of this one. */
async function closeByPartner(stage: Stage, subMchid: string): Promise<Reply> {
  const number = stage.freshNumber()
  const one = partnerPart(stage)
  await combineByPartner(stage, { combine_out_trade_no: number, sub_orders: [one] })
  const { mchid, out_trade_no } = one
  return stage.sandbox.call(PARTNER, 'POST', `${COMBINE}/out-trade-no/${number}/close`, {
    combine_appid: stage.sandbox.merchant(PARTNER).appids[0]!.appid,
    sub_orders: [{ mchid, out_trade_no, sub_mchid: subMchid }],
  })
}

/** A combined order of which the first part has this number. */
const withFirst = (stage: Stage, outTradeNo: string) =>
  combine(stage, { sub_orders: [part(stage, { out_trade_no: outTradeNo }), part(stage)] })

const LIFE_RULES: Rule[] = [
  orderRule(
    'reentry',
    (stage) => again(stage, { sub_orders: parts(stage, 2) }),
    differs,
    (stage) => again(stage, {}),
  ),
  orderRule(
    'reentry-paid',
    (stage) => again(stage, {}, (prepayId) => stage.pay(prepayId)),
    { status: 400, code: 'ORDERPAID', number: '268449538' },
    (stage) => again(stage, {}),
  ),
  {
    id: 'combine-query.not-exist',
    broken: (stage) => queryCombine(stage, stage.freshNumber()),
    answers: notThere,
    kept: async (stage) => queryCombine(stage, (await combinedOrder(stage)).outTradeNo),
  },
  {
    id: 'combine-query.of-merchant',
    broken: async (stage) => queryCombine(stage, (await combinedOrder(stage)).outTradeNo, OTHER),
    answers: notThere,
    kept: async (stage) => queryCombine(stage, (await combinedOrder(stage)).outTradeNo),
  },
  {
    id: 'combine-query.part-alone',
    // The ordinary query knows no parts, paid or not.
    broken: async (stage) => stage.query((await paidCombine(stage)).parts[0]!.out_trade_no),
    answers: notThere,
    kept: async (stage) => queryCombine(stage, (await paidCombine(stage)).outTradeNo),
  },
  {
    id: 'combine-close.part-alone',
    broken: async (stage) => stage.closeOrder((await combinedOrder(stage)).parts[0]!.out_trade_no),
    answers: notThere,
    kept: async (stage) => closeCombine(stage, await combinedOrder(stage)),
  },
  {
    id: 'combine-close.all-parts',
    async broken(stage) {
      const order = await combinedOrder(stage)
      return closeCombine(stage, { ...order, parts: order.parts.slice(1) })
    },
    answers: invalid,
    async kept(stage) {
      const order = await combinedOrder(stage)
      return closeCombine(stage, { ...order, parts: order.parts.toReversed() })
    },
  },
  {
    id: 'combine-close.sub-mchid',
    broken: async (stage) => closeByPartner(stage, SECOND_SUB),
    answers: invalid,
    kept: async (stage) => closeByPartner(stage, SUB),
  },
  {
    id: 'combine-close.appid',
    broken: async (stage) =>
      closeCombine(stage, await combinedOrder(stage), { combine_appid: stage.officialAppid }),
    answers: parameterError,
    kept: async (stage) => closeCombine(stage, await combinedOrder(stage)),
  },
  {
    id: 'combine-close.paid',
    broken: async (stage) => closeCombine(stage, await paidCombine(stage)),
    answers: { status: 400, code: 'ORDERPAID', number: '268449538' },
    // Closing twice is fine.
    async kept(stage) {
      const order = await combinedOrder(stage)
      await closeCombine(stage, order)
      return closeCombine(stage, order)
    },
  },
]

const partnerRule = (id: string, broken: object, answers: Rule['answers'], kept: object = {}): Rule => ({
  id: `combine-partner.${id}`,
  broken: (stage) => combineByPartner(stage, { sub_orders: [partnerPart(stage, broken)] }),
  answers,
  kept: (stage) => combineByPartner(stage, { sub_orders: [partnerPart(stage, kept)] }),
})

const PARTNER_RULES: Rule[] = [
  partnerRule(
    'sub-mchid-required',
    { sub_mchid: undefined },
    {
      status: 400,
      code: 'PARAM_ERROR',
      number: '268443704',
    },
  ),
  partnerRule(
    'sub-mchid-relation',
    { sub_mchid: '1900000099' },
    { status: 400, code: 'PARAM_ERROR', number: '268443701' },
    { sub_mchid: SECOND_SUB },
  ),
  partnerRule(
    'sub-is-not-partner',
    { sub_mchid: PARTNER },
    {
      status: 400,
      code: 'PARAM_ERROR',
      number: '268443705',
    },
  ),
  {
    id: 'combine-partner.fifty-at-most',
    broken: (stage) =>
      combineByPartner(stage, { sub_orders: Array.from({ length: 51 }, () => partnerPart(stage)) }),
    answers: { ...parameterError, message: /1至50/ },
    kept: (stage) =>
      combineByPartner(stage, { sub_orders: Array.from({ length: 50 }, () => partnerPart(stage)) }),
  },
]

export const COMBINE_RULES: Rule[] = [...ORDER_RULES, ...LIFE_RULES, ...PARTNER_RULES]
