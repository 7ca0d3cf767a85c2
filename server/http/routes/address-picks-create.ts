import { leaveAddress } from '../../orders/address-pick.ts'
import { oneOfAccount } from '../rate-limits.ts'
import { defineRoute } from '../route.ts'
import { addressPickRequestSchema, addressPickSchema } from '../schemas/shipping.ts'

export const addressPicksCreate = defineRoute({
  method: 'post',
  path: '/address-picks',
  summary: 'Hand an address of WeChat’s own list to the web-view that asked for it',
  caller: 'person',
  nativeOnly: true,
  limits: [oneOfAccount],
  body: addressPickRequestSchema,
  answer: addressPickSchema,
  handle: ({ services, session, body }) => leaveAddress(services, session.account_id, body),
})
