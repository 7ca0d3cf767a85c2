import { redeemBindCode } from '../../identity/bind-accounts.ts'
import { readMe } from '../../identity/read-me.ts'
import { bindTries } from '../rate-limits.ts'
import { defineRoute } from '../route.ts'
import { bindingRequestSchema, meSchema } from '../schemas/session.ts'

export const bindingsCreate = defineRoute({
  method: 'post',
  path: '/bindings',
  summary: 'Join this account to the one that showed the code',
  caller: 'person',
  limits: bindTries,
  body: bindingRequestSchema,
  answer: meSchema,
  handle: async ({ services, entry, session, body }) => {
    const accountId = await redeemBindCode(services, session.account_id, body.code)
    return readMe(services.db, entry, accountId)
  },
})
