import { readMe } from '../../identity/read-me.ts'
import { freeReads } from '../rate-limits.ts'
import { defineRoute } from '../route.ts'
import { meSchema } from '../schemas/session.ts'

export const meRead = defineRoute({
  method: 'get',
  path: '/me',
  summary: 'Who I am at this entry',
  caller: 'anybody',
  limits: [freeReads],
  answer: meSchema,
  handle: ({ services, entry, session }) => readMe(services.db, entry, session),
})
