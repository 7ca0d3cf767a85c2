import { takeAddress } from '../../orders/address-pick.ts'
import { freeReads } from '../rate-limits.ts'
import { defineRoute } from '../route.ts'
import { addressPickParams, addressPickSchema } from '../schemas/shipping.ts'

export const addressPicksRead = defineRoute({
  method: 'get',
  path: '/address-picks/:pick',
  summary: 'The address that one’s own native page has left, or null',
  caller: 'person',
  limits: [freeReads],
  params: addressPickParams,
  answer: addressPickSchema,
  handle: ({ services, session, params }) => takeAddress(services, session.account_id, params.pick),
})
