import { repriceOrder } from '../../payments/reprice-order.ts'
import { readOperatorOrder } from '../../refunds/read-operator-order.ts'
import { defineOperatorRoute } from '../operator.ts'
import { operatorOrderParams, operatorOrderSchema, priceChangeSchema } from '../schemas/operator.ts'

export const operatorOrdersReprice = defineOperatorRoute({
  method: 'post',
  path: '/orders/:orderId/price',
  summary: 'Change what an unpaid order costs; an attempt at the old amount is closed first',
  params: operatorOrderParams,
  body: priceChangeSchema,
  answer: operatorOrderSchema,
  handle: async ({ services, operator, params, body }) => {
    await repriceOrder(services, { ...params, ...body, by: operator })
    return readOperatorOrder(services, params.orderId)
  },
})
