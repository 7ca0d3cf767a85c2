import type { TradeType } from '../world/trade.ts'
import type { Route } from './call.ts'
import { downloadBill, requestFundBill, requestTradeBill } from './bill.ts'
import { certificates } from './certificates.ts'
import { close } from './close.ts'
import { combinePrepay } from './combine-prepay.ts'
import { combineClose, combineQuery } from './combine.ts'
import { orderMedical } from './medical-order.ts'
import { queryMedicalByMixTradeNo, queryMedicalByOutTradeNo, tellMedicalRefund } from './medical.ts'
import type { Mode } from './prepay-fields.ts'
import { prepay } from './prepay.ts'
import { queryByOutTradeNo, queryByTransactionId } from './query.ts'
import { applyAbnormalRefund } from './refund-abnormal.ts'
import { queryRefund } from './refund-query.ts'
import { refund } from './refund.ts'

const TRADE_TYPES: Record<string, TradeType> = { jsapi: 'JSAPI', native: 'NATIVE', h5: 'MWEB', app: 'APP' }

function orderRoutes(mode: Mode): Route[] {
  const base = mode === 'merchant' ? '/v3/pay/transactions' : '/v3/pay/partner/transactions'
  const byNumber = `${base}/out-trade-no/(?<outTradeNo>[^/]+)`
  return [
    ...Object.entries(TRADE_TYPES).map(([name, tradeType]): Route => ({
      method: 'POST',
      path: new RegExp(`^${base}/${name}$`),
      api: 'prepay',
      run: prepay(mode, tradeType),
    })),
    { method: 'GET', path: new RegExp(`^${byNumber}$`), api: 'query', run: queryByOutTradeNo(mode) },
    {
      method: 'GET',
      path: new RegExp(`^${base}/id/(?<transactionId>[^/]+)$`),
      api: 'query',
      run: queryByTransactionId(mode),
    },
    { method: 'POST', path: new RegExp(`^${byNumber}/close$`), api: 'close', run: close(mode) },
  ]
}

const COMBINE = '/v3/combine-transactions'
const COMBINE_ROUTES: readonly Route[] = [
  ...Object.entries(TRADE_TYPES).map(([name, tradeType]): Route => ({
    method: 'POST',
    path: new RegExp(`^${COMBINE}/${name}$`),
    api: 'combine-prepay',
    run: combinePrepay(tradeType),
  })),
  {
    method: 'GET',
    path: new RegExp(`^${COMBINE}/out-trade-no/(?<outTradeNo>[^/]+)$`),
    api: 'combine-query',
    run: combineQuery,
  },
  {
    method: 'POST',
    path: new RegExp(`^${COMBINE}/out-trade-no/(?<outTradeNo>[^/]+)/close$`),
    api: 'combine-close',
    run: combineClose,
  },
]

const REFUND_ROUTES: readonly Route[] = [
  { method: 'POST', path: /^\/v3\/refund\/domestic\/refunds$/, api: 'refund', run: refund },
  {
    method: 'GET',
    path: /^\/v3\/refund\/domestic\/refunds\/(?<outRefundNo>[^/]+)$/,
    api: 'refund-query',
    run: queryRefund,
  },
  {
    method: 'POST',
    path: /^\/v3\/refund\/domestic\/refunds\/(?<refundId>[^/]+)\/apply-abnormal-refund$/,
    api: 'refund-abnormal',
    run: applyAbnormalRefund,
  },
]

const MEDICAL = '/v3/med-ins'
const MEDICAL_ROUTES: readonly Route[] = [
  { method: 'POST', path: new RegExp(`^${MEDICAL}/orders$`), api: 'medical-order', run: orderMedical },
  {
    method: 'GET',
    path: new RegExp(`^${MEDICAL}/orders/mix-trade-no/(?<mixTradeNo>[^/]+)$`),
    api: 'medical-query',
    run: queryMedicalByMixTradeNo,
  },
  {
    method: 'GET',
    path: new RegExp(`^${MEDICAL}/orders/out-trade-no/(?<outTradeNo>[^/]+)$`),
    api: 'medical-query',
    run: queryMedicalByOutTradeNo,
  },
  {
    method: 'POST',
    path: new RegExp(`^${MEDICAL}/refunds/notify$`),
    api: 'medical-refund',
    run: tellMedicalRefund,
  },
]

const BILL_ROUTES: readonly Route[] = [
  { method: 'GET', path: /^\/v3\/bill\/tradebill$/, api: 'bill', run: requestTradeBill },
  { method: 'GET', path: /^\/v3\/bill\/fundflowbill$/, api: 'bill', run: requestFundBill },
  { method: 'GET', path: /^\/v3\/billdownload\/file$/, api: 'bill-download', run: downloadBill },
]

/** Every address of APIv3 that the gateway knows. */
export const ROUTES: readonly Route[] = [
  ...orderRoutes('merchant'),
  ...orderRoutes('partner'),
  ...COMBINE_ROUTES,
  ...REFUND_ROUTES,
  ...MEDICAL_ROUTES,
  ...BILL_ROUTES,
  {
    method: 'GET',
    path: /^\/v3\/certificates$/,
    api: 'certificates',
    needsUserAgent: true,
    run: certificates,
  },
]

/** The route of a path, with its parameters; 404 and 405 as WeChat answers them: without a body. */
export function findRoute(
  method: string,
  path: string,
): { route: Route; params: Record<string, string> } | 404 | 405 {
  let status: 404 | 405 = 404
  for (const route of ROUTES) {
    const match = route.path.exec(path)
    if (!match) continue
    if (route.method === method) return { route, params: { ...match.groups } }
    status = 405
  }
  return status
}
