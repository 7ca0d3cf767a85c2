import { placeOrder } from '../../orders/place-order.ts'
import { clientAddress } from '../client-address.ts'
import { idempotencyHeader, idempotencyKeyOf } from '../idempotency-key.ts'
import { boundedByRows } from '../rate-limits.ts'
import { defineRoute } from '../route.ts'
import { orderRequestSchema, orderSchema } from '../schemas/order.ts'

export const ordersPlace = defineRoute({
  method: 'post',
  path: '/orders',
  summary: 'Place an order at the server’s prices; the header Idempotency-Key makes repeats safe',
  caller: 'person',
  limits: [boundedByRows],
  body: orderRequestSchema,
  headers: idempotencyHeader,
  statuses: [200, 201],
  answer: orderSchema,
  handle: async ({ services, entry, session, body, req, res }) => {
    const { order, isNew } = await placeOrder(services, {
      accountId: session.account_id,
      originId: session.origin_id,
      entryCode: entry.code,
      network: session.openid === null ? clientAddress(req) : null,
      request: body,
      idempotencyKey: idempotencyKeyOf(req),
    })
    res.status(isNew ? 201 : 200)
    return order
  },
})
