import { issueTicket } from '../../identity/web-view-ticket.ts'
import { ticketsOfAccount } from '../rate-limits.ts'
import { defineRoute } from '../route.ts'
import { emptyBody } from '../schemas/payment.ts'
import { ticketSchema } from '../schemas/session.ts'

export const webViewTicketsCreate = defineRoute({
  method: 'post',
  path: '/web-view-tickets',
  summary: 'A ticket with which one’s own web-view signs in once',
  caller: 'person',
  nativeOnly: true,
  limits: [ticketsOfAccount],
  body: emptyBody,
  statuses: [201],
  answer: ticketSchema,
  handle: async ({ services, session, res }) => {
    const { ticket, expiresAt } = await issueTicket(services, session)
    res.status(201)
    return { ticket, expiresAt: expiresAt.toISOString() }
  },
})
