import { listDeliveries } from '../../deliveries/read-deliveries.ts'
import { defineOperatorRoute } from '../operator.ts'
import { deliveryListQuery, deliveryPageSchema } from '../schemas/delivery.ts'

export const operatorDeliveriesList = defineOperatorRoute({
  method: 'get',
  path: '/deliveries',
  summary: 'What subscribers were told, newest first',
  query: deliveryListQuery,
  answer: deliveryPageSchema,
  handle: ({ services, query }) => listDeliveries(services.db, query),
})
