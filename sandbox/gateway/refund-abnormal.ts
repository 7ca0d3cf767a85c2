import type { Merchant } from '../world/merchants.ts'
import { refundStatus } from '../world/refunds.ts'
import type { Answer, Call } from './call.ts'
import { checkFields, checkText, must } from './fields.ts'
import { refundAnswer } from './refund-answer.ts'
import { ABNORMAL_FIELDS, REFUND_ID } from './refund-fields.ts'
import { noSuchRefund } from './refund-rules.ts'
import { ownRefund } from './refund-query.ts'
import { subMerchantOf } from './refund.ts'
import { badParameter, invalidRequest } from './refusal.ts'
import { decryptField } from './sealed-field.ts'

/** What the customer's card needs, each with its place in the body. */
const CARD_FIELDS = ['bank_type', 'bank_account', 'real_name'] as const

/**
 * POST /v3/refund/domestic/refunds/{refund_id}/apply-abnormal-refund: the card that paid is gone, the money goes to
 * another one, or to the merchant's own bank. Card number and name are encrypted under the key that Wechatpay-Serial
 * names. https://pay.weixin.qq.com/doc/v3/merchant/4012556457
 */
export function applyAbnormalRefund({ world, merchant, params, body, serial }: Call): Answer {
  checkText(must(REFUND_ID), params['refundId']!, '/uri_template/refund_id')
  checkFields(ABNORMAL_FIELDS, body)
  const wish = body as Partial<Record<string, string>>
  const subMchid = subMerchantOf(merchant, wish['sub_mchid'])
  const byCard = wish['type'] === 'USER_BANK_CARD'
  const receivedAccount = byCard ? cardOf(merchant, serial, wish) : '商户银行账户'
  const refund = ownRefund(world.refunds.findById(params['refundId']!), subMchid)
  if (refund.mchid !== merchant.mchid) throw noSuchRefund()
  if (refund.outRefundNo !== wish['out_refund_no']) {
    throw invalidRequest('商户退款单号与微信支付退款单号不匹配')
  }
  if (refundStatus(refund) !== 'ABNORMAL') throw invalidRequest('退款单状态不是退款异常，无法发起异常退款')
  world.refunds.redirect(refund, receivedAccount, !byCard)
  return refundAnswer(world.ledger.find(refund.mchid, refund.outTradeNo)!, refund)
}

/** Bank and last four digits, as the customer's messages show a card. */
function cardOf(merchant: Merchant, serial: string, wish: Partial<Record<string, string>>): string {
  for (const name of CARD_FIELDS) {
    if ((wish[name] ?? null) === null) {
      throw badParameter(`/body/${name}`, null, `退款至用户银行卡时，${name}必传`)
    }
  }
  const account = decryptField(merchant, serial, '/body/bank_account', wish['bank_account']!)
  decryptField(merchant, serial, '/body/real_name', wish['real_name']!)
  if (!/^\d{8,32}$/.test(account)) throw badParameter('/body/bank_account', null, '收款银行卡号格式错误')
  return `${wish['bank_type']!.replace('_DEBIT', '')}借记卡${account.slice(-4)}`
}
