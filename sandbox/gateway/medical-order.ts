import type { MedicalOrder } from '../world/medical-orders.ts'
import type { Merchant } from '../world/merchants.ts'
import type { Prepay } from '../world/trade.ts'
import type { World } from '../world/world.ts'
import type { Answer, Call } from './call.ts'
import { expiry } from './expiry.ts'
import { checkFields } from './fields.ts'
import { requireApp, requireSubApp } from './identity.ts'
import { medicalAnswer } from './medical-answer.ts'
import { MEDICAL_FIELDS } from './medical-fields.ts'
import { checkSums, insuranceFen } from './medical-sums.ts'
import type { MedicalBody } from './medical-sums.ts'
import { checkNotifyUrl } from './notify-url.ts'
import { parametersDigest } from './parameters.ts'
import { badParameter, invalidRequest, NUMBERS, Refused } from './refusal.ts'
import { subMerchantOf } from './refund.ts'
import { decryptField } from './sealed-field.ts'

/**
 * POST /v3/med-ins/orders, of merchants and partners. The cash part is an ordinary jsapi order under the same number,
 * made before. https://pay.weixin.qq.com/doc/v3/merchant/4016781466
 */
export function orderMedical({ world, merchant, body, serial }: Call): Answer {
  checkFields(MEDICAL_FIELDS, body)
  const order = body as unknown as MedicalBody
  const subMchid = subMerchantOf(merchant, order.sub_mchid)
  requireApp(world, merchant.appids, order.appid, 'JSAPI')
  const subAppid = order.sub_appid ?? null
  const sub = merchant.subMerchants.find(({ mchid }) => mchid === subMchid)
  if (subAppid !== null) requireSubApp(world, sub, subAppid, 'JSAPI')
  checkPeople(merchant, serial, order)
  checkNotifyUrl(order.callback_url, world.localNotify, '/body/callback_url')
  expiry(order.med_ins_order_create_time ?? null, 0, '/body/med_ins_order_create_time')
  checkSums(order)
  // Every encryption of the same identity differs.
  const { payer: _payer, relative: _relative, ...shown } = body
  const parameters = parametersDigest(shown)
  const known = world.medical.findByNumber(merchant.mchid, order.out_trade_no)
  if (known) return again(world, known, parameters)
  const payer = readPayer(world, order)
  const cash = readCash(world, merchant, order)
  const made = world.medical.open({
    mchid: merchant.mchid,
    subMchid,
    outTradeNo: order.out_trade_no,
    appid: order.appid,
    subAppid,
    ...payer,
    type: order.mix_pay_type,
    prepayId: cash?.id ?? null,
    insuranceFen: insuranceFen(order),
    description: order.med_inst_name,
    notifyUrl: order.callback_url,
    shown: Object.fromEntries(Object.entries(shown).filter(([, value]) => value !== null)),
    parameters,
  })
  return medicalAnswer(world, made)
}

/** The same order again is the same order; another one under its number is refused. */
function again(world: World, known: MedicalOrder, parameters: string): Answer {
  if (known.parameters === parameters) return medicalAnswer(world, known)
  throw new Refused({
    status: 400,
    code: 'ALREADY_EXISTS',
    message: '订单已存在',
    number: NUMBERS.medicalExists,
  })
}

/** Name and digest are encrypted; the digest is an MD5 in lower-case hexadecimal. */
function checkPeople(merchant: Merchant, serial: string, order: MedicalBody): void {
  if (order.pay_for_relatives && !order.relative) {
    throw badParameter('/body/relative', null, '代亲属支付时，亲属身份信息relative必传')
  }
  for (const who of ['payer', 'relative'] as const) {
    const person = order[who]
    if (!person) continue
    decryptField(merchant, serial, `/body/${who}/name`, person.name)
    const digest = decryptField(merchant, serial, `/body/${who}/id_digest`, person.id_digest)
    if (!/^[0-9a-f]{32}$/.test(digest)) {
      throw badParameter(`/body/${who}/id_digest`, null, '个人身份ID摘要应为证件号的MD5，32位小写十六进制')
    }
  }
}

function readPayer(world: World, order: MedicalBody): Pick<MedicalOrder, 'payerOpenid' | 'payerUnderSub'> {
  const [own, sub] = [order.openid ?? null, order.sub_openid ?? null]
  if (own !== null && !world.people.byOpenid(order.appid, own)) {
    throw badParameter('/body/openid', own.slice(0, 64), '请确认openid是否正确', NUMBERS.medicalOpenid)
  }
  if (sub !== null && !world.people.byOpenid(order.sub_appid ?? '', sub)) {
    const message = '请确认sub_appid与sub_openid是否正确'
    throw badParameter('/body/sub_openid', sub.slice(0, 64), message, NUMBERS.medicalSubOpenid)
  }
  if (own === null && sub === null) {
    throw badParameter('/body/openid', null, 'openid和sub_openid必须传其一', NUMBERS.medicalOpenid)
  }
  return sub === null ? { payerOpenid: own, payerUnderSub: false } : { payerOpenid: sub, payerUnderSub: true }
}

/** The ordinary order of the cash part: this merchant's, under this number, unpaid, over exactly this amount. */
function readCash(world: World, merchant: Merchant, order: MedicalBody): Prepay | null {
  if ((order.prepay_id ?? null) === null) return null
  const prepay = world.ledger.findPrepay(order.prepay_id!)
  const isRight =
    prepay?.trade.mchid === merchant.mchid &&
    prepay.trade.tradeType === 'JSAPI' &&
    prepay.trade.outTradeNo === order.out_trade_no &&
    prepay.trade.amountFen === order.wechat_pay_cash_fee &&
    world.ledger.stateOf(prepay.trade) === 'NOTPAY'
  if (isRight) return prepay
  throw invalidRequest('自费预下单ID与医保订单不匹配')
}
