import type { OperatorRoute } from '../operator.ts'
import type { Route } from '../route.ts'
import { addressPicksCreate } from './address-picks-create.ts'
import { addressPicksRead } from './address-picks-read.ts'
import { bindCodesCreate } from './bind-codes-create.ts'
import { bindingsCreate } from './bindings-create.ts'
import { browserSessionsCreate } from './browser-sessions-create.ts'
import { joinsConfirm } from './joins-confirm.ts'
import { joinsRead } from './joins-read.ts'
import { joinsRefuse } from './joins-refuse.ts'
import { meRead } from './me-read.ts'
import { oauthCallback } from './oauth-callback.ts'
import { oauthStart } from './oauth-start.ts'
import { operatorAccountsRead } from './operator-accounts-read.ts'
import { operatorAccountsSplit } from './operator-accounts-split.ts'
import { operatorAnomaliesAct } from './operator-anomalies-act.ts'
import { operatorAnomaliesList } from './operator-anomalies-list.ts'
import { operatorAnomaliesRead } from './operator-anomalies-read.ts'
import { operatorDeliveriesList } from './operator-deliveries-list.ts'
import { operatorDeliveriesRead } from './operator-deliveries-read.ts'
import { operatorDeliveriesReplay } from './operator-deliveries-replay.ts'
import { operatorFoundRefundsRecord } from './operator-found-refunds-record.ts'
import { operatorOrdersRead } from './operator-orders-read.ts'
import { operatorOrdersReprice } from './operator-orders-reprice.ts'
import { operatorProductsStock } from './operator-products-stock.ts'
import { operatorRefundApprovalsCreate } from './operator-refund-approvals-create.ts'
import { operatorRefundApprovalsDecide } from './operator-refund-approvals-decide.ts'
import { operatorRefundApprovalsList } from './operator-refund-approvals-list.ts'
import { operatorRefundRequestsDecide } from './operator-refund-requests-decide.ts'
import { operatorRefundRequestsList } from './operator-refund-requests-list.ts'
import { operatorRefundsRequest } from './operator-refunds-request.ts'
import { ordersCancel } from './orders-cancel.ts'
import { ordersList } from './orders-list.ts'
import { ordersPlace } from './orders-place.ts'
import { ordersRead } from './orders-read.ts'
import { ordersResult } from './orders-result.ts'
import { ordersStatus } from './orders-status.ts'
import { paymentsCheck } from './payments-check.ts'
import { paymentsLaunch } from './payments-launch.ts'
import { paymentsList } from './payments-list.ts'
import { paymentsRead } from './payments-read.ts'
import { paymentsStart } from './payments-start.ts'
import { productsList } from './products-list.ts'
import { quotesCreate } from './quotes-create.ts'
import { refundRequestsCreate } from './refund-requests-create.ts'
import { refundRequestsWithdraw } from './refund-requests-withdraw.ts'
import { sessionEnd } from './session-end.ts'
import { sessionsCreate } from './sessions-create.ts'
import { webSessionsCreate } from './web-sessions-create.ts'
import { webViewTicketsCreate } from './web-view-tickets-create.ts'

/** Everything below /api/:entry. The API's description and the access tests are made from this list. */
export const allRoutes: Route[] = [
  productsList,
  quotesCreate,
  sessionsCreate,
  webViewTicketsCreate,
  webSessionsCreate,
  browserSessionsCreate,
  oauthStart,
  oauthCallback,
  meRead,
  bindCodesCreate,
  bindingsCreate,
  joinsRead,
  joinsConfirm,
  joinsRefuse,
  addressPicksCreate,
  addressPicksRead,
  ordersPlace,
  ordersList,
  ordersRead,
  ordersResult,
  ordersCancel,
  refundRequestsCreate,
  refundRequestsWithdraw,
  ordersStatus,
  paymentsStart,
  paymentsRead,
  paymentsLaunch,
  paymentsCheck,
  paymentsList,
  sessionEnd,
]

/** Everything below /api/operator. */
export const operatorRoutes: OperatorRoute[] = [
  operatorOrdersRead,
  operatorOrdersReprice,
  operatorAccountsRead,
  operatorAccountsSplit,
  operatorRefundsRequest,
  operatorFoundRefundsRecord,
  operatorRefundApprovalsCreate,
  operatorRefundApprovalsList,
  operatorRefundApprovalsDecide,
  operatorRefundRequestsList,
  operatorRefundRequestsDecide,
  operatorAnomaliesList,
  operatorAnomaliesRead,
  operatorAnomaliesAct,
  operatorDeliveriesList,
  operatorDeliveriesRead,
  operatorDeliveriesReplay,
  operatorProductsStock,
]
