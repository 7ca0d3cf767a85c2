import { readJoins } from '../../identity/join-accounts.ts'
import { freeReads } from '../rate-limits.ts'
import { defineRoute } from '../route.ts'
import { joinsSchema } from '../schemas/session.ts'

export const joinsRead = defineRoute({
  method: 'get',
  path: '/joins',
  summary: 'Who asks to become one account with mine, and what I have asked',
  caller: 'person',
  limits: [freeReads],
  answer: joinsSchema,
  handle: ({ services, session }) => readJoins(services, session),
})
