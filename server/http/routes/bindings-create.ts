import { askToJoin } from '../../identity/join-accounts.ts'
import { readMe } from '../../identity/read-me.ts'
import { bindTries } from '../rate-limits.ts'
import { defineRoute } from '../route.ts'
import { bindingRequestSchema, bindingSchema } from '../schemas/session.ts'

export const bindingsCreate = defineRoute({
  method: 'post',
  path: '/bindings',
  summary: 'Ask the account that shows the code to become one with it; nothing is joined until it confirms',
  caller: 'person',
  limits: bindTries,
  body: bindingRequestSchema,
  answer: bindingSchema,
  handle: async ({ services, entry, session, body }) => {
    const join = await askToJoin(services, session, body.code)
    return { ...(await readMe(services.db, entry, session)), join }
  },
})
