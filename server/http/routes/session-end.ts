import { endSession } from '../../identity/sessions.ts'
import { clearCookies } from '../cookies.ts'
import { boundedBySession } from '../rate-limits.ts'
import { defineRoute } from '../route.ts'
import { emptyBody } from '../schemas/payment.ts'
import { sessionEndSchema } from '../schemas/session.ts'

export const sessionEnd = defineRoute({
  method: 'post',
  path: '/session/end',
  summary: 'Sign out: ends this session here and clears the cookie of this entry',
  caller: 'anybody',
  limits: [boundedBySession],
  body: emptyBody,
  answer: sessionEndSchema,
  handle: async ({ services, entry, session, res }) => {
    await endSession(services, session)
    clearCookies(res, entry.code, services.publicUrl)
    return { ended: true }
  },
})
