import { readMe } from '../../identity/read-me.ts'
import { openSession } from '../../identity/sessions.ts'
import { redeemTicket } from '../../identity/web-view-ticket.ts'
import { setSessionCookie } from '../cookies.ts'
import { ticketMisses } from '../rate-limits.ts'
import { defineRoute } from '../route.ts'
import { meSchema, webSessionRequestSchema } from '../schemas/session.ts'

export const webSessionsCreate = defineRoute({
  method: 'post',
  path: '/web-sessions',
  summary: 'Sign in a web-view with a ticket; sets the cookie of this entry',
  caller: 'nobody',
  limits: [ticketMisses],
  body: webSessionRequestSchema,
  answer: meSchema,
  handle: async ({ services, entry, body, res }) => {
    const who = await redeemTicket(services, entry, body.ticket)
    const { token } = await openSession(services, who, 'web')
    setSessionCookie(res, entry.code, token, services.publicUrl)
    return readMe(services.db, entry, who.accountId)
  },
})
