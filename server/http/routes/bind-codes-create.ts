import { issueBindCode } from '../../identity/bind-accounts.ts'
import { bindCodeIssues } from '../rate-limits.ts'
import { defineRoute } from '../route.ts'
import { emptyBody } from '../schemas/payment.ts'
import { bindCodeSchema } from '../schemas/session.ts'

export const bindCodesCreate = defineRoute({
  method: 'post',
  path: '/bind-codes',
  summary: 'A code to type in at another entry, so that both become one account',
  caller: 'person',
  limits: bindCodeIssues,
  body: emptyBody,
  statuses: [201],
  answer: bindCodeSchema,
  handle: async ({ services, session, res }) => {
    const { code, expiresAt } = await issueBindCode(services, session.account_id)
    res.status(201)
    return { code, expiresAt: expiresAt.toISOString() }
  },
})
