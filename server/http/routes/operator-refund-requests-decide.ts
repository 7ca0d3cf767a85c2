import { decideRefundRequest } from '../../refunds/refund-requests.ts'
import { defineOperatorRoute } from '../operator.ts'
import { refundDecidedSchema, refundDecisionSchema, requestIdParams } from '../schemas/operator.ts'

export const operatorRefundRequestsDecide = defineOperatorRoute({
  method: 'post',
  path: '/refund-requests/:requestId/decision',
  summary:
    'Approve a request, and everything that is left of the order goes back; or decline it. Says what the channel answered',
  params: requestIdParams,
  body: refundDecisionSchema,
  answer: refundDecidedSchema,
  handle: ({ services, operator, params, body }) =>
    decideRefundRequest(services, { ...params, approved: body.approved, reply: body.reply, by: operator }),
})
