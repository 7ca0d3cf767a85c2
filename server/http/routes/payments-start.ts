import { toPaymentView } from '../../payments/payment-view.ts'
import { startPayment } from '../../payments/start-payment.ts'
import { payerOf } from '../payer.ts'
import { defineRoute } from '../route.ts'
import { orderIdParams } from '../schemas/order.ts'
import { emptyBody, paymentViewSchema } from '../schemas/payment.ts'

export const paymentsStart = defineRoute({
  method: 'post',
  path: '/orders/:orderId/payments',
  summary: 'Start paying through this entry, or take up the attempt that is open in it',
  caller: 'person',
  params: orderIdParams,
  body: emptyBody,
  answer: paymentViewSchema,
  handle: async ({ services, session, params }) =>
    toPaymentView(await startPayment(services, payerOf(session), params.orderId)),
})
