import { listPayments } from '../../payments/read-orders.ts'
import { freeReads } from '../rate-limits.ts'
import { defineRoute } from '../route.ts'
import { paymentListQuery, paymentPageSchema } from '../schemas/payment-list.ts'

export const paymentsList = defineRoute({
  method: 'get',
  path: '/payments',
  summary: 'One’s own payments in every entry, newest first',
  caller: 'anybody',
  limits: [freeReads],
  query: paymentListQuery,
  answer: paymentPageSchema,
  handle: ({ services, session, query }) =>
    listPayments(services, { accountId: session.account_id, cursor: query.cursor }),
})
