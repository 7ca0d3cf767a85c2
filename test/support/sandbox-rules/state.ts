import type { Reply } from '../sandbox-client.ts'
import { PARTNER, PARTNER_RULES } from './partner.ts'
import { DAY_MS, HOUR_MS, MCHID, MINUTE_MS, SECOND_MS } from './rule.ts'
import type { Rule, Stage } from './rule.ts'

/** Orders, does something in between, and orders again with the same body. */
async function again(
  stage: Stage,
  between: (placed: { outTradeNo: string; prepayId: string }) => Promise<unknown>,
  changes: Record<string, unknown> = {},
): Promise<Reply> {
  const body = stage.order()
  const { outTradeNo, prepayId } = await stage.placed(body)
  await between({ outTradeNo, prepayId })
  return stage.prepay({ ...body, ...changes })
}

const differs = {
  status: 400,
  code: 'INVALID_REQUEST',
  message: '请求重入时，参数与首次请求时不一致',
  number: '268498688',
}
const nothing = async () => {}
const inAnHour = async (stage: Stage) =>
  new Date((await stage.sandbox.control('/clock')).body.nowMs + HOUR_MS).toISOString()

export const STATE_RULES: Rule[] = [
  {
    id: 'reentry.amount',
    broken: (stage) => again(stage, nothing, { amount: { total: 8_801, currency: 'CNY' } }),
    answers: differs,
    kept: (stage) => again(stage, nothing),
  },
  {
    id: 'reentry.description',
    broken: (stage) => again(stage, nothing, { description: '另一件' }),
    answers: differs,
    // Neither the order of keys nor a null makes another order.
    async kept(stage) {
      const body = stage.order()
      await stage.placed(body)
      return stage.prepay({ attach: null, ...Object.fromEntries(Object.entries(body).toReversed()) })
    },
  },
  {
    id: 'reentry.openid',
    broken: (stage) =>
      again(stage, nothing, { payer: { openid: stage.sandbox.openid('bob', stage.miniAppid) } }),
    answers: differs,
    kept: (stage) => again(stage, nothing),
  },
  {
    id: 'reentry.appid',
    broken: (stage) =>
      again(stage, nothing, {
        appid: stage.officialAppid,
        payer: { openid: stage.sandbox.openid('alice', stage.officialAppid) },
      }),
    answers: differs,
    kept: (stage) => again(stage, nothing),
  },
  {
    id: 'reentry.time-expire',
    broken: (stage) => again(stage, nothing, { time_expire: '2030-01-01T00:00:00+08:00' }),
    answers: differs,
    kept: (stage) => again(stage, () => stage.advance(3 * HOUR_MS)),
  },
  {
    id: 'reentry.paid',
    broken: (stage) => again(stage, ({ prepayId }) => stage.pay(prepayId)),
    answers: { status: 400, code: 'ORDERPAID', message: '该订单已支付', number: '268449538' },
    kept: (stage) => again(stage, nothing),
  },
  {
    id: 'reentry.closed',
    broken: (stage) => again(stage, ({ outTradeNo }) => stage.closeOrder(outTradeNo)),
    answers: { status: 400, code: 'ORDER_CLOSED', message: '该订单已失效', number: '268447914' },
    kept: (stage) => again(stage, nothing),
  },
  {
    id: 'reentry.expired',
    broken: (stage) => again(stage, () => stage.advance(7 * DAY_MS)),
    answers: { status: 400, code: 'ORDER_CLOSED', number: '268447914' },
    kept: (stage) => again(stage, () => stage.advance(7 * DAY_MS - MINUTE_MS)),
  },
  {
    id: 'reentry.time-expire-passed',
    async broken(stage) {
      const body = stage.order({ time_expire: await inAnHour(stage) })
      await stage.placed(body)
      await stage.advance(HOUR_MS)
      return stage.prepay(body)
    },
    answers: { status: 400, code: 'ORDER_CLOSED', number: '268447914' },
    async kept(stage) {
      const body = stage.order({ time_expire: await inAnHour(stage) })
      await stage.placed(body)
      await stage.advance(HOUR_MS - MINUTE_MS)
      return stage.prepay(body)
    },
  },
  {
    id: 'close.burns-unknown-number',
    async broken(stage) {
      const outTradeNo = stage.freshNumber()
      await stage.closeOrder(outTradeNo)
      return stage.prepay({ out_trade_no: outTradeNo })
    },
    answers: differs,
    kept: (stage) => stage.closeOrder(stage.freshNumber()),
  },
  {
    id: 'close.paid',
    async broken(stage) {
      const { outTradeNo, prepayId } = await stage.placed()
      await stage.pay(prepayId)
      return stage.closeOrder(outTradeNo)
    },
    answers: { status: 400, code: 'ORDERPAID', number: '268449538' },
    // Closing twice is as good as once.
    async kept(stage) {
      const { outTradeNo } = await stage.placed()
      await stage.closeOrder(outTradeNo)
      return stage.closeOrder(outTradeNo)
    },
  },
  {
    id: 'close.mchid-of-header',
    broken: async (stage) => stage.closeOrder((await stage.placed()).outTradeNo, { mchid: '1900000002' }),
    answers: { status: 400, code: 'PARAM_ERROR' },
    kept: async (stage) => stage.closeOrder((await stage.placed()).outTradeNo),
  },
  {
    id: 'close.unknown-field',
    broken: async (stage) =>
      stage.closeOrder((await stage.placed()).outTradeNo, { mchid: MCHID, reason: 'x' }),
    answers: {
      status: 400,
      code: 'PARAM_ERROR',
      number: '270924358',
      detail: { location: null, value: ['/body/reason'] },
    },
    kept: async (stage) => stage.closeOrder((await stage.placed()).outTradeNo),
  },
  {
    id: 'close.mchid-required',
    broken: async (stage) => stage.closeOrder((await stage.placed()).outTradeNo, { mch_id: MCHID }),
    answers: {
      status: 400,
      code: 'PARAM_ERROR',
      message: '输入源“/uri_template/mchid”映射到字段“直连商户号”必填性规则校验失败，此字段为必填项',
      detail: { location: 'uri_template', value: '' },
    },
    kept: async (stage) => stage.closeOrder((await stage.placed()).outTradeNo),
  },
  {
    id: 'query.not-exist',
    broken: (stage) => stage.query(stage.freshNumber()),
    answers: { status: 404, code: 'ORDER_NOT_EXIST', message: '订单不存在', number: '268512771' },
    kept: async (stage) => stage.query((await stage.placed()).outTradeNo),
  },
  {
    // Closing it did not make it an order.
    id: 'query.only-closed',
    async broken(stage) {
      const outTradeNo = stage.freshNumber()
      await stage.closeOrder(outTradeNo)
      return stage.query(outTradeNo)
    },
    answers: { status: 404, code: 'ORDER_NOT_EXIST', number: '268512771' },
    async kept(stage) {
      const { outTradeNo } = await stage.placed()
      await stage.closeOrder(outTradeNo)
      return stage.query(outTradeNo)
    },
  },
  {
    id: 'query.number-length',
    broken: (stage) => stage.query('x'.repeat(35)),
    answers: {
      status: 400,
      code: 'PARAM_ERROR',
      message:
        '输入源“/uri_template/out_trade_no”映射到值字段“商户订单号”字符串规则校验失败，字节数 35，大于最大值 32',
      detail: { location: 'uri_template', value: 35 },
    },
    kept: async (stage) => stage.query((await stage.placed()).outTradeNo),
  },
  {
    id: 'query.mchid',
    async broken(stage) {
      const { outTradeNo } = await stage.placed()
      return stage.sandbox.call(MCHID, 'GET', `/v3/pay/transactions/out-trade-no/${outTradeNo}`)
    },
    answers: {
      status: 400,
      code: 'PARAM_ERROR',
      message: '输入源“/query/mchid”映射到字段“直连商户号”必填性规则校验失败，此字段为必填项',
      detail: { location: 'query', value: '' },
    },
    kept: async (stage) => stage.query((await stage.placed()).outTradeNo),
  },
  {
    id: 'query.unknown-parameter',
    async broken(stage) {
      const { outTradeNo } = await stage.placed()
      const path = `/v3/pay/transactions/out-trade-no/${outTradeNo}?mchid=${MCHID}&sub_mch_id=1900000013`
      return stage.sandbox.call(MCHID, 'GET', path)
    },
    answers: {
      status: 400,
      code: 'PARAM_ERROR',
      message: '请求中含有未在API文档中定义的参数',
      detail: { location: null, value: ['/query/sub_mch_id'] },
    },
    kept: async (stage) => stage.query((await stage.placed()).outTradeNo),
  },
  {
    id: 'query.transaction-of-merchant',
    async broken(stage) {
      const { outTradeNo, prepayId } = await stage.placed()
      await stage.pay(prepayId)
      const { transaction_id: id } = (await stage.query(outTradeNo)).body
      return stage.sandbox.call('1900000002', 'GET', `/v3/pay/transactions/id/${id}?mchid=1900000002`)
    },
    answers: { status: 400, code: 'INVALID_REQUEST', number: '268447843' },
    async kept(stage) {
      const { outTradeNo, prepayId } = await stage.placed()
      await stage.pay(prepayId)
      const { transaction_id: id } = (await stage.query(outTradeNo)).body
      return stage.sandbox.call(MCHID, 'GET', `/v3/pay/transactions/id/${id}?mchid=${MCHID}`)
    },
  },
  {
    id: 'query.transaction-not-exist',
    broken: (stage) =>
      stage.sandbox.call(MCHID, 'GET', `/v3/pay/transactions/id/4200000000000000000000000000?mchid=${MCHID}`),
    answers: { status: 404, code: 'ORDER_NOT_EXIST' },
    kept: async (stage) => stage.query((await stage.placed()).outTradeNo),
  },
  ...PARTNER_RULES,
  {
    id: 'certificates.public-key-mode',
    broken: (stage) => stage.sandbox.call('1900000002', 'GET', '/v3/certificates'),
    answers: {
      status: 404,
      code: 'RESOURCE_NOT_EXISTS',
      message:
        '无可用的平台证书，请在商户平台-API安全申请使用微信支付公钥。可查看指引https://pay.weixin.qq.com/doc/v3/merchant/4012153196',
    },
    kept: (stage) => stage.sandbox.call(PARTNER, 'GET', '/v3/certificates'),
  },
  {
    id: 'certificates.algorithm',
    broken: (stage) => stage.sandbox.call(PARTNER, 'GET', '/v3/certificates?algorithm_type=MD5'),
    answers: { status: 400, code: 'PARAM_ERROR', message: /algorithm_type/, number: '268435461' },
    kept: (stage) => stage.sandbox.call(PARTNER, 'GET', '/v3/certificates?algorithm_type=RSA'),
  },
  {
    id: 'certificates.of-algorithm',
    broken: (stage) => stage.sandbox.call(PARTNER, 'GET', '/v3/certificates?algorithm_type=SM2'),
    answers: { status: 404, code: 'RESOURCE_NOT_EXISTS' },
    kept: (stage) => stage.sandbox.call(PARTNER, 'GET', '/v3/certificates?algorithm_type=ALL'),
  },
  {
    id: 'time-expire.at-least-a-minute',
    // An expiry in the past is moved to a minute from now: after it nobody can pay.
    async broken(stage) {
      const { prepayId } = await stage.placed({ time_expire: '2020-01-01T00:00:00+08:00' })
      await stage.advance(MINUTE_MS)
      return stage.launch(prepayId)
    },
    answers: { status: 422, errMsg: '该订单已失效' },
    async kept(stage) {
      const { prepayId } = await stage.placed({ time_expire: '2020-01-01T00:00:00+08:00' })
      await stage.advance(MINUTE_MS - 10 * SECOND_MS)
      return stage.launch(prepayId)
    },
  },
  {
    id: 'time-expire.at-most-90-days',
    async broken(stage) {
      const body = stage.order({ time_expire: '2099-01-01T00:00:00+08:00' })
      await stage.placed(body)
      await stage.advance(90 * DAY_MS)
      return stage.prepay(body)
    },
    answers: { status: 400, code: 'ORDER_CLOSED' },
    async kept(stage) {
      const body = stage.order({ time_expire: '2099-01-01T00:00:00+08:00' })
      await stage.placed(body)
      await stage.advance(90 * DAY_MS - HOUR_MS)
      return stage.prepay(body)
    },
  },
]
