import { readStatus } from '../../payments/read-orders.ts'
import { statusLinkMisses } from '../rate-limits.ts'
import { defineRoute } from '../route.ts'
import { orderIdParams, orderStatusQuery, orderStatusSchema } from '../schemas/order.ts'

export const ordersStatus = defineRoute({
  method: 'get',
  path: '/orders/:orderId/status',
  summary: 'How a payment stands, for another browser that holds the link of a cashier',
  caller: 'nobody',
  limits: [statusLinkMisses],
  params: orderIdParams,
  query: orderStatusQuery,
  answer: orderStatusSchema,
  handle: ({ services, params, query }) => readStatus(services, params.orderId, query.link),
})
