import { createHash } from 'node:crypto'
import type { Reply } from '../sandbox-client.ts'
import { sealed } from './refund-requests.ts'
import { MCHID } from './rule.ts'
import type { Stage } from './rule.ts'

export const MEDICAL = '/v3/med-ins'

/** What the insurance office gives before such an order. */
export const OF_INSURANCE = {
  pay_order_id: 'ORD530100202204022006350000021',
  pay_auth_no: 'AUTH530100202204022006310000034',
  geo_location: '102.682296,25.054260',
  med_ins_order_create_time: '2026-01-02T10:34:56+08:00',
}

/** ¥88 of cash beside ¥100 of insurance. */
const FEES = {
  total_fee: 18_800,
  med_ins_gov_fee: 6_000,
  med_ins_self_fee: 3_000,
  med_ins_other_fee: 1_000,
  med_ins_cash_fee: 8_800,
  wechat_pay_cash_fee: 8_800,
}

/** Who pays, encrypted under the platform certificate. */
export function identity(stage: Stage): Record<string, unknown> {
  const digest = createHash('md5').update('44030019000101123X').digest('hex')
  return { name: sealed(stage, '小林'), id_digest: sealed(stage, digest), card_type: 'ID_CARD' }
}

/** A right order of alice, half cash and half insurance, with changes. Its cash part is placed first. */
export async function medicalBody(stage: Stage, changes: object = {}): Promise<Record<string, unknown>> {
  const { outTradeNo, prepayId } = await stage.placed()
  return {
    mix_pay_type: 'CASH_AND_INSURANCE',
    order_type: 'REG_PAY',
    appid: stage.miniAppid,
    openid: stage.sandbox.openid('alice', stage.miniAppid),
    payer: identity(stage),
    out_trade_no: outTradeNo,
    serial_no: '1217752501201',
    ...OF_INSURANCE,
    city_id: '530100',
    med_inst_name: '城南医院',
    med_inst_no: '1217752501201407033233368318',
    ...FEES,
    prepay_id: prepayId,
    callback_url: stage.receiver.url,
    ...changes,
  }
}

export const postMedical = (stage: Stage, body: object, serial?: string): Promise<Reply> =>
  stage.sandbox.call(MCHID, 'POST', `${MEDICAL}/orders`, body, {
    headers: { 'wechatpay-serial': serial ?? stage.sandbox.merchant(MCHID).platformSerialNo },
  })

export const orderMedical = async (stage: Stage, changes: object = {}): Promise<Reply> =>
  postMedical(stage, await medicalBody(stage, changes))

/** Without a cash part. */
export const INSURANCE_ONLY = {
  mix_pay_type: 'INSURANCE_ONLY',
  total_fee: 10_000,
  med_ins_cash_fee: 0,
  wechat_pay_cash_fee: null,
  prepay_id: null,
}

/** Without the insurance. */
export const CASH_ONLY = {
  mix_pay_type: 'CASH_ONLY',
  pay_order_id: null,
  pay_auth_no: null,
  geo_location: null,
  med_ins_order_create_time: null,
  total_fee: 8_800,
  med_ins_gov_fee: null,
  med_ins_self_fee: null,
  med_ins_other_fee: null,
  med_ins_cash_fee: null,
}

export const queryMedical = (stage: Stage, path: string, mchid = MCHID): Promise<Reply> =>
  stage.sandbox.call(mchid, 'GET', `${MEDICAL}/orders/${path}`)

export const payMedical = (stage: Stage, mixTradeNo: string, user = 'alice'): Promise<Reply> =>
  stage.sandbox.control('/pay', { mixTradeNo, user })

export const INSURANCE_REFUND = {
  med_refund_total_fee: 10_000,
  med_refund_gov_fee: 6_000,
  med_refund_self_fee: 3_000,
  med_refund_other_fee: 1_000,
  refund_time: '2026-01-03T10:34:56+08:00',
}

export const tellRefund = (stage: Stage, mixTradeNo: string, changes: object = {}): Promise<Reply> =>
  stage.sandbox.call(MCHID, 'POST', `${MEDICAL}/refunds/notify?mix_trade_no=${mixTradeNo}`, {
    ...INSURANCE_REFUND,
    out_refund_no: stage.freshNumber(),
    ...changes,
  })

/** Orders, pays, and tells of the insurance's refund. */
export async function refundedMedical(
  stage: Stage,
  changes: object = {},
  order: object = {},
): Promise<Reply> {
  const { mix_trade_no: mixTradeNo } = (await orderMedical(stage, order)).body
  await payMedical(stage, mixTradeNo)
  return tellRefund(stage, mixTradeNo, changes)
}
