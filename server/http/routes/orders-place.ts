import { z } from 'zod'
import { placeOrder } from '../../orders/place-order.ts'
import { KindError } from '../../shared/errors.ts'
import { defineRoute } from '../route.ts'
import { orderRequestSchema, orderSchema } from '../schemas/order.ts'

const keyShape = /^[0-9A-Za-z_-]{16,64}$/

export const ordersPlace = defineRoute({
  method: 'post',
  path: '/orders',
  summary: 'Place an order at the server’s prices; the header Idempotency-Key makes repeats safe',
  caller: 'person',
  body: orderRequestSchema,
  headers: z.object({ 'Idempotency-Key': z.string().regex(keyShape) }),
  statuses: [200, 201],
  answer: orderSchema,
  handle: async ({ services, entry, session, body, req, res }) => {
    const idempotencyKey = req.get('idempotency-key') ?? ''
    if (!keyShape.test(idempotencyKey))
      throw new KindError('InvalidInput', '提交的内容有误，请返回重试。', {
        errors: [{ path: 'Idempotency-Key', message: '须为 16 到 64 个字母、数字、_ 或 -' }],
      })
    const { order, isNew } = await placeOrder(services, {
      accountId: session.account_id,
      entryCode: entry.code,
      request: body,
      idempotencyKey,
    })
    res.status(isNew ? 201 : 200)
    return order
  },
})
