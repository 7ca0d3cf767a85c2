import type { Refund } from '../world/refunds.ts'
import type { Answer, Call } from './call.ts'
import { checkText, readQuery } from './fields.ts'
import { SUB_MCHID } from './prepay-fields.ts'
import { refundAnswer } from './refund-answer.ts'
import { OUT_REFUND_NO } from './refund-fields.ts'
import { noSuchRefund } from './refund-rules.ts'
import { subMerchantOf } from './refund.ts'

/** GET /v3/refund/domestic/refunds/{out_refund_no}. https://pay.weixin.qq.com/doc/v3/merchant/4012810601 */
export function queryRefund({ world, merchant, params, query }: Call): Answer {
  const outRefundNo = params['outRefundNo']!
  checkText(OUT_REFUND_NO, outRefundNo, '/uri_template/out_refund_no')
  const { sub_mchid: given } = readQuery({ sub_mchid: SUB_MCHID }, query)
  const subMchid = subMerchantOf(merchant, given, '/query/sub_mchid')
  const found = ownRefund(world.refunds.find(merchant.mchid, outRefundNo), subMchid)
  return refundAnswer(world.ledger.find(found.mchid, found.outTradeNo)!, found)
}

/** A refund is there only for the sub-merchant whose money it was. */
export function ownRefund(refund: Refund | undefined, subMchid: string | null): Refund {
  if (!refund || refund.subMchid !== subMchid) throw noSuchRefund()
  return refund
}
