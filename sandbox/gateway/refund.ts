import type { Refund } from '../world/refunds.ts'
import type { Trade } from '../world/trade.ts'
import type { Merchant } from '../world/merchants.ts'
import type { Answer, Call } from './call.ts'
import { checkFields } from './fields.ts'
import { noSubMerchant, requireSubMerchant } from './identity.ts'
import { checkNotifyUrl } from './notify-url.ts'
import { parametersDigest } from './parameters.ts'
import { requireOwner } from './query.ts'
import { refundAnswer } from './refund-answer.ts'
import { REFUND_FIELDS } from './refund-fields.ts'
import { noSuchOrder, requireRefundable } from './refund-rules.ts'
import { badParameter, invalidRequest, NUMBERS } from './refusal.ts'
import type { Refused } from './refusal.ts'

/** A refund's body after its fields were checked. */
interface Wish {
  sub_mchid?: string | null
  transaction_id?: string | null
  out_trade_no?: string | null
  out_refund_no: string
  notify_url?: string | null
  funds_account?: string | null
  amount: {
    refund: number
    total: number
    currency: string
    from?: { account: string; amount: number }[] | null
  }
}

/**
 * POST /v3/refund/domestic/refunds, of merchants and partners. The same number with the same parameters is the same
 * refund, however often it is asked for. https://pay.weixin.qq.com/doc/v3/merchant/4012556457
 */
export function refund({ world, merchant, body, weather }: Call): Answer {
  checkFields(REFUND_FIELDS, body)
  const wish = body as unknown as Wish
  const subMchid = subMerchantOf(merchant, wish.sub_mchid)
  checkWish(wish, world.localNotify)
  const parameters = parametersDigest(body)
  const known = world.refunds.find(merchant.mchid, wish.out_refund_no)
  if (known) {
    const trade = world.ledger.find(known.mchid, known.outTradeNo)!
    if (known.parameters !== parameters) throw reentryRefusal(trade, known, wish)
    return refundAnswer(trade, known)
  }
  const trade = findTrade({ world, merchant }, wish)
  requireOwner(trade, merchant.mchid, subMchid)
  if (trade.paidAtMs === null) throw noSuchOrder()
  if (wish.amount.total !== trade.amountFen) throw invalidRequest('订单金额与原订单金额不一致')
  requireRefundable(world, trade, wish.amount.refund)
  const made = world.refunds.open({
    trade,
    outRefundNo: wish.out_refund_no,
    amountFen: wish.amount.refund,
    notifyUrl: wish.notify_url ?? null,
    fundsAccount: wish.funds_account ?? 'AVAILABLE',
    from: (wish.amount.from ?? []).map(({ account, amount }) => ({ account, amount })),
    parameters,
    end: weather.refundEnd ?? 'SUCCESS',
  })
  return refundAnswer(trade, made)
}

/** WeChat's sentence for numbers that do not belong together. */
const OTHER_PAYMENT = '支付单号校验不一致，请核实后再试'

/** Why a known refund number is refused with other parameters: it names another payment, other amounts, or differs elsewhere. */
function reentryRefusal(trade: Trade, known: Refund, wish: Wish): Refused {
  const isSamePayment =
    (wish.transaction_id ?? trade.transactionId) === trade.transactionId &&
    (wish.out_trade_no ?? trade.outTradeNo) === trade.outTradeNo
  if (!isSamePayment) return invalidRequest(OTHER_PAYMENT, NUMBERS.reentry)
  const isSameAmount = wish.amount.refund === known.amountFen && wish.amount.total === trade.amountFen
  const message = isSameAmount
    ? '请求重入时，参数与首次请求时不一致'
    : '订单金额或退款金额与之前请求不一致，请核实后再试'
  return invalidRequest(message, NUMBERS.reentry)
}

/** Whose refund this is. Partners must say for which sub-merchant; a merchant has none. */
export function subMerchantOf(
  merchant: Merchant,
  subMchid: string | null | undefined,
  source = '/body/sub_mchid',
): string | null {
  const given = subMchid ?? null
  if (given !== null) return requireSubMerchant(merchant, given, source).mchid
  if (merchant.role !== 'partner') return null
  throw noSubMerchant()
}

function checkWish(wish: Wish, local: boolean): void {
  const { transaction_id: transactionId, out_trade_no: outTradeNo, amount } = wish
  if ((transactionId ?? null) === null && (outTradeNo ?? null) === null) {
    throw badParameter('/body/transaction_id', null, '微信支付订单号和商户订单号必须传其一')
  }
  if (amount.currency !== 'CNY') {
    throw badParameter('/body/amount/currency', amount.currency, '境内商户号仅支持人民币：CNY')
  }
  if ((wish.notify_url ?? null) !== null) checkNotifyUrl(wish.notify_url!, local)
  checkFunding(amount)
}

/** The merchant's own choice of accounts: each once, and together they give what is refunded. */
function checkFunding({ from, refund }: Wish['amount']): void {
  if (!from || from.length === 0) return
  if (new Set(from.map(({ account }) => account)).size < from.length) {
    throw invalidRequest('退款出资的账户类型不能重复')
  }
  if (from.reduce((sum, one) => sum + one.amount, 0) !== refund) {
    throw invalidRequest('退款出资总金额与退款金额不一致')
  }
}

/**
 * The trade by either number. Both numbers are accepted when they name the same trade, as the example of wechatpay-go
 * sends them; no document of WeChat says so: its page asks for one of the two.
 */
function findTrade({ world, merchant }: Pick<Call, 'world' | 'merchant'>, wish: Wish): Trade {
  const outTradeNo = wish.out_trade_no ?? null
  const trade =
    (wish.transaction_id ?? null) === null
      ? world.ledger.find(merchant.mchid, outTradeNo!)
      : world.ledger.findByTransaction(wish.transaction_id!)
  if (!trade) throw noSuchOrder()
  if (outTradeNo !== null && trade.outTradeNo !== outTradeNo) throw invalidRequest(OTHER_PAYMENT)
  return trade
}
