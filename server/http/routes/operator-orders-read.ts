import { readOperatorOrder } from '../../refunds/read-operator-order.ts'
import { defineOperatorRoute } from '../operator.ts'
import { operatorOrderParams, operatorOrderSchema } from '../schemas/operator.ts'

export const operatorOrdersRead = defineOperatorRoute({
  method: 'get',
  path: '/orders/:orderId',
  summary: 'Everything about an order, and all that happened to it',
  params: operatorOrderParams,
  answer: operatorOrderSchema,
  handle: ({ services, params }) => readOperatorOrder(services, params.orderId),
})
