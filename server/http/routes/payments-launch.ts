import { launchPayment } from '../../payments/launch-payment.ts'
import { payerOf } from '../payer.ts'
import { misses, boundedByRows } from '../rate-limits.ts'
import { defineRoute } from '../route.ts'
import { emptyBody, paymentIdParams, paymentLaunchSchema } from '../schemas/payment.ts'

export const paymentsLaunch = defineRoute({
  method: 'post',
  path: '/payments/:paymentId/launch',
  summary: 'What opens the cashier, for the payer alone',
  caller: 'person',
  limits: [misses, boundedByRows],
  params: paymentIdParams,
  body: emptyBody,
  answer: paymentLaunchSchema,
  handle: ({ services, session, params, req }) =>
    launchPayment(services, payerOf(session, req), params.paymentId),
})
