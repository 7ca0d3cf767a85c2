import { z } from 'zod'

/** A page that customers are led to. */
const page = z
  .url({ protocol: /^https$/, error: 'an address of a page begins with https://' })
  .max(500)
  .nullable()
  .default(null)

/** How customers reach the shop, and its own pages. What is left out is not shown. */
export const shopSchema = z.strictObject({
  contactUrl: page,
  contactPhone: z
    .string()
    .regex(/^\+?[0-9][0-9 -]{2,19}$/, 'a phone number is digits, spaces and hyphens')
    .nullable()
    .default(null),
  contactInMiniProgram: z.boolean().default(false),
  termsUrl: page,
  privacyUrl: page,
  licenceUrl: page,
})
