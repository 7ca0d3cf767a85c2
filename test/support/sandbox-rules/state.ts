import type { Reply } from '../sandbox-client.ts'
import { DAY_MS, HOUR_MS, MCHID, MINUTE_MS, SECOND_MS } from './rule.ts'
import type { Rule, Stage } from './rule.ts'

const PARTNER = '1900000003'

function partnerOrder(
  { sandbox, freshNumber, receiver }: Stage,
  changes: object = {},
): Record<string, unknown> {
  const partner = sandbox.merchant(PARTNER)
  const sub = partner.subMerchants[0]!
  const subAppid = sub.appids[0]!.appid
  return {
    sp_appid: partner.appids[0]!.appid,
    sp_mchid: PARTNER,
    sub_appid: subAppid,
    sub_mchid: sub.mchid,
    description: '牛肉面',
    out_trade_no: freshNumber(),
    notify_url: receiver.url,
    amount: { total: 1_900 },
    payer: { sub_openid: sandbox.openid('alice', subAppid) },
    ...changes,
  }
}

const partnerPrepay = (stage: Stage, changes: object = {}): Promise<Reply> =>
  stage.sandbox.call(PARTNER, 'POST', '/v3/pay/partner/transactions/jsapi', partnerOrder(stage, changes))

const partnerPath =
  ({ sandbox }: Stage, subMchid = sandbox.merchant(PARTNER).subMerchants[0]!.mchid) =>
  (outTradeNo: string) =>
    `partner/transactions/out-trade-no/${outTradeNo}?sp_mchid=${PARTNER}&sub_mchid=${subMchid}`

/** Orders as partner, and queries the order at the address below /v3/pay/. */
async function partnerQuery(stage: Stage, path: (outTradeNo: string) => string): Promise<Reply> {
  const outTradeNo = stage.freshNumber()
  await partnerPrepay(stage, { out_trade_no: outTradeNo })
  return stage.sandbox.call(PARTNER, 'GET', `/v3/pay/${path(outTradeNo)}`)
}

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
    answers: { status: 400, code: 'PARAM_ERROR', number: '270924358' },
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
    },
    kept: async (stage) => stage.query((await stage.placed()).outTradeNo),
  },
  {
    id: 'query.mchid',
    async broken(stage) {
      const { outTradeNo } = await stage.placed()
      return stage.sandbox.call(MCHID, 'GET', `/v3/pay/transactions/out-trade-no/${outTradeNo}`)
    },
    answers: { status: 400, code: 'PARAM_ERROR', message: /mchid/ },
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
  {
    id: 'partner.relation',
    broken: (stage) => partnerPrepay(stage, { sub_mchid: '1900000001' }),
    answers: { status: 400, code: 'PARAM_ERROR', message: '受理关系不存在', number: '268443701' },
    kept: (stage) => partnerPrepay(stage),
  },
  {
    id: 'partner.sub-is-not-partner',
    broken: (stage) => partnerPrepay(stage, { sub_mchid: PARTNER }),
    answers: {
      status: 400,
      code: 'PARAM_ERROR',
      message: '子商户mchid不能与自身mchid相同',
      number: '268443705',
    },
    kept: (stage) => partnerPrepay(stage),
  },
  {
    id: 'partner.sub-mchid-required',
    broken: (stage) => partnerPrepay(stage, { sub_mchid: undefined }),
    answers: {
      status: 400,
      code: 'PARAM_ERROR',
      message: '受理机构必须传入sub_mch_id',
      number: '268443704',
    },
    kept: (stage) => partnerPrepay(stage),
  },
  {
    // The partner asks as a merchant for what it ordered for its sub-merchant.
    id: 'partner.order-of-sub',
    broken: (stage) =>
      partnerQuery(stage, (outTradeNo) => `transactions/out-trade-no/${outTradeNo}?mchid=${PARTNER}`),
    answers: { status: 400, code: 'INVALID_REQUEST', message: '商户号和订单不匹配', number: '268447843' },
    kept: (stage) => partnerQuery(stage, partnerPath(stage)),
  },
  {
    id: 'partner.order-of-other-sub',
    broken: (stage) => partnerQuery(stage, partnerPath(stage, '1900000023')),
    answers: {
      status: 400,
      code: 'INVALID_REQUEST',
      message: '子商户号和订单信息不匹配',
      number: '268447845',
    },
    kept: (stage) => partnerQuery(stage, partnerPath(stage)),
  },
  {
    id: 'partner.query-sub-mchid',
    broken: (stage) => partnerQuery(stage, partnerPath(stage, '')),
    answers: { status: 400, code: 'PARAM_ERROR', message: '受理机构必须传入sub_mch_id', number: '268443704' },
    kept: (stage) => partnerQuery(stage, partnerPath(stage)),
  },
  {
    id: 'partner.some-openid',
    broken: (stage) => partnerPrepay(stage, { payer: {} }),
    answers: { status: 400, code: 'PARAM_ERROR', number: '268501013' },
    kept: (stage) => {
      const { appid } = stage.sandbox.merchant(PARTNER).appids[0]!
      return partnerPrepay(stage, { payer: { sp_openid: stage.sandbox.openid('alice', appid) } })
    },
  },
  {
    id: 'partner.sub-appid-for-sub-openid',
    broken: (stage) => partnerPrepay(stage, { sub_appid: undefined }),
    answers: { status: 400, code: 'PARAM_ERROR', message: 'sub_appid和sub_openid不匹配' },
    kept: (stage) => partnerPrepay(stage),
  },
  {
    id: 'partner.sub-appid-of-sub',
    broken: (stage) =>
      partnerPrepay(stage, {
        sub_appid: stage.miniAppid,
        payer: { sub_openid: stage.sandbox.openid('alice', stage.miniAppid) },
      }),
    answers: { status: 400, code: 'APPID_MCHID_NOT_MATCH', message: 'sub_mch_id与sub_appid不匹配' },
    kept: (stage) => partnerPrepay(stage),
  },
  {
    id: 'certificates.public-key-mode',
    broken: (stage) => stage.sandbox.call('1900000002', 'GET', '/v3/certificates'),
    answers: { status: 404, code: 'RESOURCE_NOT_EXISTS', message: /无可用的平台证书/ },
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
