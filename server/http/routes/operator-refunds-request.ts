import { toOperatorRefund } from '../../refunds/read-operator-order.ts'
import { requestRefund } from '../../refunds/request-refund.ts'
import { idempotencyHeader, idempotencyKeyOf } from '../idempotency-key.ts'
import { defineOperatorRoute } from '../operator.ts'
import {
  operatorOrderParams,
  operatorRefundRequestSchema,
  operatorRefundSchema,
} from '../schemas/operator.ts'

export const operatorRefundsRequest = defineOperatorRoute({
  method: 'post',
  path: '/orders/:orderId/refunds',
  summary: 'Give back an order or a part of it; the header Idempotency-Key makes repeats safe',
  params: operatorOrderParams,
  body: operatorRefundRequestSchema,
  headers: idempotencyHeader,
  statuses: [200, 201],
  answer: operatorRefundSchema,
  handle: async ({ services, operator, params, body, req, res }) => {
    const { refund, isNew } = await requestRefund(services, {
      ...params,
      ...body,
      by: operator,
      idempotencyKey: idempotencyKeyOf(req),
    })
    res.status(isNew ? 201 : 200)
    return toOperatorRefund(refund)
  },
})
