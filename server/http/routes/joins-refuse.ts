import { readJoins, refuseJoin } from '../../identity/join-accounts.ts'
import { boundedByOffer } from '../rate-limits.ts'
import { defineRoute } from '../route.ts'
import { emptyBody } from '../schemas/payment.ts'
import { joinParams, joinsSchema } from '../schemas/session.ts'

export const joinsRefuse = defineRoute({
  method: 'post',
  path: '/joins/:joinId/refuse',
  summary: 'Refuse the account that asks to become one with mine',
  caller: 'person',
  limits: [boundedByOffer],
  params: joinParams,
  body: emptyBody,
  answer: joinsSchema,
  handle: async ({ services, session, params }) => {
    await refuseJoin(services, session, params.joinId)
    return readJoins(services, session)
  },
})
