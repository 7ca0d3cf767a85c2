import { z } from 'zod'
import type { ShopEventType } from '../../contract/shop-event.ts'
import { isPrivateLiteral } from '../shared/public-address.ts'
import { isGuessable } from './guessable.ts'
import { secretSchema, type SecretReference } from './secret.ts'

/** All that a subscriber can be told. */
export const shopEventTypes = [
  'order.paid',
  'order.closed',
  'payment.surplus',
  'refund.succeeded',
  'refund.closed',
  'refund.abnormal',
  'refund.refused',
] as const satisfies readonly ShopEventType[]

/** A system of the shop's own that is told what happens. */
export const subscriberSchema = z.strictObject({
  /** Stands beside its deliveries, e.g. "erp". */
  name: z.string().regex(/^[a-z0-9-]{1,40}$/, 'a name is small letters, digits and -'),
  url: z.url({ protocol: /^https?$/ }),
  /** Each signs, so that a new one can be put beside the old one until the subscriber knows it. */
  secrets: z.array(secretSchema).min(1).max(3),
  events: z
    .array(z.enum(shopEventTypes))
    .min(1)
    .default([...shopEventTypes]),
  /** May be an address of this machine or its network. `--production` refuses it. */
  allowPrivate: z.boolean().default(false),
})

/** A subscriber, with the keys of its secrets. */
export interface SubscriberConfig {
  name: string
  url: string
  /** 24 to 64 bytes each; the first is the current one. */
  keys: Buffer[]
  events: ShopEventType[]
  allowPrivate: boolean
}

type SubscriberFile = z.output<typeof subscriberSchema>

/** What real money forbids: a message that anybody on the way can read, a door into the network that we stand in. */
export const subscriberProductionFaults = (subscribers: SubscriberFile[]): string[] =>
  subscribers.flatMap(({ url, allowPrivate }, i) => [
    ...(url.startsWith('https://') ? [] : [`subscribers.${i}.url: must be https`]),
    ...(allowPrivate ? [`subscribers.${i}.allowPrivate: only the public internet; remove this field`] : []),
  ])

/** Reads the secrets of a subscriber; `fault` hears what is wrong with it, by name and never by value. */
export function readSubscriber(
  file: SubscriberFile,
  secret: (reference: SecretReference) => string,
  fault: (message: string) => void,
): SubscriberConfig {
  const { name, events, allowPrivate } = file
  const url = new URL(file.url)
  if (url.username || url.password || url.hash) fault('url: must hold no user, password or #')
  if (!allowPrivate && isPrivateLiteral(url))
    fault('url: must be on the public internet, not in this machine’s network')
  const keys = file.secrets.map(secret).flatMap((text) => {
    if (text === '') return []
    const key = keyOf(text)
    if (!key)
      fault('secrets: must be whsec_ and 24 to 64 bytes in base64; docs/deploy.md says how to make one')
    else if (isGuessable(key.toString('latin1')))
      fault('secrets: can be guessed; docs/deploy.md says how to make one')
    return key ? [key] : []
  })
  return { name, url: file.url, keys, events, allowPrivate }
}

/** The key in a secret as Standard Webhooks writes it, or null. */
function keyOf(secret: string): Buffer | null {
  const text = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret)?.[1]
  if (!text) return null
  const key = Buffer.from(text, 'base64')
  return key.length >= 24 && key.length <= 64 ? key : null
}
