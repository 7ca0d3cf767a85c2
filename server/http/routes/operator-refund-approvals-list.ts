import { listRefundApprovals } from '../../refunds/refund-approvals.ts'
import { defineOperatorRoute } from '../operator.ts'
import { openListQuery, refundApprovalPageSchema } from '../schemas/operator.ts'

export const operatorRefundApprovalsList = defineOperatorRoute({
  method: 'get',
  path: '/refund-approvals',
  summary: 'Refunds that wait for another operator, oldest first',
  query: openListQuery,
  answer: refundApprovalPageSchema,
  handle: ({ services, query }) => listRefundApprovals(services, query.cursor),
})
