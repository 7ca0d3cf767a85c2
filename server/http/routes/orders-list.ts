import { listOrders } from '../../payments/read-orders.ts'
import { freeReads } from '../rate-limits.ts'
import { defineRoute } from '../route.ts'
import { orderListQuery, orderPageSchema } from '../schemas/order.ts'

export const ordersList = defineRoute({
  method: 'get',
  path: '/orders',
  summary: 'One’s own orders, newest first',
  caller: 'anybody',
  limits: [freeReads],
  query: orderListQuery,
  answer: orderPageSchema,
  handle: ({ services, session, query }) => listOrders(services, { accountId: session.account_id, ...query }),
})
