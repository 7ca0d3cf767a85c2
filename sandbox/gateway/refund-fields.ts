import { integer, list, must, object, text } from './fields.ts'
import type { Fields } from './fields.ts'
import { NOTIFY_URL_PATTERN } from './notify-url.ts'
import { ORDER_NUMBER_PATTERN, SUB_MCHID } from './prepay-fields.ts'

/** Digits, letters and _ - | * @, 1 to 64. https://pay.weixin.qq.com/doc/v3/merchant/4012556457 */
export const OUT_REFUND_NO = text('商户退款单号', 64, {
  pattern: new RegExp(String.raw`^[0-9a-zA-Z_\-\|\*@]+$`),
})
export const REFUND_ID = text('微信支付退款单号', 32)

const FROM = object('退款出资账户及金额', {
  account: must(text('出资账户类型', 32, { oneOf: ['AVAILABLE', 'UNAVAILABLE'] })),
  amount: must(integer('出资金额', 1)),
})

const GOODS = object('退款商品', {
  merchant_goods_id: must(text('商户侧商品编码', 32)),
  wechatpay_goods_id: text('微信支付商品编码', 32),
  goods_name: text('商品名称', 256),
  unit_price: must(integer('商品单价', 0)),
  refund_amount: must(integer('商品退款金额', 0)),
  refund_quantity: must(integer('商品退货数量', 1)),
})

/**
 * All fields of a refund. There is no appid among them, nor the payer.
 * https://pay.weixin.qq.com/doc/v3/merchant/4012556457, https://pay.weixin.qq.com/doc/v3/partner/4013163605
 */
export const REFUND_FIELDS: Fields = {
  sub_mchid: SUB_MCHID,
  transaction_id: text('微信支付订单号', 32),
  out_trade_no: text('商户订单号', 32, { minBytes: 6, pattern: ORDER_NUMBER_PATTERN }),
  out_refund_no: must(OUT_REFUND_NO),
  reason: text('退款原因', 80),
  notify_url: text('退款结果回调url', 256, { minBytes: 8, pattern: NOTIFY_URL_PATTERN }),
  funds_account: text('退款资金来源', 32, { oneOf: ['AVAILABLE', 'UNSETTLED'] }),
  amount: must(
    object('金额信息', {
      refund: must(integer('退款金额', 1)),
      total: must(integer('原订单金额', 1)),
      currency: must(text('退款币种', 16)),
      from: list('退款出资账户及金额', FROM),
    }),
  ),
  goods_detail: list('退款商品', GOODS),
}

const BANKS = 'CMB COMM ABC CCB ICBC BOC PAB SPDB CITIC CEB CMBC CIB GDB PSBC NBCB'.split(' ')

/** Where the money of an abnormal refund is to go. https://pay.weixin.qq.com/doc/v3/merchant/4012556457 */
export const ABNORMAL_FIELDS: Fields = {
  sub_mchid: SUB_MCHID,
  out_refund_no: must(OUT_REFUND_NO),
  type: must(text('异常退款处理方式', 32, { oneOf: ['USER_BANK_CARD', 'MERCHANT_BANK_CARD'] })),
  bank_type: text('开户银行', 16, { oneOf: BANKS.map((bank) => `${bank}_DEBIT`) }),
  bank_account: text('收款银行卡号', 1_024),
  real_name: text('收款用户姓名', 1_024),
}
