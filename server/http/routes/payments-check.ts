import { askPayment } from '../../payments/ask-payment.ts'
import { toPayment } from '../../payments/payment-view.ts'
import { misses, boundedByRows } from '../rate-limits.ts'
import { defineRoute } from '../route.ts'
import { paymentCheckSchema, paymentIdParams, paymentSchema } from '../schemas/payment.ts'

export const paymentsCheck = defineRoute({
  method: 'post',
  path: '/payments/:paymentId/check',
  summary: 'Ask WeChat now; a hint of the cashier may come along and proves nothing',
  caller: 'person',
  limits: [misses, boundedByRows],
  params: paymentIdParams,
  body: paymentCheckSchema,
  answer: paymentSchema,
  handle: async ({ services, session, params, body }) =>
    toPayment(
      await askPayment(services, session.account_id, params.paymentId, body.hint),
      services.clock.now(),
    ),
})
