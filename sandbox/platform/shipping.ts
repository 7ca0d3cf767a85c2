import type { App } from '../world/merchants.ts'
import { appidOf } from '../world/shippings.ts'
import type { Shipping } from '../world/shippings.ts'
import type { Trade } from '../world/trade.ts'
import type { World } from '../world/world.ts'
import { fieldsOf, textOf } from './app.ts'
import type { Fields } from './app.ts'
import { platformError } from './reply.ts'
import type { PlatformError } from './reply.ts'
import { readUpload } from './shipping-fields.ts'
import type { Upload } from './shipping-fields.ts'

const OK = { errcode: 0, errmsg: 'ok' }

/** What upload_shipping_info is about: by the merchant's number or by WeChat's. */
function tradeOfKey(world: World, app: App, key: Fields): Trade | PlatformError {
  const type = key['order_number_type']
  const [mchid, outTradeNo] = [textOf(key['mchid']), textOf(key['out_trade_no'])]
  if (type !== 1 && type !== 2) return platformError(268485194)
  if (type === 2 && textOf(key['transaction_id']) === '') return platformError(268485195)
  if (type === 1 && mchid === '') return platformError(268485196)
  if (type === 1 && outTradeNo === '') return platformError(268485197)
  const asked = type === 2 ? { transaction_id: key['transaction_id'] } : { merchant_id: mchid }
  return findTrade(world, app, { ...asked, merchant_trade_no: outTradeNo })
}

/** By transaction_id, or by merchant_id and merchant_trade_no; a sub-merchant's own number does as well. */
export function findTrade(world: World, app: App, fields: Fields): Trade | PlatformError {
  const transactionId = textOf(fields['transaction_id'])
  const [mchid, number] = [textOf(fields['merchant_id']), textOf(fields['merchant_trade_no'])]
  if (transactionId === '' && (mchid === '' || number === '')) return platformError(10060014)
  const isAsked = (trade: Trade) =>
    transactionId === ''
      ? trade.outTradeNo === number && (trade.mchid === mchid || trade.subMchid === mchid)
      : trade.transactionId === transactionId
  return world.shippings.tradesOf(app.appid).find(isAsked) ?? platformError(10060001)
}

/** POST /wxa/sec/order/upload_shipping_info: the goods are on their way, or other goods than said before. */
export function uploadShipping(world: World, app: App, body: unknown): object {
  const fields = fieldsOf(body)
  const trade = tradeOfKey(world, app, fieldsOf(fields['order_key']))
  if ('errcode' in trade) return trade
  const upload = readUpload(fields, world.clock.nowMs())
  if ('errcode' in upload) return upload
  if (textOf(fieldsOf(fields['payer'])['openid']) !== payerOf(world, trade)) return platformError(10060031)
  const state = world.shippings.stateOf(trade)
  if (state === 5) return platformError(10060004)
  if (state === 3) return platformError(10060002)
  const shipping = merge(world, trade, world.shippings.find(trade), upload)
  if ('errcode' in shipping) return shipping
  world.shippings.save(shipping)
  return OK
}

/** Saying anew what was finished, or in another mode, is sending anew: once. */
function merge(
  world: World,
  { mchid, outTradeNo }: Trade,
  before: Shipping | undefined,
  upload: Upload,
): Shipping | PlatformError {
  const { logisticsType, deliveryMode, isAllDelivered, uploadTimeMs } = upload
  if (before && uploadTimeMs <= before.uploadTimeMs) return platformError(10060023)
  const isOther = before && (before.logisticsType !== logisticsType || before.deliveryMode !== deliveryMode)
  const isAnew = before !== undefined && (before.finishedAtMs !== null || isOther === true)
  if (isAnew && before.isResent) return platformError(10060003)
  const kept = before && !isAnew ? before.parcels : []
  const numbers = new Set(upload.parcels.map(({ trackingNo }) => trackingNo))
  const parcels = [...kept.filter(({ trackingNo }) => !numbers.has(trackingNo)), ...upload.parcels]
  if (parcels.length > 15) return platformError(10060024)
  if (parcels.length === 0) return platformError(10060014)
  return {
    mchid,
    outTradeNo,
    logisticsType,
    deliveryMode,
    parcels,
    uploadTimeMs,
    finishedAtMs: isAllDelivered ? world.clock.nowMs() : null,
    finishedCount: (before?.finishedCount ?? 0) + (isAllDelivered ? 1 : 0),
    isResent: isAnew || (before?.isResent ?? false),
    isReminded: before?.isReminded ?? false,
    receivedAtMs: null,
  }
}

/**
 * POST /wxa/sec/order/notify_confirm_receive: asks the person to say that it arrived, once.
 * https://developers.weixin.qq.com/miniprogram/dev/server/API/order_shipping/api_notifyconfirmreceive.html
 */
export function notifyConfirmReceive(world: World, app: App, body: unknown): object {
  const fields = fieldsOf(body)
  const trade = findTrade(world, app, fields)
  if ('errcode' in trade) return trade
  const receivedTime = fields['received_time']
  if (typeof receivedTime !== 'number') return platformError(10060014)
  const shipping = world.shippings.find(trade)
  if (!shipping || world.shippings.stateOf(trade) !== 2) return platformError(10060028)
  if (shipping.logisticsType !== 1) return platformError(10060032)
  // In whole seconds, as the merchant counts.
  if (receivedTime < Math.floor(shipping.finishedAtMs! / 1_000)) return platformError(10060029)
  if (shipping.isReminded) return platformError(10060030)
  world.shippings.save({ ...shipping, isReminded: true })
  return OK
}

/** Who paid, under the appid in which it was paid. */
export function payerOf(world: World, trade: Trade): string {
  const person = world.people.find(trade.paidBy ?? '')
  return person ? world.people.openid(person, appidOf(trade)) : ''
}
