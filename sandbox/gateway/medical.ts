import type { MedicalOrder } from '../world/medical-orders.ts'
import type { Answer, Call } from './call.ts'
import { expiry } from './expiry.ts'
import { checkFields, checkText, must, readQuery } from './fields.ts'
import { medicalAnswer } from './medical-answer.ts'
import { MEDICAL_OUT_TRADE_NO, MEDICAL_REFUND_FIELDS, MIX_TRADE_NO } from './medical-fields.ts'
import { SUB_MCHID } from './prepay-fields.ts'
import { badParameter, invalidRequest, NUMBERS, Refused } from './refusal.ts'
import { subMerchantOf } from './refund.ts'

/** GET /v3/med-ins/orders/mix-trade-no/{mix_trade_no}. https://pay.weixin.qq.com/doc/v3/merchant/4016781479 */
export function queryMedicalByMixTradeNo(call: Call): Answer {
  const { world, params, query } = call
  checkText(MIX_TRADE_NO, params['mixTradeNo']!, '/uri_template/mix_trade_no')
  const { sub_mchid: subMchid } = readQuery({ sub_mchid: SUB_MCHID }, query)
  const found = world.medical.find(params['mixTradeNo']!)
  return medicalAnswer(world, own(call, found, subMchid, '/query/sub_mchid'))
}

/** GET /v3/med-ins/orders/out-trade-no/{out_trade_no}. */
export function queryMedicalByOutTradeNo(call: Call): Answer {
  const { world, merchant, params, query } = call
  checkText(MEDICAL_OUT_TRADE_NO, params['outTradeNo']!, '/uri_template/out_trade_no')
  const { sub_mchid: subMchid } = readQuery({ sub_mchid: SUB_MCHID }, query)
  const found = world.medical.findByNumber(merchant.mchid, params['outTradeNo']!)
  return medicalAnswer(world, own(call, found, subMchid, '/query/sub_mchid'))
}

/**
 * POST /v3/med-ins/refunds/notify: the merchant tells WeChat that the insurance gave its part back. Cash goes back by an
 * ordinary refund. Told again, the latest counts. https://pay.weixin.qq.com/doc/v3/merchant/4016781561
 */
export function tellMedicalRefund(call: Call): Answer {
  const { world, query, body } = call
  const { mix_trade_no: mixTradeNo } = readQuery({ mix_trade_no: must(MIX_TRADE_NO) }, query)
  checkFields(MEDICAL_REFUND_FIELDS, body)
  expiry(String(body['refund_time']), 0, '/body/refund_time')
  const fee = (kind: string) => Number(body[`med_refund_${kind}_fee`] ?? body[`med_refund__${kind}_fee`] ?? 0)
  const totalFen = Number(body['med_refund_total_fee'])
  if (fee('gov') + fee('self') + fee('other') !== totalFen) {
    throw badParameter('/body/med_refund_total_fee', totalFen, '医保退款总金额与各部分金额之和不一致')
  }
  const given = (body['sub_mchid'] as string | null | undefined) ?? null
  const order = own(call, world.medical.find(mixTradeNo!), given, '/body/sub_mchid')
  if (order.paidAtMs === null || order.type === 'CASH_ONLY')
    throw invalidRequest('当前订单没有可退的医保支付')
  if (totalFen > order.insuranceFen) throw invalidRequest('医保退款总金额大于医保支付金额')
  world.medical.markInsuranceRefunded(order)
  return null
}

/** An order is there only for the merchant, and the sub-merchant, that made it. */
function own(
  { merchant }: Call,
  order: MedicalOrder | undefined,
  givenSubMchid: string | null | undefined,
  source: string,
): MedicalOrder {
  const subMchid = subMerchantOf(merchant, givenSubMchid, source)
  if (order && order.mchid === merchant.mchid && order.subMchid === subMchid) return order
  throw new Refused({
    status: 404,
    code: 'ORDER_NOT_EXIST',
    message: '未找到订单，请确认订单号是否正确',
    number: NUMBERS.medicalMissing,
  })
}
