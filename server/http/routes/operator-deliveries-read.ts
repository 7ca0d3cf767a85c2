import { readDelivery } from '../../deliveries/read-deliveries.ts'
import { defineOperatorRoute } from '../operator.ts'
import { deliveryDetailSchema, deliveryIdParams } from '../schemas/delivery.ts'

export const operatorDeliveriesRead = defineOperatorRoute({
  method: 'get',
  path: '/deliveries/:deliveryId',
  summary: 'What a delivery says, and every attempt at it',
  params: deliveryIdParams,
  answer: deliveryDetailSchema,
  handle: ({ services, params }) => readDelivery(services.db, params.deliveryId),
})
