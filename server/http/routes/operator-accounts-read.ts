import { readAccountOfOrder } from '../../identity/split-account.ts'
import { defineOperatorRoute } from '../operator.ts'
import { operatorAccountSchema } from '../schemas/account.ts'
import { operatorOrderParams } from '../schemas/operator.ts'

export const operatorAccountsRead = defineOperatorRoute({
  method: 'get',
  path: '/orders/:orderId/account',
  summary: 'The account of an order, and which accounts were joined into it',
  params: operatorOrderParams,
  answer: operatorAccountSchema,
  handle: ({ services, params }) => readAccountOfOrder(services.db, params.orderId),
})
