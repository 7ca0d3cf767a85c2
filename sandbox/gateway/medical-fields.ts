import { MIX_PAY_TYPES } from '../world/medical-orders.ts'
import { boolean, integer, list, must, object, text } from './fields.ts'
import type { Fields } from './fields.ts'
import { NOTIFY_URL_PATTERN } from './notify-url.ts'
import { ORDER_NUMBER_PATTERN } from './prepay-fields.ts'
import { OUT_REFUND_NO } from './refund-fields.ts'

export const MEDICAL_OUT_TRADE_NO = text('从业机构订单号', 64, {
  minBytes: 6,
  pattern: ORDER_NUMBER_PATTERN,
})
export const MIX_TRADE_NO = text('医保自费混合订单号', 32, { pattern: /^[0-9A-Za-z]+$/ })

const ORDER_TYPES =
  'REG_PAY DIAG_PAY COVID_EXAM_PAY IN_HOSP_PAY PHARMACY_PAY INSURANCE_PAY INT_REG_PAY INT_RE_DIAG_PAY INT_RX_PAY COVID_ANTIGEN_PAY MED_PAY'
const CARD_TYPES =
  'ID_CARD HOUSEHOLD_REGISTRATION FOREIGNER_PASSPORT MAINLAND_TRAVEL_PERMIT_FOR_TW MAINLAND_TRAVEL_PERMIT_FOR_MO MAINLAND_TRAVEL_PERMIT_FOR_HK FOREIGN_PERMANENT_RESIDENT'
const ADD_TYPES = 'DEFAULT_ADD_TYPE FREIGHT OTHER_MEDICAL_EXPENSES'
const REDUCE_TYPES =
  'DEFAULT_REDUCE_TYPE HOSPITAL_REDUCE PHARMACY_DISCOUNT DISCOUNT PRE_PAYMENT DEPOSIT_DEDUCTION'

/** Name and digest are encrypted. */
const IDENTITY: Fields = {
  name: must(text('真实姓名', 1_024)),
  id_digest: must(text('个人身份ID摘要', 1_024)),
  card_type: must(text('证件类型', 64, { oneOf: CARD_TYPES.split(' ') })),
}

const IDENTITIES: Fields = {
  payer: must(object('支付人身份信息', IDENTITY)),
  pay_for_relatives: boolean('是否代亲属支付'),
  relative: object('亲属身份信息', IDENTITY),
}

const FEES: Fields = {
  total_fee: must(integer('总金额', 1)),
  med_ins_gov_fee: integer('医保统筹支付金额', 0),
  med_ins_self_fee: integer('医保个账支付金额', 0),
  med_ins_other_fee: integer('医保其他支付金额', 0),
  med_ins_cash_fee: integer('医保结算后自费金额', 0),
  wechat_pay_cash_fee: integer('微信支付自费金额', 0),
  cash_add_detail: list(
    '现金补充列表',
    object('现金补充', {
      cash_add_fee: must(integer('现金补充金额', 0)),
      cash_add_type: must(text('现金补充类型', 32, { oneOf: ADD_TYPES.split(' ') })),
    }),
  ),
  cash_reduce_detail: list(
    '现金减免列表',
    object('现金减免', {
      cash_reduce_fee: must(integer('现金减免金额', 0)),
      cash_reduce_type: must(text('现金减免类型', 32, { oneOf: REDUCE_TYPES.split(' ') })),
    }),
  ),
}

/** What the insurance office is to get, as a text. https://pay.weixin.qq.com/doc/v3/merchant/4016781466 */
function isJsonObject(value: string): boolean {
  try {
    const content: unknown = JSON.parse(value)
    return typeof content === 'object' && content !== null && !Array.isArray(content)
  } catch {
    return false
  }
}

/**
 * All fields of a medical insurance order. https://pay.weixin.qq.com/doc/v3/merchant/4016781466,
 * https://pay.weixin.qq.com/doc/v3/partner/4018300080
 */
export const MEDICAL_FIELDS: Fields = {
  mix_pay_type: must(text('混合支付类型', 32, { oneOf: MIX_PAY_TYPES })),
  order_type: must(text('订单类型', 32, { oneOf: ORDER_TYPES.split(' ') })),
  appid: must(text('公众号ID', 32)),
  sub_appid: text('医疗机构的公众号ID', 32),
  sub_mchid: text('医疗机构的商户号', 32),
  openid: text('用户标识', 128),
  sub_openid: text('用户子标识', 128),
  ...IDENTITIES,
  out_trade_no: must(MEDICAL_OUT_TRADE_NO),
  serial_no: must(text('医疗机构订单号', 20)),
  pay_order_id: text('医保局支付单ID', 64),
  pay_auth_no: text('医保局支付授权码', 40),
  geo_location: text('用户定位信息', 40, { pattern: /^-?\d{1,3}(\.\d+)?,-?\d{1,2}(\.\d+)?$/ }),
  city_id: must(text('城市ID', 8)),
  med_inst_name: must(text('医疗机构名称', 128)),
  med_inst_no: must(text('医疗机构编码', 32)),
  med_ins_order_create_time: text('医保下单时间', 64),
  ...FEES,
  callback_url: must(text('回调通知URL', 256, { pattern: NOTIFY_URL_PATTERN })),
  prepay_id: text('自费预下单ID', 64),
  passthrough_request_content: text('透传给医保的内容', 2_048, {
    format: { test: isJsonObject, needs: 'JSON对象' },
  }),
  extends: text('扩展字段', 2_048),
  attach: text('附加数据', 128),
  channel_no: text('渠道号', 32),
  med_ins_test_env: boolean('是否医保局测试环境'),
}

const refundFee = (label: string) => integer(label, 0)

/**
 * What the merchant tells of a refund by the insurance. The published description and the published examples spell three
 * names differently; both are taken. https://pay.weixin.qq.com/doc/v3/merchant/4016781561
 */
export const MEDICAL_REFUND_FIELDS: Fields = {
  sub_mchid: text('医疗机构的商户号', 32),
  med_refund_total_fee: must(refundFee('医保退款总金额')),
  med_refund_gov_fee: refundFee('医保统筹退款金额'),
  med_refund_self_fee: refundFee('医保个账退款金额'),
  med_refund_other_fee: refundFee('医保其他退款金额'),
  med_refund__gov_fee: refundFee('医保统筹退款金额'),
  med_refund__self_fee: refundFee('医保个账退款金额'),
  med_refund__other_fee: refundFee('医保其他退款金额'),
  refund_time: must(text('医保退款成功时间', 64)),
  out_refund_no: must(OUT_REFUND_NO),
}
