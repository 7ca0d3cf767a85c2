import type { DeliveryMode, LogisticsType, Parcel } from '../world/shippings.ts'
import { fieldsOf, textOf } from './app.ts'
import type { Fields } from './app.ts'
import { platformError } from './reply.ts'
import type { PlatformError } from './reply.ts'

/** What a merchant says about sending goods, once its form is right. */
export interface Upload {
  logisticsType: LogisticsType
  deliveryMode: DeliveryMode
  isAllDelivered: boolean
  parcels: Parcel[]
  uploadTimeMs: number
}

const MOST_PARCELS = 15
const DESCRIPTION_LENGTH = 120
const NUMBER_BYTES = 128
const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)$/
/** An express company that asks who sends or receives. */
const SF = 'SF'

/**
 * The form of POST /wxa/sec/order/upload_shipping_info, in the order in which a person would fill it in.
 * https://developers.weixin.qq.com/miniprogram/dev/server/API/order_shipping/api_uploadshippinginfo.html
 */
export function readUpload(fields: Fields, nowMs: number): Upload | PlatformError {
  const { logistics_type: logisticsType, delivery_mode: deliveryMode, is_all_delivered: isAll } = fields
  if (!isLogisticsType(logisticsType)) return platformError(10060005)
  if (deliveryMode !== 1 && deliveryMode !== 2) return platformError(268485224)
  const isSplit = deliveryMode === 2
  if (isSplit && logisticsType !== 1) return platformError(10060006)
  if (isSplit && typeof isAll !== 'boolean') return platformError(10060007)
  const list: unknown = fields['shipping_list'] ?? []
  if (!Array.isArray(list)) return platformError(47001)
  if (!isSplit && list.length !== 1) return platformError(268485228)
  if (list.length > MOST_PARCELS) return platformError(10060024)
  const parcels: Parcel[] = []
  for (const item of list) {
    const parcel = readParcel(fieldsOf(item), logisticsType === 1, nowMs)
    if ('errcode' in parcel) return parcel
    parcels.push(parcel)
  }
  const uploadTime = textOf(fields['upload_time'])
  const uploadTimeMs = Date.parse(uploadTime)
  if (!RFC_3339.test(uploadTime) || Number.isNaN(uploadTimeMs)) return platformError(268485216)
  return { logisticsType, deliveryMode, isAllDelivered: !isSplit || isAll === true, parcels, uploadTimeMs }
}

function isLogisticsType(value: unknown): value is LogisticsType {
  return value === 1 || value === 2 || value === 3 || value === 4
}

function readParcel(fields: Fields, isExpress: boolean, nowMs: number): Parcel | PlatformError {
  const [trackingNo, expressCompany] = [textOf(fields['tracking_no']), textOf(fields['express_company'])]
  const itemDesc = textOf(fields['item_desc'])
  if (isExpress && trackingNo === '') return platformError(268485226)
  if (isExpress && expressCompany === '') return platformError(268485227)
  if (Buffer.byteLength(trackingNo) > NUMBER_BYTES) return platformError(10060026)
  if (Buffer.byteLength(expressCompany) > NUMBER_BYTES) return platformError(10060025)
  if (itemDesc === '') return platformError(10060008)
  if ([...itemDesc].length > DESCRIPTION_LENGTH) return platformError(10060009)
  const given = fieldsOf(fields['contact'])
  const contact: Parcel['contact'] = {}
  for (const name of ['consignor_contact', 'receiver_contact'] as const)
    if (textOf(given[name]) !== '') contact[name] = textOf(given[name])
  const isNamed = contact.consignor_contact !== undefined || contact.receiver_contact !== undefined
  if (isExpress && expressCompany === SF && !isNamed)
    return platformError(10060014, '参数错误: 顺丰快递须填写收件人或寄件人联系方式')
  return { trackingNo, expressCompany, itemDesc, contact, uploadedAtMs: nowMs }
}
