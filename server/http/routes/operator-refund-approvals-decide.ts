import { decideRefundApproval } from '../../refunds/refund-approvals.ts'
import { defineOperatorRoute } from '../operator.ts'
import { approvalIdParams, refundApprovalDecisionSchema, refundApprovalSchema } from '../schemas/operator.ts'

export const operatorRefundApprovalsDecide = defineOperatorRoute({
  method: 'post',
  path: '/refund-approvals/:approvalId/decision',
  summary: 'Approve the refund of another operator, within your own limits; or decline it',
  params: approvalIdParams,
  body: refundApprovalDecisionSchema,
  answer: refundApprovalSchema,
  handle: ({ services, operator, params, body }) =>
    decideRefundApproval(services, { ...params, ...body, by: operator }),
})
