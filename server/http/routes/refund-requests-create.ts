import { askForRefund } from '../../refunds/refund-requests.ts'
import { misses } from '../rate-limits.ts'
import { defineRoute } from '../route.ts'
import { orderIdParams } from '../schemas/order.ts'
import { refundRequestSchema, refundRequestWishSchema } from '../schemas/refund.ts'

export const refundRequestsCreate = defineRoute({
  method: 'post',
  path: '/orders/:orderId/refund-requests',
  summary: 'Ask the shop for the money back; an operator decides',
  caller: 'person',
  limits: [misses],
  params: orderIdParams,
  body: refundRequestWishSchema,
  statuses: [201],
  answer: refundRequestSchema,
  handle: async ({ services, session, params, body, res }) => {
    const request = await askForRefund(services, {
      accountId: session.account_id,
      orderId: params.orderId,
      reason: body.reason,
    })
    res.status(201)
    return request
  },
})
