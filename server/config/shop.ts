import { z } from 'zod'

const notAPage = 'must be the https:// address of a page; without one leave the field out'

/** A page that customers are led to. On a page of https "https:host" is a path of our own, so the slashes must be there. */
const page = z
  .url({ protocol: /^https$/, error: notAPage, abort: true })
  .regex(/^https:\/\//i, notAPage)
  .max(500, 'must not be longer than 500 characters')
  .refine(
    (text) => !URL.canParse(text) || new URL(text).username === '',
    'must not hold a user or a password',
  )
  .nullable()
  .default(null)

/** How customers reach the shop, and its own pages. What is left out is not shown. */
export const shopSchema = z.strictObject({
  contactUrl: page,
  contactPhone: z
    .string()
    .max(21, 'must not be longer than 21 characters')
    .regex(
      /^\+?[0-9](?:[ -]*[0-9]){2,}$/,
      'must be at least three digits, with spaces and hyphens between them, e.g. "+86 571 8888 0000" or "95017"; without a phone leave the field out',
    )
    .nullable()
    .default(null),
  contactInMiniProgram: z.boolean().default(false),
  termsUrl: page,
  privacyUrl: page,
  licenceUrl: page,
})
