import { isIP } from 'node:net'
import type { TradeType } from '../world/trade.ts'
import { boolean, integer, list, must, object, text } from './fields.ts'
import type { Field, Fields } from './fields.ts'
import { NOTIFY_URL_PATTERN } from './notify-url.ts'
import { NUMBERS } from './refusal.ts'

/**
 * Digits, letters and _ - * |, 6 to 32: https://pay.weixin.qq.com/doc/v3/merchant/4012525167. The pattern is the one that
 * WeChat's message prints, in its own spelling.
 */
export const ORDER_NUMBER_PATTERN = new RegExp(String.raw`^[0-9a-zA-Z_\-\|\*]+$`)
export const OUT_TRADE_NO = text('商户订单号', 32, { minBytes: 6, pattern: ORDER_NUMBER_PATTERN })
export const MCHID = text('直连商户号', 32)
export const SP_MCHID = text('服务商商户号', 32)

/** Labelled as WeChat's message names it: https://github.com/guzzle/psr7/issues/588 */
export const SUB_MCHID = text('子商户号/二级商户号', 32)

/** IPv4 or IPv6. https://pay.weixin.qq.com/doc/v3/merchant/4012791834 */
export const PAYER_CLIENT_IP = must(
  text('用户终端IP', 45, { format: { test: (ip) => isIP(ip) !== 0, needs: 'IPv4或IPv6地址' } }),
)

/** Where notifications go. https://pay.weixin.qq.com/doc/v3/merchant/4012525167 */
export const NOTIFY_URL = text('通知地址', 255, { pattern: NOTIFY_URL_PATTERN })

/** Who collects for whom. Merchant: appid and mchid; partner: sp_ and sub_. */
export type Mode = 'merchant' | 'partner'

const IDENTITY: Record<Mode, Fields> = {
  // https://github.com/hpyer/node-easywechat/issues/69 and https://github.com/wechatpay-apiv3/wechatpay-java/issues/365
  merchant: { appid: must(text('公众号ID', 32)), mchid: must(MCHID) },
  partner: {
    sp_appid: must(text('服务商应用ID', 32)),
    sp_mchid: must(SP_MCHID),
    sub_appid: text('子商户公众账号ID', 32),
    sub_mchid: must(SUB_MCHID),
  },
}

const GOODS = object('单品列表', {
  merchant_goods_id: must(text('商户侧商品编码', 32, { pattern: /^[0-9A-Za-z_-]+$/ })),
  wechatpay_goods_id: text('微信侧商品编码', 32),
  goods_name: text('商品名称', 256),
  quantity: must(integer('商品数量', 1)),
  unit_price: must(integer('商品单价', 0)),
})

export const SUBSIDY = object('贴息信息', {
  subsidy_detail: list(
    '贴息详情列表',
    object('贴息详情', {
      subsidy_period_type: must(text('贴息方案类型', 16, { oneOf: ['DAILY', 'PERIOD'] })),
      subsidy_plan: must(
        list(
          '贴息方案列表',
          object('贴息方案', {
            subsidy_installment_num: must(integer('贴息期数', 3, { oneOf: [3, 6, 12] })),
            subsidy_percent: must(integer('贴息比例', 0, { oneOf: [0, 100] })),
          }),
        ),
      ),
    }),
  ),
})

const IDENTITY_TYPES = [
  'IDCARD',
  'HONGKONG_MACAO',
  'HONGKONG_MACAO_RESIDENT',
  'TAIWAN_RESIDENT',
  'FOREIGN_RESIDENT',
  'OVERSEA_PASSPORT',
  'PHONE_NUMBER',
]
/** Who alone may pay, with one of these documents. Number and name are encrypted. */
export const realName = (types: readonly string[] = IDENTITY_TYPES): Field =>
  object('实名支付', {
    type: must(text('证件类型', 32, { oneOf: types })),
    number: must(text('证件号', 1_024)),
    name: must(text('姓名', 1_024)),
  })

export const H5_SCENE = object('H5场景信息', {
  type: must(text('场景类型', 32)),
  app_name: text('应用名称', 64),
  app_url: text('网站URL', 128),
  bundle_id: text('iOS平台BundleID', 128),
  package_name: text('Android平台PackageName', 128),
})

function scene(tradeType: TradeType): Fields {
  const fields: Fields = {
    payer_client_ip: PAYER_CLIENT_IP,
    device_id: text('商户端设备号', 32),
    store_info: object('商户门店信息', {
      id: must(text('门店编号', 32)),
      name: text('门店名称', 256),
      area_code: text('地区编码', 32),
      address: text('详细地址', 512),
    }),
  }
  if (tradeType === 'MWEB') fields['h5_info'] = must(H5_SCENE)
  const field = object('场景信息', fields)
  return { scene_info: tradeType === 'MWEB' ? must(field) : field }
}

/** By openid in jsapi only; a real name may be asked for in every way of paying. */
function payer(mode: Mode, tradeType: TradeType): Fields {
  if (tradeType !== 'JSAPI') return { payer: object('支付者', { identity: realName() }) }
  const openids: Fields =
    mode === 'merchant'
      ? { openid: must(text('用户标识', 128, { missingNumber: NUMBERS.missingOpenid })) }
      : { sp_openid: text('用户服务标识', 128), sub_openid: text('用户子标识', 128) }
  return { payer: must(object('支付者', { ...openids, identity: realName() })) }
}

function settlement(mode: Mode): Field {
  return object('结算信息', {
    profit_sharing: boolean('是否指定分账'),
    ...(mode === 'partner' && { subsidy_amount: integer('补差金额', 0) }),
  })
}

/**
 * All fields of an order, with WeChat's names, lengths and duties.
 * https://pay.weixin.qq.com/doc/v3/merchant/4012525167 (JSAPI), https://pay.weixin.qq.com/doc/v3/merchant/4012791834 (H5),
 * https://pay.weixin.qq.com/doc/v3/partner/4012523579 (partner)
 */
export function prepayFields(mode: Mode, tradeType: TradeType): Fields {
  return {
    ...IDENTITY[mode],
    description: must(text('商品描述', 127)),
    out_trade_no: must(OUT_TRADE_NO),
    time_expire: text('交易结束时间', 64),
    attach: text('附加数据', 128),
    notify_url: must(NOTIFY_URL),
    goods_tag: text('订单优惠标记', 32),
    limit_pay: list(
      '指定支付方式',
      text('支付方式', 32, { oneOf: ['no_balance', 'no_credit', 'no_debit', 'balance_only'] }),
    ),
    support_fapiao: boolean('电子发票入口开放标识'),
    amount: must(object('订单金额', { total: must(integer('总金额', 1)), currency: text('货币类型', 16) })),
    ...payer(mode, tradeType),
    detail: object('优惠功能', {
      cost_price: integer('订单原价', 0),
      invoice_id: text('商品小票ID', 32),
      goods_detail: list('单品列表', GOODS, 1),
    }),
    ...scene(tradeType),
    settle_info: settlement(mode),
    ...((tradeType === 'JSAPI' || tradeType === 'APP') && { subsidy_info: SUBSIDY }),
  }
}
