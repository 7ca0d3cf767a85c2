import type { App } from '../world/merchants.ts'
import type { Shipping } from '../world/shippings.ts'
import type { Trade } from '../world/trade.ts'
import type { World } from '../world/world.ts'
import { fieldsOf } from './app.ts'
import { platformError } from './reply.ts'
import { findTrade, payerOf } from './shipping.ts'

const PAGE_SIZE = 100
const DESCRIPTION_LENGTH = 120

const seconds = (atMs: number) => Math.floor(atMs / 1_000)

/** POST /wxa/sec/order/get_order: https://developers.weixin.qq.com/miniprogram/dev/server/API/order_shipping/api_getorder.html */
export function getOrder(world: World, app: App, body: unknown): object {
  const trade = findTrade(world, app, fieldsOf(body))
  if ('errcode' in trade) return trade
  return { errcode: 0, errmsg: 'ok', order: view(world, trade) }
}

/** POST /wxa/sec/order/get_order_list: https://developers.weixin.qq.com/miniprogram/dev/server/API/order_shipping/api_getorderlist.html */
export function getOrderList(world: World, app: App, body: unknown): object {
  const fields = fieldsOf(body)
  const { order_state: state, openid, last_index: lastIndex, page_size: pageSize = PAGE_SIZE } = fields
  const { begin_time: from = 0, end_time: to = 0xffff_ffff } = fieldsOf(fields['pay_time_range'])
  if (typeof from !== 'number' || typeof to !== 'number') return platformError(47001)
  if (typeof pageSize !== 'number' || !Number.isSafeInteger(pageSize) || pageSize < 1)
    return platformError(10060014)
  const all = world.shippings.tradesOf(app.appid)
  const start = lastIndex === undefined || lastIndex === '' ? 0 : 1 + all.findIndex(isLast)
  if (start === 0 && lastIndex) return platformError(10060011)
  const asked = all
    .slice(start)
    .filter(({ paidAtMs }) => seconds(paidAtMs!) >= from && seconds(paidAtMs!) <= to)
    .filter((trade) => state === undefined || world.shippings.stateOf(trade) === state)
    .filter((trade) => openid === undefined || payerOf(world, trade) === openid)
  const page = asked.slice(0, pageSize)
  return {
    errcode: 0,
    errmsg: 'ok',
    last_index: page.at(-1)?.transactionId ?? '',
    has_more: asked.length > page.length,
    order_list: page.map((trade) => view(world, trade)),
  }

  function isLast(trade: Trade): boolean {
    return trade.transactionId === lastIndex
  }
}

/** POST /wxa/sec/order/is_trade_managed: https://developers.weixin.qq.com/miniprogram/dev/server/API/order_shipping/api_istrademanaged.html */
export function isTradeManaged(world: World, app: App, body: unknown): object {
  return ofApp(world, app, body, 'is_trade_managed')
}

/** POST /wxa/sec/order/is_trade_management_confirmation_completed: all merchants of the mini-program have agreed. */
export function isManagementConfirmed(world: World, app: App, body: unknown): object {
  return ofApp(world, app, body, 'completed')
}

function ofApp(world: World, app: App, body: unknown, name: string): object {
  const { appid } = fieldsOf(body)
  if (appid === undefined || appid === '') return platformError(40097)
  if (appid !== app.appid) return platformError(40013)
  return { errcode: 0, errmsg: 'ok', [name]: world.settings.of(app.appid).isTradeManaged }
}

function view(world: World, trade: Trade): object {
  const shipping = world.shippings.find(trade)
  return {
    transaction_id: trade.transactionId,
    merchant_id: trade.mchid,
    ...(trade.subMchid !== null && { sub_merchant_id: trade.subMchid }),
    merchant_trade_no: trade.outTradeNo,
    description: shorten(trade.description),
    paid_amount: trade.amountFen,
    openid: payerOf(world, trade),
    trade_create_time: seconds(trade.createdAtMs),
    pay_time: seconds(trade.paidAtMs!),
    order_state: world.shippings.stateOf(trade),
    in_complaint: false,
    shipping: shipping ? shippingView(shipping) : {},
  }
}

function shippingView(shipping: Shipping): object {
  return {
    delivery_mode: shipping.deliveryMode,
    logistics_type: shipping.logisticsType,
    finish_shipping: shipping.finishedAtMs !== null,
    goods_desc: shorten(shipping.parcels.map(({ itemDesc }) => itemDesc).join(';')),
    finish_shipping_count: shipping.finishedCount,
    shipping_list: shipping.parcels.map((parcel) => ({
      tracking_no: parcel.trackingNo,
      express_company: parcel.expressCompany,
      goods_desc: parcel.itemDesc,
      upload_time: seconds(parcel.uploadedAtMs),
      contact: parcel.contact,
    })),
  }
}

function shorten(text: string): string {
  const characters = [...text]
  return characters.length <= DESCRIPTION_LENGTH
    ? text
    : `${characters.slice(0, DESCRIPTION_LENGTH).join('')}...`
}
