import type { Reply } from '../sandbox-client.ts'
import type { Rule, Stage } from './rule.ts'

export const PARTNER = '1900000003'

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

/** A partner orders and asks for its sub-merchants. */
export const PARTNER_RULES: Rule[] = [
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
      message: '输入源“/body/sub_mchid”映射到字段“子商户号/二级商户号”必填性规则校验失败，此字段为必填项',
      detail: { location: 'body', value: '' },
    },
    kept: (stage) => partnerPrepay(stage),
  },
  {
    id: 'partner.sp-appid-required',
    broken: (stage) => partnerPrepay(stage, { sp_appid: undefined }),
    answers: {
      status: 400,
      code: 'PARAM_ERROR',
      message: '输入源“/body/sp_appid”映射到字段“服务商应用ID”必填性规则校验失败，此字段为必填项',
      detail: { location: 'body', value: '' },
    },
    kept: (stage) => partnerPrepay(stage),
  },
  {
    id: 'partner.address-of-merchants',
    broken(stage) {
      const { appid } = stage.sandbox.merchant(PARTNER).appids[0]!
      const payer = { openid: stage.sandbox.openid('alice', appid) }
      const body = stage.order({ appid, mchid: PARTNER, payer })
      return stage.sandbox.call(PARTNER, 'POST', '/v3/pay/transactions/jsapi', body)
    },
    answers: {
      status: 400,
      code: 'PARAM_ERROR',
      message: '受理机构必须传入sub_mch_id',
      number: '268443704',
      detail: undefined,
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
    broken: (stage) =>
      partnerQuery(
        stage,
        (outTradeNo) => `partner/transactions/out-trade-no/${outTradeNo}?sp_mchid=${PARTNER}`,
      ),
    answers: {
      status: 400,
      code: 'PARAM_ERROR',
      message: '输入源“/query/sub_mchid”映射到字段“子商户号/二级商户号”必填性规则校验失败，此字段为必填项',
      detail: { location: 'query', value: '' },
    },
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
]
