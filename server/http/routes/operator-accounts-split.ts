import { splitAccount } from '../../identity/split-account.ts'
import { defineOperatorRoute } from '../operator.ts'
import { accountIdParams, accountSplitSchema, operatorAccountSchema } from '../schemas/account.ts'

export const operatorAccountsSplit = defineOperatorRoute({
  method: 'post',
  path: '/accounts/:accountId/split',
  summary: 'Undo a join: a part becomes an account of its own again, with the orders that it has placed',
  params: accountIdParams,
  body: accountSplitSchema,
  answer: operatorAccountSchema,
  handle: ({ services, operator, params, body }) =>
    splitAccount(services, { ...params, ...body, by: operator }),
})
