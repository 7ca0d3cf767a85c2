/**
 * GET /api/shop (public): how customers reach the shop, and its own pages. All of it stands in the configuration; null and
 * false: the shop has not said, and nothing is shown.
 */
export interface Shop {
  /** A page of the merchant's support desk, e.g. a WeCom customer service link. */
  contactUrl: string | null
  /** As it is dialled, e.g. "+86 571 8888 0000". */
  contactPhone: string | null
  /** The mini-program offers WeChat's own support chat (open-type="contact"). */
  contactInMiniProgram: boolean
  /** Terms of use. */
  termsUrl: string | null
  privacyUrl: string | null
  /** The business licence, which Chinese e-commerce law wants shown (Article 15). */
  licenceUrl: string | null
}
