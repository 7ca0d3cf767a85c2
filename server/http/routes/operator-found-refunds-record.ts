import { toOperatorRefund } from '../../refunds/read-operator-order.ts'
import { recordRefund } from '../../refunds/record-refund.ts'
import { defineOperatorRoute } from '../operator.ts'
import { foundRefundSchema, operatorPaymentParams, operatorRefundSchema } from '../schemas/operator.ts'

export const operatorFoundRefundsRecord = defineOperatorRoute({
  method: 'post',
  path: '/orders/:orderId/payments/:paymentId/found-refunds',
  summary: "Count a refund that was made on the channel's own platform, by its out_refund_no",
  params: operatorPaymentParams,
  body: foundRefundSchema,
  statuses: [200, 201],
  answer: operatorRefundSchema,
  handle: async ({ services, operator, params, body, res }) => {
    const { refund, isNew } = await recordRefund(services, { ...params, ...body, by: operator })
    res.status(isNew ? 201 : 200)
    return toOperatorRefund(refund)
  },
})
