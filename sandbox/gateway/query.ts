import type { Trade } from '../world/trade.ts'
import type { Answer, Call } from './call.ts'
import { checkText, must, readQuery, text } from './fields.ts'
import { requireSameCaller, requireSubMerchant } from './identity.ts'
import { MCHID, OUT_TRADE_NO, SP_MCHID, SUB_MCHID } from './prepay-fields.ts'
import type { Mode } from './prepay-fields.ts'
import { NUMBERS, Refused } from './refusal.ts'
import { transaction } from './transaction.ts'

const TRANSACTION_ID = must(text('微信支付订单号', 32))

/** GET …/transactions/out-trade-no/{out_trade_no}. https://pay.weixin.qq.com/doc/v3/merchant/4012556352 */
export function queryByOutTradeNo(mode: Mode): (call: Call) => Answer {
  return (call) => {
    const outTradeNo = call.params['outTradeNo']!
    checkText(OUT_TRADE_NO, outTradeNo, '/uri_template/out_trade_no')
    const subMchid = readCaller(call, mode)
    return show(call, call.world.ledger.find(call.merchant.mchid, outTradeNo), subMchid)
  }
}

/** GET …/transactions/id/{transaction_id}: finds paid trades only, an unpaid one has no such number. */
export function queryByTransactionId(mode: Mode): (call: Call) => Answer {
  return (call) => {
    const transactionId = call.params['transactionId']!
    checkText(TRANSACTION_ID, transactionId, '/uri_template/transaction_id')
    const subMchid = readCaller(call, mode)
    return show(call, call.world.ledger.findByTransaction(transactionId), subMchid)
  }
}

/** The query's mchid (merchant) or sp_mchid and sub_mchid (partner). Returns the sub-merchant. */
function readCaller({ merchant, query }: Call, mode: Mode): string | null {
  if (mode === 'merchant') {
    const { mchid } = readQuery({ mchid: must(MCHID) }, query)
    requireSameCaller(merchant, mchid!, '/query/mchid')
    return null
  }
  const given = readQuery({ sp_mchid: must(SP_MCHID), sub_mchid: must(SUB_MCHID) }, query)
  requireSameCaller(merchant, given.sp_mchid!, '/query/sp_mchid')
  return requireSubMerchant(merchant, given.sub_mchid!, '/query/sub_mchid').mchid
}

function show({ world, merchant }: Call, trade: Trade | undefined, subMchid: string | null): Answer {
  // A part of a combined order is shown by the combined query only.
  if (!trade || trade.combined !== null || trade.prepayCount === 0) throw noSuchOrder()
  requireOwner(trade, merchant.mchid, subMchid)
  return transaction(world.people, trade, world.ledger.stateOf(trade))
}

/** Nobody ordered this, or not in this way. */
export function noSuchOrder(): Refused {
  const number = NUMBERS.noSuchOrder
  return new Refused({ status: 404, code: 'ORDER_NOT_EXIST', message: '订单不存在', number })
}

/** Orders are shown and closed only for the merchant, and the sub-merchant, that made them. */
export function requireOwner(trade: Trade, mchid: string, subMchid: string | null): void {
  if (trade.mchid === mchid && trade.subMchid === subMchid) return
  const [message, number] =
    subMchid === null
      ? ['商户号和订单不匹配', NUMBERS.merchantOfOrder]
      : ['子商户号和订单信息不匹配', NUMBERS.subMerchantOfOrder]
  throw new Refused({ status: 400, code: 'INVALID_REQUEST', message, number })
}
