import { replayDelivery } from '../../deliveries/replay-delivery.ts'
import { defineOperatorRoute } from '../operator.ts'
import { deliveryDetailSchema, deliveryIdParams } from '../schemas/delivery.ts'

export const operatorDeliveriesReplay = defineOperatorRoute({
  method: 'post',
  path: '/deliveries/:deliveryId/replay',
  summary: 'Send a message again, under the same id',
  params: deliveryIdParams,
  answer: deliveryDetailSchema,
  handle: ({ services, operator, params }) => replayDelivery(services, { ...params, by: operator }),
})
