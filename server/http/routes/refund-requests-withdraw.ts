import { withdrawRequest } from '../../refunds/withdraw-request.ts'
import { misses } from '../rate-limits.ts'
import { defineRoute } from '../route.ts'
import { customerRequestParams, refundRequestSchema } from '../schemas/refund.ts'

export const refundRequestsWithdraw = defineRoute({
  method: 'post',
  path: '/orders/:orderId/refund-requests/:requestId/withdraw',
  summary: 'Take back a refund request that no operator has decided',
  caller: 'person',
  limits: [misses],
  params: customerRequestParams,
  answer: refundRequestSchema,
  handle: ({ services, session, params }) =>
    withdrawRequest(services, {
      accountId: session.account_id,
      orderId: params.orderId,
      requestId: params.requestId,
    }),
})
