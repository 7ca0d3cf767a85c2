import { decideRefundRequest } from '../../refunds/refund-requests.ts'
import { defineOperatorRoute } from '../operator.ts'
import { refundDecisionSchema, requestIdParams } from '../schemas/operator.ts'
import { refundRequestSchema } from '../schemas/refund.ts'

export const operatorRefundRequestsDecide = defineOperatorRoute({
  method: 'post',
  path: '/refund-requests/:requestId/decision',
  summary: 'Approve a request, and everything that is left of the order goes back; or decline it',
  params: requestIdParams,
  body: refundDecisionSchema,
  answer: refundRequestSchema,
  handle: ({ services, operator, params, body }) =>
    decideRefundRequest(services, { ...params, approved: body.approved, reply: body.reply, by: operator }),
})
