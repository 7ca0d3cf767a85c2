import { readForPaying } from '../../payments/own-payment.ts'
import { toPaymentView } from '../../payments/payment-view.ts'
import { payerOf } from '../payer.ts'
import { misses } from '../rate-limits.ts'
import { defineRoute } from '../route.ts'
import { paymentIdParams, paymentViewSchema } from '../schemas/payment.ts'

export const paymentsRead = defineRoute({
  method: 'get',
  path: '/payments/:paymentId',
  summary: 'A payment, for the page where its payer pays it; 409 when its order is paid or closed',
  caller: 'anybody',
  limits: [misses],
  params: paymentIdParams,
  answer: paymentViewSchema,
  handle: async ({ services, session, params, req }) =>
    toPaymentView(
      await readForPaying(services, payerOf(session, req), params.paymentId),
      services.clock.now(),
    ),
})
