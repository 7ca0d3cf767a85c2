import { cancelOrder } from '../../payments/cancel-order.ts'
import { readOrder } from '../../refunds/read-order.ts'
import { cancelsOfAccount, cancelsOfNetwork, misses } from '../rate-limits.ts'
import { defineRoute } from '../route.ts'
import { orderDetailSchema, orderIdParams } from '../schemas/order.ts'

export const ordersCancel = defineRoute({
  method: 'post',
  path: '/orders/:orderId/cancel',
  summary: 'Cancel an unpaid order of one’s own; every open attempt is closed at the channel first',
  caller: 'person',
  limits: [misses, cancelsOfAccount, cancelsOfNetwork],
  params: orderIdParams,
  answer: orderDetailSchema,
  handle: async ({ services, session, params }) => {
    const order = { accountId: session.account_id, orderId: params.orderId }
    await cancelOrder(services, order)
    return readOrder(services, order.accountId, order.orderId)
  },
})
