import { toPaymentView } from '../../payments/payment-view.ts'
import { startPayment } from '../../payments/start-payment.ts'
import { payerOf } from '../payer.ts'
import { misses, boundedByRows } from '../rate-limits.ts'
import { defineRoute } from '../route.ts'
import { orderIdParams } from '../schemas/order.ts'
import { paymentRequestSchema, paymentViewSchema } from '../schemas/payment.ts'

export const paymentsStart = defineRoute({
  method: 'post',
  path: '/orders/:orderId/payments',
  summary: 'Start paying through this entry, or take up the attempt that is open in it',
  caller: 'person',
  limits: [misses, boundedByRows],
  params: orderIdParams,
  body: paymentRequestSchema,
  answer: paymentViewSchema,
  handle: async ({ services, session, params, body, req }) =>
    toPaymentView(
      await startPayment(services, payerOf(session, req), params.orderId, body),
      services.clock.now(),
    ),
})
