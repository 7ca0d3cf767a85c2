import { readResult } from '../../refunds/read-order.ts'
import { misses } from '../rate-limits.ts'
import { defineRoute } from '../route.ts'
import { orderIdParams, orderResultSchema } from '../schemas/order.ts'

export const ordersResult = defineRoute({
  method: 'get',
  path: '/orders/:orderId/result',
  summary: 'What the result page shows',
  caller: 'anybody',
  limits: [misses],
  params: orderIdParams,
  answer: orderResultSchema,
  handle: ({ services, session, params }) => readResult(services, session.account_id, params.orderId),
})
