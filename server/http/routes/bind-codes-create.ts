import { showBindCode } from '../../identity/join-accounts.ts'
import { bindCodeIssues } from '../rate-limits.ts'
import { defineRoute } from '../route.ts'
import { emptyBody } from '../schemas/payment.ts'
import { bindCodeSchema } from '../schemas/session.ts'

export const bindCodesCreate = defineRoute({
  method: 'post',
  path: '/bind-codes',
  summary: 'A code to type in at another entry, which then asks to become one account; the one before ends',
  caller: 'person',
  limits: bindCodeIssues,
  body: emptyBody,
  statuses: [201],
  answer: bindCodeSchema,
  handle: async ({ services, session, res }) => {
    const { code, expiresAt } = await showBindCode(services, session)
    res.status(201)
    return { code, expiresAt: expiresAt.toISOString() }
  },
})
