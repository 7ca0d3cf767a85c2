import { confirmJoin } from '../../identity/join-accounts.ts'
import { readMe } from '../../identity/read-me.ts'
import { boundedByOffer } from '../rate-limits.ts'
import { defineRoute } from '../route.ts'
import { emptyBody } from '../schemas/payment.ts'
import { joinParams, meSchema } from '../schemas/session.ts'

export const joinsConfirm = defineRoute({
  method: 'post',
  path: '/joins/:joinId/confirm',
  summary: 'Join the account that asks to mine: each sees the orders of both from then on',
  caller: 'person',
  limits: [boundedByOffer],
  params: joinParams,
  body: emptyBody,
  answer: meSchema,
  handle: async ({ services, entry, session, params }) => {
    await confirmJoin(services, session, params.joinId)
    return readMe(services.db, entry, session)
  },
})
