import { readOrder } from '../../refunds/read-order.ts'
import { misses } from '../rate-limits.ts'
import { defineRoute } from '../route.ts'
import { orderDetailSchema, orderIdParams } from '../schemas/order.ts'

export const ordersRead = defineRoute({
  method: 'get',
  path: '/orders/:orderId',
  summary: 'One of one’s own orders with its payments',
  caller: 'anybody',
  limits: [misses],
  params: orderIdParams,
  answer: orderDetailSchema,
  handle: ({ services, session, params }) => readOrder(services, session.account_id, params.orderId),
})
