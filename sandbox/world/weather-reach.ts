import type { Effect, WeatherApi } from './weather.ts'

type Names = readonly (keyof Effect)[]

const WIRE: Names = ['corruptSignature', 'signtest', 'wrongSerial', 'staleMs', 'alter', 'tamper']
const CONNECTION: Names = ['delayMs', 'dropBefore', 'dropAfter']
const REQUEST: Names = ['error', ...CONNECTION]
const GATEWAY: Names = [...REQUEST, ...WIRE]
const NOTIFICATION: Names = [...CONNECTION, ...WIRE, 'duplicate', 'reorder', 'lose']
const SIGNED: Names = ['corruptSignature', 'alter', 'tamper']
const ALIPAY: Names = [...REQUEST, ...SIGNED]
const ROW: Names = ['lose', 'duplicate', 'alter']

/** What can happen where. A rule for anything else would never do anything, so it is refused. */
export const EFFECTS_AT: Record<WeatherApi, Names> = {
  prepay: GATEWAY,
  query: GATEWAY,
  close: [...GATEWAY, 'refuseEarlyClose'],
  refund: [...GATEWAY, 'refundEnd'],
  'refund-query': GATEWAY,
  'refund-abnormal': GATEWAY,
  bill: GATEWAY,
  // The file itself is not signed, and it is bytes.
  'bill-download': REQUEST,
  certificates: GATEWAY,
  'combine-prepay': GATEWAY,
  'combine-query': GATEWAY,
  'combine-close': [...GATEWAY, 'refuseEarlyClose'],
  'medical-order': GATEWAY,
  'medical-query': GATEWAY,
  'medical-refund': GATEWAY,
  notify: NOTIFICATION,
  'refund-notify': NOTIFICATION,
  'medical-notify': NOTIFICATION,
  pay: ['couponFen'],
  'bill-row': ROW,
  'bill-refund-row': ROW,
  jscode2session: REQUEST,
  'oauth-token': REQUEST,
  token: REQUEST,
  link: REQUEST,
  'phone-number': REQUEST,
  shipping: REQUEST,
  // Browsers go there: nothing is signed in what they get.
  'alipay.trade.wap.pay': REQUEST,
  'alipay.trade.page.pay': REQUEST,
  'alipay.trade.precreate': ALIPAY,
  'alipay.trade.query': ALIPAY,
  'alipay.trade.close': ALIPAY,
  'alipay.trade.refund': ALIPAY,
  'alipay.trade.fastpay.refund.query': ALIPAY,
  'alipay.notify': [...CONNECTION, ...SIGNED, 'duplicate', 'reorder', 'lose'],
}
