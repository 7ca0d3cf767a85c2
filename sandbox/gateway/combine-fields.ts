import type { TradeType } from '../world/trade.ts'
import { boolean, integer, list, must, object, text } from './fields.ts'
import type { Fields } from './fields.ts'
import { H5_SCENE, NOTIFY_URL, OUT_TRADE_NO, PAYER_CLIENT_IP, realName, SUBSIDY } from './prepay-fields.ts'

export const COMBINE_OUT_TRADE_NO = { ...OUT_TRADE_NO, label: '合单商户订单号' }

const IDENTITY: Fields = {
  combine_appid: must(text('合单商户appid', 32)),
  combine_mchid: must(text('合单商户号', 32)),
  combine_out_trade_no: must(COMBINE_OUT_TRADE_NO),
}

/** https://github.com/wechatpay-apiv3/wechatpay-skills (合单支付常见问题): ten million yuan a part, and identity cards only. */
const MOST_OF_A_PART_FEN = 1_000_000_000
const ID_CARD_ONLY = realName(['IDCARD'])

/** Which order of whom a part is. */
const PART: Fields = {
  mchid: must(text('子单商户号', 32)),
  out_trade_no: must(OUT_TRADE_NO),
  individual_auth_id: text('商品单个人收款方受理授权ID', 64),
  sub_mchid: text('二级商户号', 32),
  sub_appid: text('子商户应用ID', 32),
}

const SUB_ORDER: Fields = {
  ...PART,
  individual_name: text('商品单个人收款方平台昵称', 64),
  attach: must(text('附加数据', 128)),
  amount: must(
    object('订单金额', {
      total_amount: must(integer('标价金额', 1, { max: MOST_OF_A_PART_FEN })),
      currency: must(text('标价币种', 8)),
    }),
  ),
  detail: text('商品详情', 6_000),
  goods_tag: text('订单优惠标记', 32),
  description: must(text('商品描述', 127)),
  settle_info: object('结算信息', {
    profit_sharing: boolean('是否指定分账'),
    subsidy_amount: integer('补差金额', 0),
  }),
  profit_sharing: boolean('是否指定分账'),
}

/** Signing a contract while paying: checked, and never signed here. */
const CONTRACT = object('预签约信息', {
  mchid: must(text('签约商户号', 32)),
  appid: must(text('签约商户AppID', 32)),
  out_contract_code: must(text('签约商户协议号', 32)),
  plan_id: must(integer('委托代扣协议模板ID', 1)),
  contract_display_account: must(text('用户账户展示名称', 32)),
  notify_url: must(text('回调通知地址', 255)),
})

function scene(tradeType: TradeType): Fields {
  const fields: Fields = {
    device_id: text('商户端设备号', 32),
    payer_client_ip: PAYER_CLIENT_IP,
  }
  if (tradeType !== 'MWEB') return { scene_info: object('场景信息', fields) }
  return { scene_info: must(object('场景信息', { ...fields, h5_info: must(H5_SCENE) })) }
}

function payer(tradeType: TradeType): Fields {
  const openids: Fields = { openid: text('用户标识', 128), sub_openid: text('用户子标识', 128) }
  const field = object('支付者', { ...(tradeType !== 'APP' && openids), identity: ID_CARD_ONLY })
  return { combine_payer_info: tradeType === 'JSAPI' ? must(field) : field }
}

/**
 * All fields of a combined order. https://pay.wechatpay.cn/doc/v3/merchant/4012556982,
 * https://pay.wechatpay.cn/doc/v3/partner/4012760633
 */
export function combineFields(tradeType: TradeType): Fields {
  return {
    ...IDENTITY,
    ...scene(tradeType),
    sub_orders: must(list('子单信息', object('子单', SUB_ORDER))),
    ...payer(tradeType),
    time_start: text('交易起始时间', 64),
    time_expire: text('交易结束时间', 64),
    notify_url: must(NOTIFY_URL),
    limit_pay: list(
      '指定支付方式',
      text('支付方式', 32, { oneOf: ['no_balance', 'no_credit', 'no_debit', 'balance_only'] }),
    ),
    ...((tradeType === 'JSAPI' || tradeType === 'APP') && { subsidy_info: SUBSIDY }),
    ...(tradeType === 'APP' && {
      prepay_id: text('预支付交易会话标识', 64),
      trade_scenario: text('交易场景', 32, { oneOf: ['RECOMMERCE'] }),
      contract_info: CONTRACT,
    }),
  }
}

/** The body of a close: all parts, by number. */
export const COMBINE_CLOSE_FIELDS: Fields = {
  combine_appid: must(text('合单商户appid', 32)),
  sub_orders: must(list('子单信息', object('子单', PART))),
}
