import { askForApproval } from '../../refunds/refund-approvals.ts'
import { idempotencyHeader, idempotencyKeyOf } from '../idempotency-key.ts'
import { defineOperatorRoute } from '../operator.ts'
import { operatorOrderParams, refundApprovalSchema, refundApprovalWishSchema } from '../schemas/operator.ts'

export const operatorRefundApprovalsCreate = defineOperatorRoute({
  method: 'post',
  path: '/orders/:orderId/refund-approvals',
  summary: 'Ask another operator to approve a refund above your own limit',
  params: operatorOrderParams,
  body: refundApprovalWishSchema,
  headers: idempotencyHeader,
  statuses: [200, 201],
  answer: refundApprovalSchema,
  handle: async ({ services, operator, params, body, req, res }) => {
    const wish = { ...params, ...body, by: operator, idempotencyKey: idempotencyKeyOf(req) }
    const { approval, isNew } = await askForApproval(services, wish)
    const { id, orderId, amountFen } = approval
    if (isNew)
      req.log.warn({ operator, approvalId: id, orderId, amountFen }, 'a refund waits for another operator')
    res.status(isNew ? 201 : 200)
    return approval
  },
})
