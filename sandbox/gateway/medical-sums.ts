import type { MixPayType } from '../world/medical-orders.ts'
import { NUMBERS, Refused } from './refusal.ts'

/** A medical insurance order's body after its fields were checked. */
export interface MedicalBody {
  mix_pay_type: MixPayType
  appid: string
  sub_appid?: string | null
  sub_mchid?: string | null
  openid?: string | null
  sub_openid?: string | null
  payer: { name: string; id_digest: string }
  pay_for_relatives?: boolean | null
  relative?: { name: string; id_digest: string } | null
  out_trade_no: string
  pay_order_id?: string | null
  pay_auth_no?: string | null
  geo_location?: string | null
  med_inst_name: string
  med_ins_order_create_time?: string | null
  total_fee: number
  med_ins_gov_fee?: number | null
  med_ins_self_fee?: number | null
  med_ins_other_fee?: number | null
  med_ins_cash_fee?: number | null
  wechat_pay_cash_fee?: number | null
  cash_add_detail?: { cash_add_fee: number }[] | null
  cash_reduce_detail?: { cash_reduce_fee: number }[] | null
  callback_url: string
  prepay_id?: string | null
}

/** What an order with an insurance part names, and one of cash only must not. */
const OF_INSURANCE = ['pay_order_id', 'pay_auth_no', 'geo_location', 'med_ins_order_create_time'] as const
const INSURANCE_FEES = [
  'med_ins_gov_fee',
  'med_ins_self_fee',
  'med_ins_other_fee',
  'med_ins_cash_fee',
] as const

const isGiven = (value: unknown) => value !== undefined && value !== null

/** What the insurance gives, of all three kinds. */
export const insuranceFen = (body: MedicalBody): number =>
  (body.med_ins_gov_fee ?? 0) + (body.med_ins_self_fee ?? 0) + (body.med_ins_other_fee ?? 0)

/**
 * Which fields each way of paying has, and the two sums that must come out.
 * https://pay.weixin.qq.com/doc/v3/merchant/4016781466
 */
export function checkSums(body: MedicalBody): void {
  const cashFen = body.wechat_pay_cash_fee ?? 0
  const hasCash = cashFen > 0 && isGiven(body.prepay_id)
  if (body.mix_pay_type === 'CASH_ONLY') {
    const isPure = OF_INSURANCE.every((name) => !isGiven(body[name])) && insuranceFen(body) === 0
    if (!hasCash || !isPure) throw limited('纯自费单字段校验失败', NUMBERS.medicalCashOnly)
  } else {
    const isWhole = [...OF_INSURANCE, ...INSURANCE_FEES].every((name) => isGiven(body[name]))
    const cashFits =
      body.mix_pay_type === 'CASH_AND_INSURANCE' ? hasCash : cashFen === 0 && !isGiven(body.prepay_id)
    if (!isWhole || !cashFits) throw limited('合支付单字段校验失败', NUMBERS.medicalInsurance)
  }
  const addFen = (body.cash_add_detail ?? []).reduce((sum, one) => sum + one.cash_add_fee, 0)
  const reduceFen = (body.cash_reduce_detail ?? []).reduce((sum, one) => sum + one.cash_reduce_fee, 0)
  // An order of cash only may leave out what the insurance would have left to pay.
  const restFen = body.med_ins_cash_fee ?? cashFen - addFen + reduceFen
  if (body.total_fee !== insuranceFen(body) + cashFen + reduceFen) {
    throw limited('订单总金额校验不通过', NUMBERS.medicalTotal)
  }
  if (cashFen !== restFen + addFen - reduceFen) throw limited('自费金额校验不通过', NUMBERS.medicalCash)
}

const limited = (message: string, number: string) =>
  new Refused({ status: 403, code: 'RULE_LIMIT', message, number })
