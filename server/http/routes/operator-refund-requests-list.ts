import { listRefundRequests } from '../../refunds/refund-requests.ts'
import { defineOperatorRoute } from '../operator.ts'
import { openListQuery, refundRequestPageSchema } from '../schemas/operator.ts'

export const operatorRefundRequestsList = defineOperatorRoute({
  method: 'get',
  path: '/refund-requests',
  summary: 'Customers who ask for their money back, oldest first',
  query: openListQuery,
  answer: refundRequestPageSchema,
  handle: ({ services, query }) => listRefundRequests(services, query.cursor),
})
